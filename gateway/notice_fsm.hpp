// What one logged-in device is told about its account's messages and agreements, when: how many
// notices may be under way, when more are fetched, when an opening is looked for that its sender
// has to hear of. Facts in, the next action out: no I/O, no clock; notice_push.cpp performs the
// actions. docs/protocol.md section 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "boundary/time.hpp"
#include "gateway/delivery_fsm.hpp"

namespace holdspace::gateway {

// Specification (frame.proto): the notices of one frame. Pushed and not yet acknowledged by this
// session are at most as many.
inline constexpr std::size_t kNoticesUnderWay = 64;

// The poll stands behind hints and asks for notices at every fourth turn only: each session polls,
// and nearly always nothing is there.
inline constexpr unsigned kNoticePollEvery = 4;

struct NoticeAction {
  enum class Kind : std::uint8_t {
    settle,  // look for openings of what this device has held, and have their notices written
    fetch,   // at most `count` notices after id `after`, and push them
    sleep,   // nothing until `wake` (none: until an event)
  };
  Kind kind = Kind::sleep;
  std::uint64_t after = 0;
  std::size_t count = 0;
  std::optional<boundary::Instant> wake{};
};

// One session, one thread.
class NoticeFsm {
 public:
  // `now` is the store's clock. Call again after each event; the answer is to be performed before
  // the next call. Paused: the clock is not to be relied on, so no opening is looked for.
  [[nodiscard]] NoticeAction next(boundary::Instant now, Releases releases = Releases::run);

  // What the answer to `settle` left: promises that may still be kept, and the first instant at
  // which one of them is due (none: only a change of a gate can open it).
  struct Outstanding {
    bool any = false;
    std::optional<boundary::Instant> due{};
  };
  void settled(const Outstanding& outstanding);
  // The answer to `fetch`: pushed in this order, ascending.
  void pushed(std::span<const std::uint64_t> ids, std::size_t asked_for);
  // The store did not answer, or the frame could not be pushed: the same action comes again.
  void settle_failed();
  void fetch_failed() { fetch_due_ = true; }

  // A message of this device was accepted and is held until `promise` (none: no opening in sight).
  void held_until(std::optional<boundary::Instant> promise);
  // A hint: there may be a notice, or a gate may have changed.
  void look_again();
  // The poll, which comes many times as often as there is something.
  void polled();

  // What an ack through `id` is worth in this session.
  enum class AckState : std::uint8_t {
    awaited,  // acknowledges at least one that was pushed
    done,     // all of it was acknowledged before: once more is harmless
    never,    // beyond what was pushed in this session
  };
  [[nodiscard]] AckState ack_state(std::uint64_t id) const;
  // The store has the ack.
  void acknowledged(std::uint64_t id);

 private:
  bool settle_due_ = true;  // what was held before the login
  bool settling_ = false;
  bool fetch_due_ = true;
  bool outstanding_ = false;
  std::optional<boundary::Instant> due_;
  unsigned polls_ = 0;
  std::uint64_t pushed_to_ = 0;
  std::deque<std::uint64_t> under_way_;  // ascending, at most kNoticesUnderWay
};

}  // namespace holdspace::gateway
