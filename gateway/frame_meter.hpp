// Reads the header of each WebSocket frame as its bytes pass, and says where a peer breaks RFC 6455
// or one of our bounds: before anything is allocated, and for the cases that the library below lets
// through. Not a parser of messages: payloads only pass. docs/operations.md, "Limits".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/allowance.hpp"
#include "gateway/connection.hpp"
#include "gateway/limits.hpp"

namespace holdspace::gateway {

enum class FrameFault : std::uint8_t {
  reserved_bits,        // an extension's bit; none is ever agreed on
  reserved_opcode,      // 3-7, B-F
  unmasked,             // a client's frames are masked
  control_too_long,     // over 125 bytes
  control_fragmented,   // a control frame without FIN
  stray_continuation,   // no message has begun
  interrupted_message,  // a new message inside a fragmented one
  length_not_minimal,   // 2 or 8 length bytes for what fits fewer
  too_big,              // the message, this frame included, passes the limit
  too_many_fragments,   // over kFragmentsMax, empty ones included
  too_many_pings,       // pings and pongs over their rate
  too_many_frames,      // ten times the frame rate
  message_too_slow,     // found by the connection's clock, not by the meter
};
[[nodiscard]] CloseCode close_code(FrameFault fault);
[[nodiscard]] std::string_view name(FrameFault fault);

// One for each connection, from the first byte after the upgrade. One thread. `limits` outlives it.
class FrameMeter {
 public:
  FrameMeter(const TransportLimits& limits, Monotonic now);

  struct Passed {
    // The first so many of the bytes are good to go on; the rest belongs to a frame with a fault,
    // or came after a close frame.
    std::size_t bytes = 0;
    std::optional<FrameFault> fault;  // nothing passes any more
  };
  [[nodiscard]] Passed feed(std::span<const std::uint8_t> bytes, Monotonic now);

  // From the next frame on.
  void set_message_bytes_max(std::size_t bytes) { message_bytes_max_ = bytes; }

  // A message (or control frame) has begun and is not complete; and since when.
  [[nodiscard]] bool message_open() const {
    return header_have_ > 0 || payload_left_ > 0 || started_;
  }
  [[nodiscard]] Monotonic message_since() const { return message_since_; }
  // A whole close frame has passed.
  [[nodiscard]] bool close_seen() const { return close_seen_; }
  // Until when reading pauses, because frames came faster than the rate; `now` when it need not.
  [[nodiscard]] Monotonic read_again_at(Monotonic now) const {
    return frames_.solvent_at(limits_.frames_per_second, now);
  }

 private:
  [[nodiscard]] std::size_t header_wanted() const;
  [[nodiscard]] std::optional<FrameFault> check_start() const;
  [[nodiscard]] std::optional<FrameFault> check_length() const;
  [[nodiscard]] std::uint64_t frame_length() const;
  [[nodiscard]] std::optional<FrameFault> begin_frame(Monotonic now);
  void end_frame();

  const TransportLimits& limits_;
  Allowance frames_;
  Allowance frames_hard_;
  Allowance pings_;
  std::size_t message_bytes_max_ = kMessageBytesMaxBeforeLogin;
  std::uint64_t message_bytes_ = 0;
  std::uint64_t payload_left_ = 0;
  Monotonic message_since_;
  std::uint32_t fragments_ = 0;
  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_have_ = 0;
  bool in_payload_ = false;
  bool started_ = false;  // a fragmented message is not finished
  bool close_seen_ = false;
  std::optional<FrameFault> fault_;
};

}  // namespace holdspace::gateway
