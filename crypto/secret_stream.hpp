// One long plaintext as a row of sealed chunks: libsodium's secretstream (XChaCha20-Poly1305), each
// chunk bound to its place, the last one marked. Room-internal; attachments and exports say what is
// in the chunks. docs/protocol.md section 12.
#pragma once

#include <memory>
#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kStreamHeaderBytes = 24;
inline constexpr std::size_t kStreamOverheadBytes = 17;      // a chunk's tag byte and MAC
inline constexpr std::size_t kStreamPlainBytes = 64 * 1024;  // specification, section 12.1
inline constexpr std::size_t kStreamChunkBytes = kStreamPlainBytes + kStreamOverheadBytes;

using StreamHeader = Bytes<kStreamHeaderBytes>;

// The secretstream state: it holds the key, and is wiped when it goes.
class StreamState {
 public:
  StreamState(const Secret<32>& key, const StreamHeader& header);
  StreamState(StreamState&&) noexcept = default;
  StreamState& operator=(StreamState&&) noexcept = default;

  // The next chunk, kStreamOverheadBytes longer than `plain`; nothing may follow the last one.
  [[nodiscard]] ByteVector seal(ByteView associated, ByteView plain, bool last);
  struct Opened {
    SecretBytes plain;
    bool last = false;
  };
  // Empty when key, place, associated data or bytes are not those that were sealed; the state is
  // then of no further use.
  [[nodiscard]] std::optional<Opened> open(ByteView associated, ByteView chunk);

 private:
  struct Wiped;
  struct Deleter {
    void operator()(Wiped* state) const noexcept;
  };
  std::unique_ptr<Wiped, Deleter> state_;
};

}  // namespace holdspace::crypto
