// What the service tells this account about its own messages and agreements: kept on this device,
// and carried over to the outbox. docs/protocol.md section 11. Works inside the caller's
// transaction.
#pragma once

#include <string>
#include <vector>

#include "client/identity.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

// Older ones are forgotten. The gateway keeps as many.
inline constexpr std::size_t kNoticesKeptMax = 1000;

struct NoticesTaken {
  std::vector<v1::Notice> fresh;  // those that this device did not have
  std::vector<records::OutboxRow> changed;
};

// Notices come again until they are acknowledged; a repeat changes nothing. Another notice under a
// number that is known replaces it: the store's history is another one.
[[nodiscard]] NoticesTaken keep_notices(LocalStore& store, const Identity& self,
                                        const v1::Notices& notices);

// For a row whose acceptance was learnt only after notices about it had come.
void replay_notices(const LocalStore& store, records::OutboxRow& row);

}  // namespace holdspace::client
