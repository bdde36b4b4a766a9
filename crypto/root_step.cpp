#include "crypto/root_step.hpp"

#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {

Turn root_step(const Secret<32>& root_key, const TurnContext& context, const Secret<32>& dh_shared,
               const Secret<32>& kem_shared) {
  const ByteVector step = Writer{}.u32(context.step).take();
  const Hash64 turn_hash = hash({label("dr/turn"), context.transcript, step,
                                 context.dh_sender.bytes, context.dh_receiver.bytes,
                                 context.ek_target, context.ciphertext, context.ek_new.bytes});
  const SecretBytes input = SecretWriter{}.secret(dh_shared).secret(kem_shared).take();
  const Secret<32> prk = hkdf_extract(root_key.expose(), input);
  const Secret<128> keys = hkdf_expand<128>(prk, "dr/rk", turn_hash);
  return {key_at(keys, 0), key_at(keys, 1), key_at(keys, 2), key_at(keys, 3)};
}

}  // namespace holdspace::crypto
