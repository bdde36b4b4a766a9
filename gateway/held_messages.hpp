// Everything that is held in one account's relationships, counted by what shares a promise, with
// the gates on each one's way. Asks the store. docs/boundary.md, "A change of the policy".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/promise_plan.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

struct HeldMessages {
  std::uint64_t held_count = 0;  // storage::HeldPage::held_count, before the first was read
  std::vector<storage::RelationshipFacts> relationships;  // every one of the account
  std::vector<WaitingKind> kinds;
};

// Ours: 32,768 messages, a hundred for each of an account's relationships. With more a change of
// the policy is answered QUOTA: what it would break cannot be told in time.
inline constexpr int kHeldPagesMax = 128;

// Errors: NOT_FOUND, QUOTA, UNAVAILABLE.
[[nodiscard]] boost::asio::awaitable<boost::system::result<HeldMessages, v1::Error>>
read_held_messages(std::shared_ptr<Worker> worker, storage::PracticeId practice,
                   storage::AccountId account, storage::Deadline deadline);

}  // namespace holdspace::gateway
