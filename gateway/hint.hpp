// What one gateway tells another over the store's hint channel: ids and one word, nothing about
// content. A hint may be lost, doubled or late. docs/architecture.md section 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/ids.hpp"

namespace holdspace::gateway {

struct Hint {
  enum class Kind : std::uint8_t {
    look = 1,       // something may be new for the device
    displaced = 2,  // the device logged in elsewhere: end `session`
    revoked = 3,    // the device left its account's list: end `session`
    changed = 4,    // a gate, a relationship or a notice of the account changed: its devices here
  };
  Kind kind = Kind::look;
  storage::PracticeId practice;
  storage::DeviceRef device;
  storage::SessionId session;  // look, changed: none

  friend bool operator==(const Hint&, const Hint&) = default;
};

// kind u8 | practice 16 | account 16 | device u32 big-endian | session 16: 53 bytes.
[[nodiscard]] std::string encode_hint(const Hint& hint);
// Nothing for any other bytes: another version's hint is passed over.
[[nodiscard]] std::optional<Hint> parse_hint(std::string_view bytes);

}  // namespace holdspace::gateway
