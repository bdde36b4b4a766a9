#include "client/utf8.hpp"

#include <cstddef>

namespace holdspace::client {

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  const auto byte = [&text](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto follows = [&byte](std::size_t index) { return (byte(index) & 0xc0U) == 0x80U; };
  while (at < text.size()) {
    const auto lead = byte(at);
    std::size_t more = 0;
    if (lead < 0x80) {
      more = 0;
    } else if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if ((lead == 0xe0 && byte(at + 1) < 0xa0) || (lead == 0xed && byte(at + 1) > 0x9f))
        return false;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if ((lead == 0xf0 && byte(at + 1) < 0x90) || (lead == 0xf4 && byte(at + 1) > 0x8f))
        return false;
    } else {
      return false;
    }
    for (std::size_t index = 1; index <= more; ++index)
      if (!follows(at + index)) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace holdspace::client
