#include "crypto/lineage.hpp"

#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"

namespace holdspace::crypto {

Psk continuity_psk(const Secret<32>& continuity) {
  Psk psk;
  psk.kind = PskKind::continuity;
  const Hash64 id = hash({label("cc/id"), continuity.expose()});
  std::copy_n(id.begin(), psk.id.size(), psk.id.begin());
  psk.key = hkdf_expand<32>(continuity, "cc/psk");
  return psk;
}

void Lineage::note_opened(const SessionId& session, const Secret<32>& begin, Secret<32> turn) {
  if (empty()) received_ = begin.clone();
  accept(session, std::move(turn));
}

void Lineage::note_accepted(const SessionId& session, const Secret<32>& begin,
                            const std::optional<Bytes<16>>& proof) {
  // Opened at the same time as ours: what the peer can prove comes with its next turn.
  if (!proof && empty()) accept(session, begin.clone());
  if (!proof) return;
  for (std::size_t i = 0; i < accepted_.size(); ++i) {
    if (continuity_psk(accepted_[i].secret).id != *proof) continue;
    accepted_.erase(accepted_.begin(), accepted_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void Lineage::note_sent_turn(const SessionId& session, Secret<32> turn) {
  accept(session, std::move(turn));
}

void Lineage::note_answered(const SessionId& session) {
  const auto newest = std::find_if(accepted_.rbegin(), accepted_.rend(),
                                   [&](const Turn& turn) { return turn.session == session; });
  if (newest == accepted_.rend()) return;
  const std::size_t kept = static_cast<std::size_t>(accepted_.rend() - newest) - 1;
  for (std::size_t i = kept; i-- > 0;) {
    if (accepted_[i].session == session) erase(i);
  }
}

void Lineage::forget(const SessionId& session) {
  for (std::size_t i = accepted_.size() - 1; i-- > 0;) {
    if (accepted_[i].session == session) erase(i);
  }
}

Psk Lineage::proof() const {
  require(!empty());
  return continuity_psk(received_);
}

std::optional<Lineage::Accepted> Lineage::find(const Bytes<16>& psk_id) const {
  for (const Turn& turn : accepted_) {
    Psk psk = continuity_psk(turn.secret);
    if (psk.id == psk_id) return Accepted{turn.session, std::move(psk)};
  }
  return std::nullopt;
}

Lineage Lineage::clone() const {
  Lineage copy;
  copy.received_ = received_.clone();
  for (const Turn& turn : accepted_) copy.accepted_.push_back({turn.session, turn.secret.clone()});
  return copy;
}

void Lineage::encode(SecretWriter& out) const {
  out.secret(received_).count(accepted_.size());
  for (const Turn& turn : accepted_) out.bytes(turn.session).secret(turn.secret);
}

Lineage Lineage::parse(Reader& in) {
  Lineage lineage;
  lineage.received_ = in.secret<32>();
  lineage.accepted_.resize(in.count(kLineageAccepted));
  for (Turn& turn : lineage.accepted_) {
    turn.session = in.bytes<16>();
    turn.secret = in.secret<32>();
  }
  return lineage;
}

void Lineage::accept(const SessionId& session, Secret<32> turn) {
  accepted_.push_back({session, std::move(turn)});
  if (accepted_.size() > kLineageAccepted) erase(0);
}

void Lineage::erase(std::size_t index) {
  accepted_.erase(accepted_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace holdspace::crypto
