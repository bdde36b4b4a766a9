// What a new version does to the messages that wait: which promises it breaks, which of them it
// keeps, and who has to be told another instant before it takes effect. Pure. docs/boundary.md, "A
// change of the policy".
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "boundary/change.hpp"
#include "gateway/policy_version.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/relationship_store.hpp"

namespace holdspace::gateway {

// Held messages of one relationship, lane, direction and accepting version: they share one promise.
struct WaitingKind {
  storage::RelationshipFacts relationship;
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
  std::uint64_t accepted_version = 0;
  std::uint32_t messages = 0;
  GatePtr therapist;  // as they stand before the change
  GatePtr client;     // null: no hours of the client's own
};

// What the service tells one account.
struct AccountNotice {
  storage::AccountId account;
  v1::Notice notice;  // without id and instant
};

// The gate that takes the place of one side's.
struct GateChange {
  enum class Of : std::uint8_t { therapist, client };
  Of side = Of::therapist;
  GatePtr after;
};

// The promises that the change breaks, at most kBrokenShownMax.
[[nodiscard]] std::vector<v1::BrokenPromise> broken_promises(const GateChange& change,
                                                             boundary::Instant now,
                                                             std::span<const WaitingKind> waiting);

// What the senders of broken promises are told, in the order in which it must be read: of one
// relationship and lane the later versions first, because each notice is about the earlier ones
// too.
[[nodiscard]] std::vector<AccountNotice> renewal_notices(const GateChange& change,
                                                         boundary::Instant now,
                                                         std::span<const WaitingKind> waiting);

// The promises that the next version of a therapist's policy keeps beside `document`. `before`
// null: none. Errors: those of boundary::next_version().
[[nodiscard]] boost::system::result<std::vector<boundary::Opening>, boundary::PolicyError>
promises_to_keep(const boundary::Gate* before, const boundary::Policy& document,
                 boundary::Instant now, std::span<const WaitingKind> waiting);

inline constexpr std::size_t kBrokenShownMax = 256;  // stated on the wire

}  // namespace holdspace::gateway
