// What Redis answered, as a plain value with bounds. Not a wire parser: that is reply_reader.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdspace::storage {

// Bounds of one reply, counted over the whole of it. Beyond them the connection is rebuilt. Ours:
// the largest honest reply is a list of 1,536 sub-queues, or 16 envelopes of 70 KiB.
inline constexpr std::size_t kReplyElementsMax = 65'536;
inline constexpr std::size_t kReplyBytesMax = std::size_t{4} << 20U;

struct Reply {
  enum class Kind : std::uint8_t { nil, integer, string, status, error, array };

  Kind kind = Kind::nil;
  std::int64_t integer = 0;     // integer
  std::string text;             // string (any bytes), status, error ("WORD explanation")
  std::vector<Reply> elements;  // array
};

}  // namespace holdspace::storage
