// The frames between the generator and the bare relay: one byte of kind, eight bytes of number in
// the machine's order, then the payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace holdspace::bench {

enum class RelayKind : std::uint8_t {
  hello = 1,      // to the relay: the number is the person
  welcome = 2,    // answer to hello
  message = 3,    // to the relay, and from it to the partner, with payload
  accepted = 4,   // from the relay to the sender
  delivered = 5,  // to the relay: the recipient has it
};

inline constexpr std::size_t kRelayHeaderBytes = 9;

inline void write_relay_header(std::span<std::uint8_t> frame, RelayKind kind,
                               std::uint64_t number) {
  frame[0] = static_cast<std::uint8_t>(kind);
  std::memcpy(frame.data() + 1, &number, sizeof number);
}

[[nodiscard]] inline std::uint64_t relay_number(const std::uint8_t* frame) {
  std::uint64_t number = 0;
  std::memcpy(&number, frame + 1, sizeof number);
  return number;
}

}  // namespace holdspace::bench
