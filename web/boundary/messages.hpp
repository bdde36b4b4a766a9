// Protobuf messages of this module in the memory of nanopb: decoded ones are released again, and
// answers are encoded into bytes. Fields without a bound of their own are pointers.
#pragma once

#include <pb_decode.h>
#include <pb_encode.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace holdspace::web {

// A decoded message; what its fields point to lives as long as it does.
template <class Wire>
class Decoded {
 public:
  Decoded() = default;
  ~Decoded() { pb_release(nanopb::MessageDescriptor<Wire>::fields(), &wire_); }
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;

  // False when the bytes are no such message: wrong lengths, wrong wire types, text that is not
  // UTF-8, or more than the memory takes. Once for each object.
  [[nodiscard]] bool decode(std::span<const std::uint8_t> bytes) {
    pb_istream_t stream = pb_istream_from_buffer(bytes.data(), bytes.size());
    return pb_decode(&stream, nanopb::MessageDescriptor<Wire>::fields(), &wire_);
  }

  [[nodiscard]] const Wire& operator*() const { return wire_; }
  [[nodiscard]] const Wire* operator->() const { return &wire_; }

 private:
  Wire wire_{};
};

// None: nothing but a lack of memory.
template <class Wire>
[[nodiscard]] std::optional<std::vector<std::uint8_t>> encode(const Wire& wire) {
  const pb_msgdesc_t* const fields = nanopb::MessageDescriptor<Wire>::fields();
  std::size_t size = 0;
  if (!pb_get_encoded_size(&size, fields, &wire)) return std::nullopt;
  std::vector<std::uint8_t> bytes(size);
  pb_ostream_t stream = pb_ostream_from_buffer(bytes.data(), bytes.size());
  if (!pb_encode(&stream, fields, &wire)) return std::nullopt;
  return bytes;
}

// A field that is absent is empty.
[[nodiscard]] inline std::span<const std::uint8_t> view(const pb_bytes_array_t* bytes) {
  if (bytes == nullptr) return {};
  return {bytes->bytes, bytes->size};
}
[[nodiscard]] inline std::string_view view(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace holdspace::web
