// The frame meter, fed by hand: every combination of the first two bytes, every length form, the
// bounds on fragments, pings and frames, and every way of cutting the bytes.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/frame_meter.hpp"

namespace holdspace::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Bytes = std::vector<std::uint8_t>;

const TransportLimits kLimits;
const Monotonic kStart{seconds(1000)};

Bytes header(unsigned first, std::uint64_t length, unsigned length_bytes, bool masked = true) {
  Bytes out{static_cast<std::uint8_t>(first)};
  const unsigned form = length_bytes == 0   ? static_cast<unsigned>(length)
                        : length_bytes == 2 ? 126U
                                            : 127U;
  out.push_back(static_cast<std::uint8_t>(form | (masked ? 0x80U : 0U)));
  for (unsigned i = length_bytes; i-- > 0;)
    out.push_back(static_cast<std::uint8_t>(length >> (8 * i) & 0xFF));
  if (masked) out.insert(out.end(), {1, 2, 3, 4});
  return out;
}

Bytes frame(unsigned first, std::size_t payload) {
  Bytes out = header(first, payload, payload < 126 ? 0 : payload <= 0xFFFF ? 2 : 8);
  out.insert(out.end(), payload, 0x55);
  return out;
}

void append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// What RFC 6455 section 5.2 says of a first frame's two bytes, in the order of our answers.
std::optional<FrameFault> expected_start(unsigned first, unsigned second) {
  const unsigned opcode = first & 0xF;
  const bool control = opcode >= 8;
  if (first & 0x70) return FrameFault::reserved_bits;
  if ((opcode >= 3 && opcode <= 7) || opcode >= 0xB) return FrameFault::reserved_opcode;
  if ((second & 0x80) == 0) return FrameFault::unmasked;
  if (control && (first & 0x80) == 0) return FrameFault::control_fragmented;
  if (control && (second & 0x7F) > 125) return FrameFault::control_too_long;
  if (opcode == 0) return FrameFault::stray_continuation;
  return std::nullopt;
}

TEST(FrameMeter, judges_every_pair_of_first_bytes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      FrameMeter meter(kLimits, kStart);
      const Bytes bytes{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
      const auto passed = meter.feed(bytes, kStart);
      ASSERT_EQ(passed.fault, expected_start(first, second)) << first << ' ' << second;
      ASSERT_EQ(passed.bytes, passed.fault ? 0U : 2U) << first << ' ' << second;
    }
  }
}

struct LengthCase {
  std::uint64_t length;
  unsigned length_bytes;
  std::optional<FrameFault> before_login;
  std::optional<FrameFault> after_login;
};

TEST(FrameMeter, judges_lengths_on_the_header_alone) {
  const auto big = FrameFault::too_big;
  const auto form = FrameFault::length_not_minimal;
  const LengthCase cases[] = {
      {0, 0, {}, {}},
      {125, 0, {}, {}},
      {0, 2, form, form},
      {125, 2, form, form},
      {126, 2, {}, {}},
      {4096, 2, {}, {}},
      {4097, 2, big, {}},
      {65535, 2, big, {}},
      {0, 8, form, form},
      {125, 8, form, form},
      {126, 8, form, form},
      {65535, 8, form, form},
      {65536, 8, big, {}},
      {98304, 8, big, {}},
      {98305, 8, big, big},
      {std::uint64_t{1} << 31, 8, big, big},
      {std::uint64_t{1} << 32, 8, big, big},
      {std::uint64_t{1} << 40, 8, big, big},
      {std::uint64_t{1} << 62, 8, big, big},
      {std::uint64_t{1} << 63, 8, big, big},
      {~std::uint64_t{0}, 8, big, big},
  };
  for (const auto& c : cases) {
    for (const bool login : {false, true}) {
      SCOPED_TRACE(std::to_string(c.length) + " in " + std::to_string(c.length_bytes));
      FrameMeter meter(kLimits, kStart);
      if (login) meter.set_message_bytes_max(kMessageBytesMax);
      auto bytes = header(0x82, c.length, c.length_bytes);
      bytes.erase(bytes.end() - 4, bytes.end());  // the mask is not waited for
      EXPECT_EQ(meter.feed(bytes, kStart).fault, login ? c.after_login : c.before_login);
    }
  }
}

TEST(FrameMeter, passes_what_came_before_the_fault) {
  FrameMeter meter(kLimits, kStart);
  Bytes bytes = frame(0x82, 10);
  const auto good = bytes.size();
  append(bytes, frame(0xC2, 10));
  append(bytes, frame(0x82, 10));
  const auto passed = meter.feed(bytes, kStart);
  EXPECT_EQ(passed.bytes, good);
  EXPECT_EQ(passed.fault, FrameFault::reserved_bits);
  EXPECT_EQ(meter.feed(frame(0x82, 1), kStart).bytes, 0U);
}

TEST(FrameMeter, sees_the_same_however_the_bytes_are_cut) {
  Bytes bytes = frame(0x02, 200);
  append(bytes, frame(0x89, 5));
  append(bytes, frame(0x00, 0));
  append(bytes, frame(0x80, 300));
  append(bytes, frame(0x82, 0));
  const auto good = bytes.size();
  append(bytes, frame(0x80, 1));  // no message is open
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    FrameMeter meter(kLimits, kStart);
    std::size_t passed = 0;
    std::optional<FrameFault> fault;
    for (std::size_t at = 0; at < bytes.size() && !fault; at += step) {
      const auto piece = std::span(bytes).subspan(at, std::min(step, bytes.size() - at));
      const auto result = meter.feed(piece, kStart);
      passed += result.bytes;
      fault = result.fault;
    }
    ASSERT_EQ(fault, FrameFault::stray_continuation) << step;
    // One byte of the bad header may have passed before its second came.
    ASSERT_GE(passed, good) << step;
    ASSERT_LE(passed, good + 1) << step;
  }
}

TEST(FrameMeter, sums_fragments_against_the_limit) {
  FrameMeter meter(kLimits, kStart);
  EXPECT_FALSE(meter.feed(frame(0x02, 4000), kStart).fault);
  EXPECT_FALSE(meter.feed(frame(0x00, 96), kStart).fault);
  EXPECT_EQ(meter.feed(frame(0x00, 1), kStart).fault, FrameFault::too_big);
}

TEST(FrameMeter, starts_each_message_with_a_fresh_sum) {
  FrameMeter meter(kLimits, kStart);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(meter.feed(frame(0x82, 4096), kStart).fault);
}

TEST(FrameMeter, ends_a_flood_of_empty_fragments) {
  FrameMeter meter(kLimits, kStart);
  EXPECT_FALSE(meter.feed(frame(0x02, 0), kStart).fault);
  for (std::uint32_t i = 1; i < kFragmentsMax; ++i)
    EXPECT_FALSE(meter.feed(frame(0x00, 0), kStart).fault) << i;
  EXPECT_EQ(meter.feed(frame(0x00, 0), kStart).fault, FrameFault::too_many_fragments);
}

TEST(FrameMeter, allows_control_frames_between_fragments) {
  FrameMeter meter(kLimits, kStart);
  EXPECT_FALSE(meter.feed(frame(0x02, 5), kStart).fault);
  EXPECT_FALSE(meter.feed(frame(0x89, 125), kStart).fault);
  EXPECT_FALSE(meter.feed(frame(0x8A, 0), kStart).fault);
  EXPECT_FALSE(meter.feed(frame(0x80, 5), kStart).fault);
  EXPECT_FALSE(meter.message_open());
}

TEST(FrameMeter, refuses_a_message_inside_a_message) {
  for (const unsigned first : {0x01U, 0x02U, 0x81U, 0x82U}) {
    FrameMeter meter(kLimits, kStart);
    EXPECT_FALSE(meter.feed(frame(0x02, 5), kStart).fault);
    EXPECT_EQ(meter.feed(frame(first, 5), kStart).fault, FrameFault::interrupted_message) << first;
  }
}

TEST(FrameMeter, counts_pings_and_pongs_together) {
  for (const unsigned second : {0x89U, 0x8AU}) {
    FrameMeter meter(kLimits, kStart);
    for (int i = 0; i < 10; ++i)
      EXPECT_FALSE(meter.feed(frame(i % 2 ? 0x89 : second, 0), kStart).fault) << i;
    EXPECT_EQ(meter.feed(frame(second, 0), kStart).fault, FrameFault::too_many_pings);
  }
}

TEST(FrameMeter, gives_pings_back_at_two_a_second) {
  FrameMeter meter(kLimits, kStart);
  auto now = kStart;
  for (int i = 0; i < 100; ++i, now += milliseconds(500))
    ASSERT_FALSE(meter.feed(frame(0x89, 0), now).fault) << i;
}

TEST(FrameMeter, asks_for_a_pause_when_frames_come_too_fast) {
  FrameMeter meter(kLimits, kStart);
  for (int i = 0; i < 200; ++i) ASSERT_FALSE(meter.feed(frame(0x82, 0), kStart).fault);
  EXPECT_EQ(meter.read_again_at(kStart), kStart);
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(meter.feed(frame(0x82, 0), kStart).fault);
  EXPECT_EQ(meter.read_again_at(kStart), kStart + seconds(2));
}

TEST(FrameMeter, ends_ten_times_the_frame_rate) {
  FrameMeter meter(kLimits, kStart);
  for (int i = 0; i < 2000; ++i) ASSERT_FALSE(meter.feed(frame(0x82, 0), kStart).fault) << i;
  EXPECT_EQ(meter.feed(frame(0x82, 0), kStart).fault, FrameFault::too_many_frames);
}

TEST(FrameMeter, lets_fifty_frames_a_second_run_for_ever) {
  FrameMeter meter(kLimits, kStart);
  auto now = kStart;
  for (int i = 0; i < 5000; ++i, now += milliseconds(20)) {
    ASSERT_FALSE(meter.feed(frame(0x82, 3), now).fault) << i;
    ASSERT_EQ(meter.read_again_at(now), now) << i;
  }
}

TEST(FrameMeter, lets_nothing_pass_after_a_close_frame) {
  FrameMeter meter(kLimits, kStart);
  Bytes bytes = frame(0x88, 2);
  const auto close = bytes.size();
  append(bytes, frame(0x82, 3));
  append(bytes, Bytes{0xFF, 0xFF});
  const auto passed = meter.feed(bytes, kStart);
  EXPECT_TRUE(meter.close_seen());
  EXPECT_EQ(passed.bytes, close);
  EXPECT_FALSE(passed.fault);
  EXPECT_EQ(meter.feed(frame(0x82, 3), kStart).bytes, 0U);
}

TEST(FrameMeter, knows_since_when_a_message_is_open) {
  FrameMeter meter(kLimits, kStart);
  EXPECT_FALSE(meter.message_open());
  const auto bytes = frame(0x02, 3);
  (void)meter.feed(std::span(bytes).first(1), kStart);
  EXPECT_TRUE(meter.message_open());
  EXPECT_EQ(meter.message_since(), kStart);
  (void)meter.feed(std::span(bytes).subspan(1), kStart + seconds(1));
  EXPECT_TRUE(meter.message_open());
  (void)meter.feed(frame(0x89, 0), kStart + seconds(2));  // does not begin it anew
  EXPECT_TRUE(meter.message_open());
  EXPECT_EQ(meter.message_since(), kStart);
  (void)meter.feed(frame(0x80, 3), kStart + seconds(3));
  EXPECT_FALSE(meter.message_open());
}

TEST(FrameMeter, names_and_closes_every_fault) {
  for (int i = 0; i <= static_cast<int>(FrameFault::message_too_slow); ++i) {
    const auto fault = static_cast<FrameFault>(i);
    EXPECT_FALSE(name(fault).empty());
    const auto code = static_cast<unsigned>(close_code(fault));
    EXPECT_TRUE(code == 1002 || code == 1008 || code == 1009) << name(fault);
  }
}

}  // namespace
}  // namespace holdspace::gateway
