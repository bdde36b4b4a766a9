// Reads Protobuf's wire format from a span that never grows: every read says whether it fitted.
// Knows no schema. The format: protobuf.dev, "Encoding".
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace holdspace::gateway {

using Bytes = std::span<const std::uint8_t>;

enum class Wire : std::uint8_t {
  varint = 0,
  fixed64 = 1,
  length = 2,
  group_start = 3,
  group_end = 4,
  fixed32 = 5,
  // 6 and 7 do not exist; value() refuses them.
};

class WireReader {
 public:
  explicit WireReader(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  // At most ten bytes and 64 bits.
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
      const std::uint64_t byte = rest_[i];
      if (i == 9 && byte > 1) return std::nullopt;
      value |= (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) == 0) {
        rest_ = rest_.subspan(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<Bytes> take(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const auto head = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(static_cast<std::size_t>(count));
    return head;
  }

  // Passes over one value: its bytes when it is length-delimited, otherwise an unspecified span.
  std::optional<Bytes> value(Wire wire) {
    switch (wire) {
      case Wire::varint:
        return varint() ? std::optional<Bytes>(Bytes{}) : std::nullopt;
      case Wire::fixed64:
        return take(8);
      case Wire::fixed32:
        return take(4);
      case Wire::length: {
        const auto size = varint();
        return size ? take(*size) : std::nullopt;
      }
      case Wire::group_start:
      case Wire::group_end:
        break;
    }
    return std::nullopt;
  }

 private:
  Bytes rest_;
};

}  // namespace holdspace::gateway
