// What becomes of a composed message: the pure part of the outbox. A row and an answer in, the
// row's next state and the next step out; no store, no socket, no clock. The rule behind it: one
// message keeps one id, and after an uncertain answer the very same bytes go out again, so that it
// is in the recipient's queue once. docs/protocol.md section 10.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/records.pb.h"
#include "crypto/bytes.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

// Accepted rows stay this long, to be submitted again should the gateway's store lose its latest
// history. Specification.
inline constexpr std::chrono::days kOutboxLife{30};
// Messages without a final answer. Ours: more than a person writes in a month without a connection.
inline constexpr std::size_t kOutboxWaitingMax = 10000;
// Rounds of "fetch the devices and seal again" for one submit. Ours: two device changes in a second
// are rare.
inline constexpr int kResealRoundsMax = 3;
// Submits of one row before it is left for later. Ours: with kResendPause about as long as a person
// watches.
inline constexpr int kSubmitTriesMax = 4;
inline constexpr std::chrono::milliseconds kResendPause{300};

enum class NextStep : std::uint8_t {
  done,     // accepted or refused: final
  reseal,   // the device set was not exact and nothing was stored: fetch, verify, seal again, same
            // id
  reagree,  // the terms are others and nothing was stored: fetch the agreement; once another one is
            // in force, seal again, same id
  resend,   // no certain answer: the same bytes again
  later,    // definitely not taken now: keep it, try again after a pause or at the next connection
};

// The gateway's answer to the row's Send: Accepted or Error. Any other frame counts as no answer.
// `store_now`: this machine's idea of the store's clock when the answer came.
[[nodiscard]] NextStep settle(records::OutboxRow& row, const v1::ServerFrame& answer,
                              crypto::Instant store_now);

// The connection ended or time ran out before an answer.
[[nodiscard]] NextStep settle_unanswered(records::OutboxRow& row);

// What a notice says about the row: a renewed promise, the opening, the way back. False: nothing,
// the row is as it was. Notices of one row come in the order of their numbers, each once.
[[nodiscard]] bool take_notice(records::OutboxRow& row, const v1::Notice& notice);

// Released, held, refused, withdrawn or returned: nothing more goes out by itself.
[[nodiscard]] bool has_answer(const records::OutboxRow& row);
// No gateway has it: since it was last composed or definitely not taken it was not sealed.
[[nodiscard]] bool was_never_sent(const records::OutboxRow& row);
// Withdrawn, and its message, or another text in its place, goes on under another id.
[[nodiscard]] bool was_sent_anew(const records::OutboxRow& row);

// Whether the row goes out at this login: it has no final answer yet, or it was accepted by a store
// whose history is another one now. Moves such an accepted row, and one that waits for a signature,
// back to waiting; a withdrawn one is to be withdrawn from that history, too.
[[nodiscard]] bool due_at_login(records::OutboxRow& row, std::string_view store_epoch);

// Whether the row may be forgotten at `now`.
[[nodiscard]] bool is_over(const records::OutboxRow& row, crypto::Instant now);

// "waiting", "not_confirmed", "accepted_released", "accepted_held", "refused", "unsigned",
// "withdrawn", "returned"
[[nodiscard]] std::string_view state_name(records::OutboxState state);

}  // namespace holdspace::client
