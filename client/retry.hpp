// What does not open is asked for again, and what is asked for is sealed again: when, how often,
// and to whom. Never resets a session on one failure, and never sends again to another account key.
// Works inside the caller's transaction. docs/protocol.md section 9.4.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/identity.hpp"
#include "crypto/env.hpp"
#include "crypto/session.hpp"
#include "holdspace/v1/content.pb.h"

namespace holdspace::client {

// Only what was written within this time is sealed again. Specification, section 9.4.
inline constexpr std::chrono::days kRetryLife{14};
// Requests to one device within kRetryPause. Ours: a person's messages of an hour; more than that
// is not lost one by one.
inline constexpr int kRetryAsksMax = 5;
inline constexpr std::chrono::hours kRetryPause{1};
// The other person is told of a discontinuity once in this time. Ours.
inline constexpr std::chrono::hours kDiscontinuityPause{24};

// Names of Control.
inline constexpr char kRetryRequest[] = "retry_request";   // value: the message id, 16
inline constexpr char kDiscontinuity[] = "discontinuity";  // value: the refused session id, 16

enum class RetryStep : std::uint8_t {
  nothing,             // no request would mend it, or there were enough
  ask,                 // on the session that sends
  ask_in_new_session,  // a second message does not open and none did in between: the session may be
                       // of no use. At most once in crypto::kRenewPause
};

// Pure: what follows from an envelope of a device that has a session and does not open; `mark` is
// what was asked of that device before, and afterwards.
[[nodiscard]] RetryStep next_retry(records::RetryMark& mark, crypto::OpenError error,
                                   const crypto::MessageId& message_id, crypto::Instant now);

// Pure: whether a message of the outbox may be sealed again for a device of `peer` that asks.
[[nodiscard]] bool may_seal_again(const records::OutboxRow& row, const records::Peer& peer,
                                  crypto::Instant now);

// The envelope does not open; `env` may be untrue. The id in table outbox of the request, or of the
// word about a discontinuity, that is to be sent; empty for none.
[[nodiscard]] std::string ask_again(LocalStore& store, const Identity& self, const crypto::Env& env,
                                    crypto::OpenError error, crypto::Instant now);
// Something of that device opened.
void note_opened(LocalStore& store, const crypto::DeviceAddress& device);
// A request that came in `env`. The id in table outbox of the message sealed again; empty for none.
[[nodiscard]] std::string answer_request(LocalStore& store, const Identity& self,
                                         const crypto::Env& env, const v1::Control& request,
                                         crypto::Instant now);

}  // namespace holdspace::client
