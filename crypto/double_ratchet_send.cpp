// Starting a session and sending on it.
#include "crypto/aead.hpp"
#include "crypto/double_ratchet.hpp"
#include "crypto/hash.hpp"

namespace holdspace::crypto {

std::optional<DoubleRatchet> DoubleRatchet::initiator(HandshakeKeys keys,
                                                      const SignedPrekeyPublicKey& signed_prekey) {
  // The first turn replaces this key before anything uses it.
  DoubleRatchet ratchet(keys.transcript, std::move(keys.root_key),
                        DhKey<RatchetRole>::from_secret(Secret<32>{}));
  ratchet.next_sending_header_ = std::move(keys.initiator_header);
  ratchet.next_receiving_header_ = std::move(keys.responder_header);
  ratchet.peer_dh_ = {signed_prekey.bytes};
  if (!ratchet.take_turn()) return std::nullopt;
  return ratchet;
}

DoubleRatchet DoubleRatchet::responder(HandshakeKeys keys, const SignedPrekey& prekey) {
  DoubleRatchet ratchet(keys.transcript, std::move(keys.root_key),
                        DhKey<RatchetRole>::from_secret(prekey.key.expose_secret().clone()));
  ratchet.next_sending_header_ = std::move(keys.responder_header);
  ratchet.next_receiving_header_ = std::move(keys.initiator_header);
  return ratchet;
}

bool DoubleRatchet::take_turn() {
  const bool first = turns_ == 0;
  std::optional<Encapsulation> encapsulated;
  if (!first) {
    encapsulated = xwing_encapsulate(peer_ek_->bytes);
    if (!encapsulated) return false;
  }
  auto dh = DhKey<RatchetRole>::generate();
  auto kem = KemKey<RatchetRole>::generate();
  const auto dh_shared = dh.agree(peer_dh_.bytes);
  if (!dh_shared) return false;

  const TurnContext context{transcript_,
                            turns_,
                            dh.public_key(),
                            peer_dh_,
                            first ? ByteView{} : ByteView{peer_ek_->bytes},
                            first ? ByteView{} : ByteView{encapsulated->ciphertext},
                            kem.public_key()};
  const Secret<32> no_kem;
  Turn turn = root_step(root_key_, context, *dh_shared, first ? no_kem : encapsulated->shared);
  turns_ += 1;
  root_key_ = std::move(turn.root_key);
  continuity_ = std::move(turn.continuity);
  Sending next{std::move(next_sending_header_), ChainKey(std::move(turn.chain_key)), 0,
               sending_ ? sending_->next : 0, std::nullopt};
  if (!first) next.ciphertext = encapsulated->ciphertext;
  sending_ = std::move(next);
  next_sending_header_ = std::move(turn.next_header_key);
  own_dh_ = std::move(dh);
  own_kem_ = std::move(kem);
  turn_due_ = false;
  return true;
}

boost::system::result<DoubleRatchet::Sealed, RatchetError> DoubleRatchet::seal(ByteView env,
                                                                               ByteView padded) {
  require(sending_ || turn_due_);
  if (turn_due_ && !take_turn()) return RatchetError::invalid_header;
  if (sending_->next == UINT32_MAX) return RatchetError::chain_exhausted;
  const RatchetHeader header{sending_->previous_count, sending_->next, own_dh_.public_key(),
                             own_kem_->public_key(), sending_->ciphertext};
  sending_->next += 1;
  ByteVector sealed_header = seal_header(sending_->header_key, transcript_, header);
  const ByteVector associated =
      Writer{}.bytes(label("dr/body")).bytes(transcript_).bytes(env).bytes(sealed_header).take();
  const Secret<32> message_key = sending_->chain.next_message_key();
  return Sealed{std::move(sealed_header), aead_seal(message_key, associated, padded)};
}

}  // namespace holdspace::crypto
