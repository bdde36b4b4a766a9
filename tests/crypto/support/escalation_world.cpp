#include "tests/crypto/support/escalation_world.hpp"

#include <cstdlib>

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"
#include "crypto/x25519.hpp"

namespace holdspace::crypto::testing {
namespace {

template <class Result>
auto take(Result result) {
  if (!result) std::abort();
  return std::move(*result);
}

RosterMember member(const Person& person, std::uint8_t roles) {
  return {person.address().account_id, person.account_key.public_key(), roles};
}

}  // namespace

EscalationWorld::EscalationWorld() {
  Person colleague = make_person(0);
  Person colleague_tablet = make_sibling(colleague);
  Person duty = make_person(0);
  practice_id.fill(0x70);
  roster.practice_id = practice_id;
  roster.issued_at = kNow;
  roster.valid_until = kNow + kRosterLife;
  roster.members = {member(therapist, kRosterTherapist),
                    member(colleague, kRosterTherapist | kRosterOnCall),
                    member(duty, kRosterOnCall)};
  std::sort(roster.members.begin(), roster.members.end(),
            [](const auto& a, const auto& b) { return a.account_id < b.account_id; });
  roster.duty_account = duty.address().account_id;
  steps = {{therapist.address().account_id, 600},
           {colleague.address().account_id, 900},
           {duty.address().account_id, 1800}};
  facts.message_id.fill(0x11);
  facts.relationship_id.fill(0x42);
  facts.agreement_hash.fill(0x43);
  std::uint32_t id = 7;
  for (Person* person : {&colleague, &colleague_tablet, &duty}) {
    NewEscalationPrekey prekey = make_escalation_prekey(person->device, id++, kNow);
    devices.push_back({std::move(*person), std::move(prekey)});
  }
}

Verified<Roster> EscalationWorld::verified_roster() const {
  return take(
      verify_roster(sign_roster(roster, organisation), organisation.public_key(), practice_id));
}

EscalationChain EscalationWorld::chain() const {
  return take(check_chain(steps, verified_roster()));
}

EscalationRecipient EscalationWorld::recipient(std::size_t index, Instant now) const {
  const TrustedDevice device = devices[index].person.trusted();
  const auto set =
      take(verify_escalation_set(devices[index].prekey.signed_set, device.verified_cert()));
  return take(trust_recipient(device, set, verified_roster(), now));
}

std::vector<EscalationRecipient> EscalationWorld::recipients() const {
  std::vector<EscalationRecipient> all;
  for (std::size_t i = devices.size(); i-- > 0;) all.push_back(recipient(i));
  return all;
}

boost::system::result<EscalationEnvelope, EscalationSealError> EscalationWorld::seal(
    std::string_view text) const {
  return seal_escalation(client.device, facts, chain(), recipients(), view_of(text));
}

boost::system::result<OpenedEscalation, EscalationOpenError> EscalationWorld::open(
    std::size_t index, const EscalationCopy& copy) const {
  const OnCallDevice& device = devices[index];
  return open_escalation(device.person.device, device.prekey.secret, client.trusted(), copy);
}

Hash64 WrapByHand::context() const {
  const Hash64 digest = hash({label("esc/bd"), commit, common, body});
  return hash({label("esc/ctx"), env, keys, kem_ciphertext, digest});
}

Secret<32> WrapByHand::key() const {
  const auto agreed = take(x25519(Secret<32>(own_dh_secret), other_dh));
  const ByteVector input = Writer{}.secret(agreed).bytes(shared).take();
  return hkdf_expand<32>(hkdf_extract(hash32({label("esc/salt")}), input), "esc/kek", context());
}

std::optional<SecretBytes> WrapByHand::open(ByteView sealed) const {
  return aead_open(key(), Writer{}.bytes(label("esc/wrap")).bytes(context()).take(), sealed);
}

ByteVector WrapByHand::seal(ByteView content_key) const {
  const ByteVector associated = Writer{}.bytes(label("esc/wrap")).bytes(context()).take();
  return Writer{}.bytes(kem_ciphertext).bytes(aead_seal(key(), associated, content_key)).take();
}

ByteVector wrap_keys(const TrustedDevice& sender, const EscalationRecipient& reader) {
  return Writer{}
      .key(sender.cert().account_key)
      .key(sender.cert().dh_key)
      .key(reader.cert().account_key)
      .u32(reader.set().escalation_id)
      .key(reader.set().dh_key)
      .key(reader.set().kem_key)
      .take();
}

}  // namespace holdspace::crypto::testing
