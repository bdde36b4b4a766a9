// What becomes of one send: what its frame says, and what the boundary, the agreement and the state
// of the practice say to it. Pure; handle_send.cpp performs it. docs/boundary.md, docs/protocol.md
// section 10.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/session.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// What the frame says.
struct Offer {
  storage::AcceptRequest request;  // the decision comes later
  // The terms that each copy for the peer names, in the order of the frame; own devices agree to
  // nothing.
  std::vector<crypto::Hash32> terms;
};

// Errors: INVALID_ARGUMENT or TOO_LARGE with the field.
[[nodiscard]] boost::system::result<Offer, v1::Error> read_send(const Identity& who,
                                                                const v1::Send& send);

struct SendDecision {
  v1::Verdict verdict;               // as the sender may see it
  std::optional<v1::Error> refusal;  // none: the store may accept it
  std::string reason;                // for the metrics
};

// Completes offer.request: the store accepts it, or of a refused one only answers whether it was
// accepted before. The reasons beside the boundary's are "no_policy", "therapist_leaving" and, with
// AGREEMENT_NEEDED, "other_terms".
[[nodiscard]] SendDecision decide_send(const PolicySnapshot& snapshot, Offer& offer,
                                       boundary::Instant now);

// What the sender is told about the usual time to an answer; 0 for a therapist.
[[nodiscard]] std::uint32_t reply_time_hours(const PolicySnapshot& snapshot,
                                             storage::AccountId sender);

}  // namespace holdspace::gateway
