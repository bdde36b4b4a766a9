// Telling the session that serves a device that something happened: here by the directory,
// elsewhere by the store's hint channel. Best effort: the poll and the store's fence stand behind
// it. docs/architecture.md section 3.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/directory.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

// New envelopes wait in `queue` (as their recipients see it) for those devices that are connected
// somewhere.
[[nodiscard]] boost::asio::awaitable<void> hint_recipients(std::shared_ptr<Worker> worker,
                                                           storage::PracticeId practice,
                                                           storage::AccountId sender,
                                                           storage::RelationshipId relationship,
                                                           boundary::Lane lane,
                                                           std::vector<storage::QueuedCopy> copies);

// A gate, a relationship or a notice of the account has changed: its devices look again, wherever
// they are connected.
[[nodiscard]] boost::asio::awaitable<void> hint_account(std::shared_ptr<Worker> worker,
                                                        storage::PracticeId practice,
                                                        storage::AccountId account);

// Ends a session that the store has already fenced off.
[[nodiscard]] boost::asio::awaitable<void> end_session(std::shared_ptr<Worker> worker,
                                                       storage::PracticeId practice,
                                                       storage::CutOff cut_off, EndReason reason);

// A hint from another gateway.
void take_hint(const Gateway& gateway, std::string bytes);

}  // namespace holdspace::gateway
