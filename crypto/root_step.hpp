// The root step: what each change of direction mixes into the session, with everything public about
// the turn hashed beside it. Room-internal. docs/protocol.md section 8.2.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// The public side of one turn, the same on both ends.
struct TurnContext {
  const Hash64& transcript;
  std::uint32_t step;  // 0, 1, 2...; even ones are the initiator's
  const DhPublicKey<RatchetRole>& dh_sender;
  const DhPublicKey<RatchetRole>& dh_receiver;
  ByteView ek_target;   // the receiver's KEM key that `ciphertext` was made for; empty at step 0
  ByteView ciphertext;  // empty at step 0
  const KemPublicKey<RatchetRole>& ek_new;
};

struct Turn {
  Secret<32> root_key;
  Secret<32> chain_key;
  Secret<32> next_header_key;
  Secret<32> continuity;
};

// `kem_shared` is zeros at step 0, where the handshake's own encapsulation has just been used.
[[nodiscard]] Turn root_step(const Secret<32>& root_key, const TurnContext& context,
                             const Secret<32>& dh_shared, const Secret<32>& kem_shared);

}  // namespace holdspace::crypto
