// What the gateway may know of one copy: that its ENV agrees with the frame, the session and the
// real sizes. It looks at ENV, at lengths, and at the id of the one-time key that a handshake
// quotes; nothing else is read. docs/protocol.md sections 7, 8.4 and 10.1.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "crypto/bytes.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/queue_store.hpp"

namespace holdspace::gateway {

// Lengths of the opaque parts (docs/protocol.md 8.4).
inline constexpr std::size_t kHandshakeBytes = 1396;
inline constexpr std::size_t kHeaderBytesFirst = 1298;
inline constexpr std::size_t kHeaderBytesLater = 2418;

struct EnvelopeContext {
  storage::DeviceRef sender;  // of the session
  storage::MessageId message;
  storage::RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
};

struct EnvelopeFault {
  enum class Kind : std::uint8_t {
    invalid,    // a field of ENV or a length disagrees; `field` names the part of the copy
    too_large,  // a body over the largest size class
  };
  Kind kind = Kind::invalid;
  std::string field;  // "env", "hs", "eh" or "body"
};

struct CheckedCopy {
  storage::Copy copy;               // as the store takes it
  crypto::Hash32 agreement_hash{};  // the terms that ENV names; zeros: none
};

[[nodiscard]] boost::system::result<CheckedCopy, EnvelopeFault> check_envelope(
    const v1::Direct& direct, const EnvelopeContext& context);

}  // namespace holdspace::gateway
