// Reading the fields of one frame: takes what has the right length and remembers the path of the
// first that has not, so that a handler reads like the list of its fields. Not the frame's shape:
// frame_check.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/ids.hpp"

namespace holdspace::gateway {

[[nodiscard]] inline std::span<const std::uint8_t> view(std::string_view bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}
template <typename Container>
[[nodiscard]] std::string to_string(const Container& bytes) {
  return {bytes.begin(), bytes.end()};
}

class Fields {
 public:
  // An id that must be there: 16 bytes, not all zero.
  template <class I>
  I id(std::string_view path, std::string_view bytes) {
    const auto id = storage::parse_id<I>(bytes);
    if (!id || id->is_none()) fail(path);
    return id.value_or(I{});
  }

  // An id that may be left out.
  template <class I>
  I id_or_none(std::string_view path, std::string_view bytes) {
    return bytes.empty() ? I{} : id<I>(path, bytes);
  }

  template <std::size_t N>
  std::array<std::uint8_t, N> exactly(std::string_view path, std::string_view bytes) {
    std::array<std::uint8_t, N> out{};
    if (bytes.size() == N)
      std::copy(bytes.begin(), bytes.end(), out.begin());
    else
      fail(path);
    return out;
  }

  void require(bool fine, std::string_view path) {
    if (!fine) fail(path);
  }

  // The path of the first field that was wrong.
  [[nodiscard]] const std::optional<std::string>& wrong() const { return wrong_; }

 private:
  void fail(std::string_view path) {
    if (!wrong_) wrong_ = std::string(path);
  }

  std::optional<std::string> wrong_;
};

// "apply_policy.document.zone"
[[nodiscard]] inline std::string field_path(std::string_view message, std::string_view field) {
  std::string path(message);
  path += '.';
  path += field;
  return path;
}

// "send.copies[3].env"
[[nodiscard]] inline std::string element_path(std::string_view list, int index,
                                              std::string_view field = {}) {
  std::string path(list);
  path += '[';
  path += std::to_string(index);
  path += ']';
  if (!field.empty()) path += "." + std::string(field);
  return path;
}

}  // namespace holdspace::gateway
