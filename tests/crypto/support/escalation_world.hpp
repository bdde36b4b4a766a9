// A client, the own therapist, and a chain of three more devices: a colleague's two and the duty
// account's one; for tests of the escalation seal, its vectors and its fuzz target.
#pragma once

#include "crypto/escalation_seal.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto::testing {

struct OnCallDevice {
  Person person;
  NewEscalationPrekey prekey;
};

struct EscalationWorld {
  EscalationWorld();

  [[nodiscard]] EscalationRecipient recipient(std::size_t index, Instant now = kNow) const;
  [[nodiscard]] std::vector<EscalationRecipient> recipients() const;
  [[nodiscard]] boost::system::result<EscalationEnvelope, EscalationSealError> seal(
      std::string_view text) const;
  // As the device at `index` opens the wrap that is given to it.
  [[nodiscard]] boost::system::result<OpenedEscalation, EscalationOpenError> open(
      std::size_t index, const EscalationCopy& copy) const;

  OrganisationKey organisation = OrganisationKey::generate();
  PracticeId practice_id{};
  Person client = make_person(0);
  Person therapist = make_person(0);
  std::vector<OnCallDevice> devices;  // in the order of the wraps
  Roster roster;
  std::vector<ChainStep> steps;
  EscalationFacts facts;

  [[nodiscard]] Verified<Roster> verified_roster() const;
  [[nodiscard]] EscalationChain chain() const;
};

// The formulas of section 14 written once more, for whoever holds the right secrets.
struct WrapByHand {
  Bytes<32> own_dh_secret{};  // EPX's secret to open, the sender's DDK secret to make
  Bytes<32> other_dh{};       // the other side's X25519 key
  Bytes<32> shared{};         // what the KEM gave
  ByteVector env;             // 160
  ByteVector keys;            // A.AK || A.DDK || R.AK || ep_id u32 || EPX || EPK
  ByteVector kem_ciphertext;  // 1120
  ByteVector commit, common, body;

  [[nodiscard]] Hash64 context() const;
  [[nodiscard]] Secret<32> key() const;
  [[nodiscard]] std::optional<SecretBytes> open(ByteView sealed) const;
  [[nodiscard]] ByteVector seal(ByteView content_key) const;
};
// A.AK || A.DDK || R.AK || ep_id || EPX || EPK.
[[nodiscard]] ByteVector wrap_keys(const TrustedDevice& sender, const EscalationRecipient& reader);

}  // namespace holdspace::crypto::testing
