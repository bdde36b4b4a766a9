// A pre-sealed urgent message as the server sees it: one body for all, and one wrap of its key for
// each device of the later steps. This is all that the gateway needs to take it in, keep it unread
// and give each step its own; sealing and opening are in crypto/escalation_seal.hpp.
// docs/protocol.md section 14.
#pragma once

#include <boost/system/result.hpp>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/env.hpp"
#include "crypto/escalation_chain.hpp"

namespace holdspace::crypto {

// X-Wing ciphertext 1120, then the sealed key: nonce 24, key 32, tag 16.
inline constexpr std::size_t kEscalationWrapBytes = 1192;
// Ours: seven steps of eight devices, with some to spare; 87 KB of wraps.
inline constexpr std::size_t kEscalationWrapsMax = 64;

// What one device of one step gets besides the common part.
struct EscalationWrap {
  ByteVector env;                   // 160, kind escalation
  std::uint32_t escalation_id = 0;  // ep_id of the EscalationSet that it is sealed to
  ByteVector wrap;                  // 1192
  friend bool operator==(const EscalationWrap&, const EscalationWrap&) = default;
};

// The four fields of the wire's Escalation.
struct EscalationEnvelope {
  ByteVector common;                  // 160: ENV with step, recipient and session zeroed
  ByteVector commit;                  // 32: commitment to the key
  ByteVector body;                    // padding bucket + 40
  std::vector<EscalationWrap> wraps;  // ascending step, then device_id; 1..kEscalationWrapsMax
  friend bool operator==(const EscalationEnvelope&, const EscalationEnvelope&) = default;
};

// The `common` that belongs to a wrap's ENV.
[[nodiscard]] ByteVector common_of(ByteView env);

enum class EscalationLayoutError {
  wrong_length,    // common, commit, body or a wrap of another length; no wraps or too many
  bad_env,         // a wrap's ENV does not parse, or its size class is not the body's
  common_differs,  // a wrap's ENV is not the common part with step and recipient filled in
  other_sender,    // the sender is not the authenticated device
  wrong_steps,     // steps do not run from 1 without a gap, one account is in two of them, two are
                   // in one, or wraps are out of order or double
};

// What the gateway may know after check_layout: for whom, and under which ids.
struct EscalationLayout {
  struct Recipient {
    std::uint16_t step = 0;  // 1, 2, 3...
    DeviceAddress device;
    std::uint32_t escalation_id = 0;
  };
  MessageId message_id{};
  RelationshipId relationship_id{};
  Hash32 agreement_hash{};
  Hash32 chain_hash{};                // to be compared with chain_hash() of the chain in force
  std::vector<Recipient> recipients;  // as the wraps, one each
};

// Everything about the envelope that can be checked without a key. `sender` is the authenticated
// device. Whether the accounts are those of the chain in force, each with all its devices, and the
// ids those of sets that the gateway gave out, is the caller's to compare.
[[nodiscard]] boost::system::result<EscalationLayout, EscalationLayoutError> check_layout(
    const EscalationEnvelope& envelope, const DeviceAddress& sender);

}  // namespace holdspace::crypto
