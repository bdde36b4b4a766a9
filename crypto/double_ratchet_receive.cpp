// Receiving: find the chain by its header key, check every bound before the work it bounds, then
// open the body.
#include "crypto/aead.hpp"
#include "crypto/double_ratchet.hpp"
#include "crypto/hash.hpp"

namespace holdspace::crypto {
namespace {

boost::system::result<SecretBytes, RatchetError> open_body(const Secret<32>& key,
                                                           ByteView associated, ByteView body) {
  auto padded = aead_open(key, associated, body);
  if (!padded) return RatchetError::altered;
  return std::move(*padded);
}

}  // namespace

boost::system::result<DoubleRatchet::Opened, RatchetError> DoubleRatchet::open(ByteView env,
                                                                               ByteView header,
                                                                               ByteView body,
                                                                               Instant now) {
  const ByteVector associated =
      Writer{}.bytes(label("dr/body")).bytes(transcript_).bytes(env).bytes(header).take();
  Delivery delivery{associated, body, now, skipped_.drop_expired(now)};

  // At most seven trials: the chain that receives now, the next one, then the old ones from the
  // newest.
  constexpr std::size_t kNext = SIZE_MAX;
  std::vector<std::size_t> order;
  for (std::size_t chain = skipped_.chains(); chain-- > 0;) order.push_back(chain);
  order.insert(order.begin() + (order.empty() ? 0 : 1), kNext);
  for (const std::size_t chain : order) {
    const auto& key = chain == kNext ? next_receiving_header_ : skipped_.header_key(chain);
    const auto plain = open_header(key, transcript_, header);
    if (!plain) continue;
    const auto parsed = parse_header(*plain);
    if (!parsed) return RatchetError::invalid_header;
    const bool current = chain == skipped_.chains() - 1;
    auto opening = chain == kNext ? open_in_next(*parsed, delivery)
                   : current      ? open_in_current(*parsed, delivery)
                                  : open_skipped(chain, parsed->number, delivery);
    if (!opening) return opening.error();
    return Opened{std::move(*opening), delivery.lost};
  }
  return RatchetError::unknown_header;
}

DoubleRatchet::Opening DoubleRatchet::open_in_current(const RatchetHeader& header,
                                                      Delivery& delivery) {
  // The last turn was the peer's when one of ours is due; only the turn 0 carries no ciphertext.
  const std::uint32_t step = turns_ - (turn_due_ ? 1 : 2);
  if (header.dh != peer_dh_ || header.ek != *peer_ek_ ||
      header.ciphertext.has_value() != (step != 0)) {
    return RatchetError::invalid_header;
  }
  if (header.number < receiving_->next) {
    return open_skipped(skipped_.chains() - 1, header.number, delivery);
  }
  return open_at(header.number, delivery);
}

DoubleRatchet::Opening DoubleRatchet::open_in_next(const RatchetHeader& header,
                                                   Delivery& delivery) {
  const std::uint32_t received = receiving_ ? receiving_->next : 0;
  const bool first = turns_ == 0;
  // The peer turns only after our turn, and it cannot have sent fewer messages than came.
  if (turn_due_ || header.ciphertext.has_value() == first || header.previous_count < received ||
      (!receiving_ && header.previous_count != 0)) {
    return RatchetError::invalid_header;
  }
  if (header.number > kForwardJumpMax) return RatchetError::jump_too_far;
  if (receiving_) {
    const std::uint32_t missing = header.previous_count - received;
    if (missing <= kForwardJumpMax) {
      skip_to(header.previous_count, delivery);
    } else {
      delivery.lost += missing;
    }
  }
  delivery.lost += skipped_.start_chain(std::move(next_receiving_header_));
  if (!take_peer_turn(header)) return RatchetError::invalid_header;
  return open_at(header.number, delivery);
}

bool DoubleRatchet::take_peer_turn(const RatchetHeader& header) {
  const bool first = turns_ == 0;
  const auto dh_shared = own_dh_.agree(header.dh.bytes);
  const auto kem_shared = first ? Secret<32>{} : own_kem_->decapsulate(*header.ciphertext);
  if (!dh_shared || !kem_shared || !xwing_accepts(header.ek.bytes)) return false;

  const TurnContext context{transcript_,
                            turns_,
                            header.dh,
                            own_dh_.public_key(),
                            first ? ByteView{} : ByteView{own_kem_->public_key().bytes},
                            first ? ByteView{} : ByteView{*header.ciphertext},
                            header.ek};
  Turn turn = root_step(root_key_, context, *dh_shared, *kem_shared);
  turns_ += 1;
  root_key_ = std::move(turn.root_key);
  continuity_ = std::move(turn.continuity);
  receiving_ = Receiving{ChainKey(std::move(turn.chain_key)), 0};
  next_receiving_header_ = std::move(turn.next_header_key);
  peer_dh_ = header.dh;
  peer_ek_ = header.ek;
  turn_due_ = true;
  return true;
}

DoubleRatchet::Opening DoubleRatchet::open_skipped(std::size_t chain, std::uint32_t number,
                                                   const Delivery& delivery) {
  const auto key = skipped_.take(chain, number);
  if (!key) return RatchetError::duplicate;
  return open_body(*key, delivery.associated, delivery.body);
}

DoubleRatchet::Opening DoubleRatchet::open_at(std::uint32_t number, Delivery& delivery) {
  if (number - receiving_->next > kForwardJumpMax) return RatchetError::jump_too_far;
  if (number == UINT32_MAX) return RatchetError::invalid_header;  // no sender gets there
  skip_to(number, delivery);
  const Secret<32> key = receiving_->chain.next_message_key();
  receiving_->next += 1;
  return open_body(key, delivery.associated, delivery.body);
}

void DoubleRatchet::skip_to(std::uint32_t number, Delivery& delivery) {
  delivery.lost += skipped_.make_room(number - receiving_->next);
  for (; receiving_->next < number; ++receiving_->next) {
    skipped_.add(receiving_->next, receiving_->chain.next_message_key(), delivery.now);
  }
}

}  // namespace holdspace::crypto
