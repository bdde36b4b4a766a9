// What happened, one JSON line for each event, in the words of the history checker
// (tests/fault/checker.py): for load and fault drivers. Holds ids and digests, never a text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"

namespace holdspace::client {

enum class EventKind : std::uint8_t {
  submit,   // a message is durable in the outbox and is about to leave
  answer,   // what its sender is told: result, and with "ok" state and promise
  deliver,  // a message is durable here and goes to the app; once for each message
  drained,  // the backlog that may be delivered now is done
  note,     // connected, disconnected, duplicate, unreadable, new_epoch: `what` says which
};

struct Event {
  EventKind kind{};
  crypto::MessageId message_id{};            // zeros: none
  crypto::RelationshipId relationship_id{};  // zeros: none
  std::string peer;         // label of the relationship: "to" of submit, "from" of deliver
  std::string lane;         // "routine", "logistics", "urgent"
  std::uint64_t seq = 0;    // deliver
  crypto::Hash32 digest{};  // of the content: the same at the sender and at every receiver
  std::string epoch;        // hexadecimal store epoch
  std::string result;       // answer: "ok", "fail" (definitely not stored), "info"
  std::string state;        // answer "ok": "released" or "held"
  std::optional<std::int64_t> promise_ms;  // "held": ms since 1970 UTC; none known: absent
  std::string what;                        // note, and why a "fail" or "info"
};

using EventHook = std::function<void(const Event&)>;

// One line without the newline: wall (ms since 1970 UTC), mono (ms, CLOCK_MONOTONIC), actor, op,
// and what is set of the above as msg_id, relationship, to or from, lane, seq, hash, epoch, result,
// state, promise, what.
[[nodiscard]] std::string to_json_line(const Event& event, std::string_view actor);

}  // namespace holdspace::client
