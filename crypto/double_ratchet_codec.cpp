// Copying the ratchet, and its form in the sealed store.
#include "crypto/double_ratchet.hpp"

namespace holdspace::crypto {

DoubleRatchet DoubleRatchet::clone() const {
  DoubleRatchet copy(transcript_, root_key_.clone(), own_dh_.clone());
  copy.turns_ = turns_;
  if (sending_) {
    copy.sending_ = Sending{sending_->header_key.clone(), sending_->chain.clone(), sending_->next,
                            sending_->previous_count, sending_->ciphertext};
  }
  copy.next_sending_header_ = next_sending_header_.clone();
  if (receiving_) copy.receiving_ = Receiving{receiving_->chain.clone(), receiving_->next};
  copy.next_receiving_header_ = next_receiving_header_.clone();
  if (own_kem_) copy.own_kem_ = own_kem_->clone();
  copy.peer_dh_ = peer_dh_;
  copy.peer_ek_ = peer_ek_;
  copy.turn_due_ = turn_due_;
  copy.skipped_ = skipped_.clone();
  return copy;
}

void DoubleRatchet::encode(SecretWriter& out) const {
  out.bytes(transcript_).u32(turns_).secret(root_key_).secret(own_dh_.expose_secret());
  out.u8(sending_ ? 1 : 0);
  if (sending_) {
    out.secret(sending_->header_key).secret(sending_->chain.expose());
    out.u32(sending_->next).u32(sending_->previous_count);
    out.u8(sending_->ciphertext ? 1 : 0);
    if (sending_->ciphertext) out.bytes(*sending_->ciphertext);
  }
  out.secret(next_sending_header_);
  out.u8(receiving_ ? 1 : 0);
  if (receiving_) out.secret(receiving_->chain.expose()).u32(receiving_->next);
  out.secret(next_receiving_header_);
  out.u8(own_kem_ ? 1 : 0);
  if (own_kem_) out.secret(own_kem_->expose_seed());
  out.key(peer_dh_).u8(peer_ek_ ? 1 : 0);
  if (peer_ek_) out.key(*peer_ek_);
  out.u8(turn_due_ ? 1 : 0);
  skipped_.encode(out);
}

std::optional<DoubleRatchet> DoubleRatchet::parse(Reader& in) {
  const auto flag = [&in] {
    const std::uint8_t value = in.u8();
    if (value > 1) in.fail();
    return value == 1;
  };
  const Hash64 transcript = in.bytes<64>();
  const std::uint32_t turns = in.u32();
  Secret<32> root_key = in.secret<32>();
  DoubleRatchet ratchet(transcript, std::move(root_key),
                        DhKey<RatchetRole>::from_secret(in.secret<32>()));
  ratchet.turns_ = turns;
  if (flag()) {
    Secret<32> header_key = in.secret<32>();
    Sending sending{std::move(header_key), ChainKey(in.secret<32>()), 0, 0, std::nullopt};
    sending.next = in.u32();
    sending.previous_count = in.u32();
    if (flag()) sending.ciphertext = in.bytes<kKemCiphertextBytes>();
    ratchet.sending_ = std::move(sending);
  }
  ratchet.next_sending_header_ = in.secret<32>();
  if (flag()) {
    ratchet.receiving_ = Receiving{ChainKey(in.secret<32>()), 0};
    ratchet.receiving_->next = in.u32();
  }
  ratchet.next_receiving_header_ = in.secret<32>();
  if (flag()) ratchet.own_kem_ = KemKey<RatchetRole>::from_seed(in.secret<32>());
  ratchet.peer_dh_ = in.key<DhPublic>();
  if (flag()) ratchet.peer_ek_ = in.key<KemPublic>();
  ratchet.turn_due_ = flag();
  ratchet.skipped_ = SkippedKeys::parse(in);
  // What every later step relies on: a chain to receive on has its header key and the peer's KEM
  // key, a chain to send on has our KEM key, and we can send: on a chain or by taking a turn.
  const bool consistent = (ratchet.skipped_.chains() > 0) == ratchet.receiving_.has_value() &&
                          ratchet.peer_ek_.has_value() == ratchet.receiving_.has_value() &&
                          ratchet.own_kem_.has_value() == ratchet.sending_.has_value() &&
                          (!ratchet.turn_due_ || ratchet.receiving_) &&
                          (ratchet.sending_ || ratchet.turn_due_) &&
                          turns >= (ratchet.sending_ ? 1U : 0U) + (ratchet.receiving_ ? 1U : 0U);
  if (!in.ok() || !consistent) return std::nullopt;
  return ratchet;
}

}  // namespace holdspace::crypto
