#include "gateway/frame_meter.hpp"

#include <algorithm>

namespace holdspace::gateway {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kOpcode = 0x0F;
constexpr std::uint8_t kMask = 0x80;
constexpr std::uint8_t kLength = 0x7F;
constexpr std::size_t kMaskBytes = 4;
constexpr std::uint8_t kContinuation = 0x0;
constexpr std::uint8_t kBinary = 0x2;
constexpr std::uint8_t kClose = 0x8;
constexpr std::uint8_t kPong = 0xA;
// Row 42: ten times the rate is no busy client.
constexpr double kHardFactor = 10;

bool is_control(std::uint8_t opcode) {
  return opcode >= kClose;
}

}  // namespace

CloseCode close_code(FrameFault fault) {
  switch (fault) {
    case FrameFault::reserved_bits:
    case FrameFault::reserved_opcode:
    case FrameFault::unmasked:
    case FrameFault::control_too_long:
    case FrameFault::control_fragmented:
    case FrameFault::stray_continuation:
    case FrameFault::interrupted_message:
    case FrameFault::length_not_minimal:
      return CloseCode::protocol_error;
    case FrameFault::too_big:
      return CloseCode::too_big;
    case FrameFault::too_many_fragments:
    case FrameFault::too_many_pings:
    case FrameFault::too_many_frames:
    case FrameFault::message_too_slow:
      return CloseCode::policy_violation;
  }
  return CloseCode::internal_error;
}

std::string_view name(FrameFault fault) {
  switch (fault) {
    case FrameFault::reserved_bits:
      return "reserved_bits";
    case FrameFault::reserved_opcode:
      return "reserved_opcode";
    case FrameFault::unmasked:
      return "unmasked";
    case FrameFault::control_too_long:
      return "control_too_long";
    case FrameFault::control_fragmented:
      return "control_fragmented";
    case FrameFault::stray_continuation:
      return "stray_continuation";
    case FrameFault::interrupted_message:
      return "interrupted_message";
    case FrameFault::length_not_minimal:
      return "length_not_minimal";
    case FrameFault::too_big:
      return "too_big";
    case FrameFault::too_many_fragments:
      return "too_many_fragments";
    case FrameFault::too_many_pings:
      return "too_many_pings";
    case FrameFault::too_many_frames:
      return "too_many_frames";
    case FrameFault::message_too_slow:
      return "message_too_slow";
  }
  return "";
}

FrameMeter::FrameMeter(const TransportLimits& limits, Monotonic now)
    : limits_(limits),
      frames_(limits.frames_burst, now),
      frames_hard_(limits.frames_burst * kHardFactor, now),
      pings_(limits.pings_burst, now),
      message_since_(now) {}

FrameMeter::Passed FrameMeter::feed(std::span<const std::uint8_t> bytes, Monotonic now) {
  if (fault_) return {0, fault_};
  std::size_t at = 0;
  std::size_t frame_begin = 0;  // of the newest frame whose header began in these bytes
  while (at < bytes.size() && !close_seen_) {
    if (in_payload_) {
      const auto step = std::min<std::uint64_t>(payload_left_, bytes.size() - at);
      payload_left_ -= step;
      at += static_cast<std::size_t>(step);
      if (payload_left_ == 0) end_frame();
      continue;
    }
    if (header_have_ == 0) {
      frame_begin = at;
      if (!started_) message_since_ = now;
    }
    header_[header_have_++] = bytes[at++];
    if (header_have_ == 2) fault_ = check_start();
    if (!fault_ && header_have_ >= 2) {
      // A length is refused as soon as it is known: its sender need not send the mask, too.
      if (header_have_ + kMaskBytes == header_wanted()) fault_ = check_length();
      if (header_have_ == header_wanted()) fault_ = begin_frame(now);
    }
    // A header that began in earlier bytes has passed in part; then nothing of these passes.
    if (fault_) return {frame_begin, fault_};
  }
  return {at, std::nullopt};
}

std::size_t FrameMeter::header_wanted() const {
  const std::uint8_t length = header_[1] & kLength;
  return 2 + (length == 126 ? 2U : length == 127 ? 8U : 0U) + kMaskBytes;
}

// What two bytes tell.
std::optional<FrameFault> FrameMeter::check_start() const {
  const std::uint8_t opcode = header_[0] & kOpcode;
  if (header_[0] & kReservedBits) return FrameFault::reserved_bits;
  if (opcode > kPong || (opcode > kBinary && opcode < kClose)) return FrameFault::reserved_opcode;
  if (!(header_[1] & kMask)) return FrameFault::unmasked;
  if (is_control(opcode)) {
    if (!(header_[0] & kFin)) return FrameFault::control_fragmented;
    if ((header_[1] & kLength) > kControlPayloadBytesMax) return FrameFault::control_too_long;
    return std::nullopt;
  }
  if (opcode == kContinuation && !started_) return FrameFault::stray_continuation;
  if (opcode != kContinuation && started_) return FrameFault::interrupted_message;
  return std::nullopt;
}

std::uint64_t FrameMeter::frame_length() const {
  const std::uint8_t form = header_[1] & kLength;
  if (form < 126) return form;
  const std::size_t length_bytes = form == 126 ? 2 : 8;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | header_[2 + i];
  return length;
}

std::optional<FrameFault> FrameMeter::check_length() const {
  const std::uint8_t form = header_[1] & kLength;
  const std::uint64_t length = frame_length();
  if ((form == 126 && length < 126) || (form == 127 && length <= 0xFFFF))
    return FrameFault::length_not_minimal;
  if (is_control(header_[0] & kOpcode)) return std::nullopt;
  const std::uint64_t before = started_ ? message_bytes_ : 0;
  if (before > message_bytes_max_ || length > message_bytes_max_ - before)
    return FrameFault::too_big;
  return std::nullopt;
}

// The header is whole.
std::optional<FrameFault> FrameMeter::begin_frame(Monotonic now) {
  const std::uint8_t opcode = header_[0] & kOpcode;
  const std::uint64_t length = frame_length();
  if (frames_hard_.charge(limits_.frames_per_second * kHardFactor,
                          limits_.frames_burst * kHardFactor, now) < 0)
    return FrameFault::too_many_frames;
  frames_.charge(limits_.frames_per_second, limits_.frames_burst, now);
  if (is_control(opcode)) {
    if (opcode != kClose && !pings_.take(limits_.pings_per_second, limits_.pings_burst, now))
      return FrameFault::too_many_pings;
  } else {
    message_bytes_ = (started_ ? message_bytes_ : 0) + length;
    fragments_ = (started_ ? fragments_ : 0) + 1;
    if (fragments_ > kFragmentsMax) return FrameFault::too_many_fragments;
    started_ = !(header_[0] & kFin);
  }
  payload_left_ = length;
  in_payload_ = length > 0;
  if (length == 0) end_frame();
  return std::nullopt;
}

void FrameMeter::end_frame() {
  close_seen_ = (header_[0] & kOpcode) == kClose;
  header_have_ = 0;
  in_payload_ = false;
}

}  // namespace holdspace::gateway
