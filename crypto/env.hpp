// ENV: the 160 bytes of cleartext that the gateway reads to apply the boundary, and that every body
// authenticates. No clock time is in it. docs/protocol.md section 10.1.
#pragma once

#include <boost/system/result.hpp>

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kEnvBytes = 160;

enum class EnvKind : std::uint8_t {
  ratchet = 1,     // a message of a running session
  handshake = 2,   // the same with the 1396 handshake bytes in front of it
  escalation = 3,  // a wrap of a pre-sealed urgent message; never in a Direct
};

enum class Lane : std::uint8_t { routine = 0, logistics = 1, urgent = 2 };

enum class ContentClass : std::uint8_t { content = 1, control = 2 };

struct Env {
  EnvKind kind = EnvKind::ratchet;
  Lane lane = Lane::routine;
  std::uint8_t size_class =
      0;  // index into the padding buckets, 0..3; must match the body's real size
  ContentClass content_class = ContentClass::content;
  std::uint16_t step = 0;  // escalation step; 0 for the own therapist and for every other message
  MessageId message_id{};
  DeviceAddress sender;
  DeviceAddress recipient;
  SessionId session_id{};
  RelationshipId relationship_id{};  // zeros between devices of one account
  Hash32 agreement_hash{};           // zeros before the first contact agreement
  Hash32 chain_hash{};               // zeros unless the message has an escalation chain
  friend bool operator==(const Env&, const Env&) = default;
};

enum class EnvError {
  wrong_length,     // not 160 bytes
  unknown_version,  // version or suite is not 1
  unknown_kind,     // a kind, lane, class or size class that this version does not define, or a
                    // kind that belongs in another frame
  bad_address,      // a device number 0, or sender and recipient are the same device
};

[[nodiscard]] Bytes<kEnvBytes> encode_env(const Env& env);
// Of a Direct: kind ratchet or handshake.
[[nodiscard]] boost::system::result<Env, EnvError> parse_env(ByteView bytes);
// Of an escalation's wrap: kind escalation, which is urgent content with a step from 1 on, a chain
// and no session; anything else is unknown_kind.
[[nodiscard]] boost::system::result<Env, EnvError> parse_escalation_env(ByteView bytes);

// Padding buckets in bytes, by size class (section 10.3). Content is at most bucket - 1 bytes.
inline constexpr std::array<std::size_t, 4> kBuckets{1024, 4096, 16384, 65536};
inline constexpr std::size_t kContentBytesMax = kBuckets.back() - 1;
inline constexpr std::size_t kSealOverheadBytes = 24 + 16;  // nonce and tag of every AEAD output

// The size class that a body of this many bytes has; empty when no bucket gives that size.
[[nodiscard]] std::optional<std::uint8_t> size_class_of_body(std::size_t body_bytes);

}  // namespace holdspace::crypto
