#include "crypto/escalation_seal.hpp"

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"
#include "crypto/padding.hpp"

namespace holdspace::crypto {

struct RecipientMaker {
  static EscalationRecipient make(const TrustedDevice& device, const Verified<EscalationSet>& set) {
    return {device, set};
  }
};

namespace {

constexpr auto kClockAhead = std::chrono::minutes{5};  // specification, section 6

// Everything that a wrap is bound to, besides the ciphertext and the body's digest.
struct WrapParties {
  ByteView env;
  const DeviceCert& sender;
  const AccountPublicKey& reader_account_key;
  std::uint32_t escalation_id;
  const EscalationDhPublicKey& dh_key;
  const EscalationKemPublicKey& kem_key;
};

Hash64 wrap_context(const WrapParties& parties, ByteView ciphertext, const Hash64& digest) {
  return hash({label("esc/ctx"), parties.env, parties.sender.account_key.bytes,
               parties.sender.dh_key.bytes, parties.reader_account_key.bytes,
               Writer{}.u32(parties.escalation_id).take(), parties.dh_key.bytes,
               parties.kem_key.bytes, ciphertext, digest});
}

Secret<32> wrap_key(const Secret<32>& agreed, const Secret<32>& shared, const Hash64& context) {
  const SecretBytes input = SecretWriter{}.secret(agreed).secret(shared).take();
  return hkdf_expand<32>(hkdf_extract(hash32({label("esc/salt")}), input), "esc/kek", context);
}

ByteVector wrap_associated(const Hash64& context) {
  return Writer{}.bytes(label("esc/wrap")).bytes(context).take();
}

ByteVector body_associated(ByteView common) {
  return Writer{}.bytes(label("esc/body")).bytes(common).take();
}

Hash64 body_digest(ByteView commit, ByteView common, ByteView body) {
  return hash({label("esc/bd"), commit, common, body});
}

std::size_t step_of(const EscalationChain& chain, const AccountId& account_id) {
  std::size_t step = 1;
  while (step < chain.steps().size() && chain.steps()[step].account_id != account_id) ++step;
  return step;
}

// In the order of the wraps; an error when a step is missing, or somebody stands outside.
boost::system::result<void, EscalationSealError> arrange(
    const DeviceAddress& sender, const EscalationChain& chain,
    std::vector<EscalationRecipient>& recipients) {
  if (recipients.size() > kEscalationWrapsMax) return EscalationSealError::too_many;
  std::vector<bool> served(chain.steps().size());
  for (const EscalationRecipient& recipient : recipients) {
    const std::size_t step = step_of(chain, recipient.address().account_id);
    if (step == served.size() || recipient.address() == sender)
      return EscalationSealError::outside_chain;
    served[step] = true;
  }
  if (std::find(served.begin() + 1, served.end(), false) != served.end()) {
    return EscalationSealError::step_without_device;
  }
  const auto place = [&](const EscalationRecipient& recipient) {
    return std::pair(step_of(chain, recipient.address().account_id), recipient.address().device_id);
  };
  std::sort(recipients.begin(), recipients.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  const auto twice =
      std::adjacent_find(recipients.begin(), recipients.end(),
                         [](const auto& a, const auto& b) { return a.address() == b.address(); });
  if (twice != recipients.end()) return EscalationSealError::too_many;
  return {};
}

std::optional<EscalationWrap> wrap_for(const LocalDevice& sender, const Env& env,
                                       const EscalationRecipient& recipient, const Hash64& digest,
                                       const Secret<32>& content_key) {
  const EscalationSet& set = recipient.set();
  const auto env_bytes = encode_env(env);
  const auto encapsulation = xwing_encapsulate(set.kem_key.bytes);
  const auto agreed = sender.dh_key.agree(set.dh_key.bytes);
  if (!encapsulation || !agreed) return std::nullopt;
  const WrapParties parties{env_bytes,
                            sender.trusted.cert(),
                            recipient.cert().account_key,
                            set.escalation_id,
                            set.dh_key,
                            set.kem_key};
  const Hash64 context = wrap_context(parties, encapsulation->ciphertext, digest);
  const ByteVector sealed = aead_seal(wrap_key(*agreed, encapsulation->shared, context),
                                      wrap_associated(context), content_key.expose());
  return EscalationWrap{ByteVector(env_bytes.begin(), env_bytes.end()), set.escalation_id,
                        Writer{}.bytes(encapsulation->ciphertext).bytes(sealed).take()};
}

bool well_formed(const EscalationCopy& copy, const Env& env) {
  return copy.commit.size() == 32 && copy.wrap.wrap.size() == kEscalationWrapBytes &&
         size_class_of_body(copy.body.size()) == env.size_class &&
         common_of(copy.wrap.env) == copy.common;
}

}  // namespace

boost::system::result<EscalationRecipient, RecipientError> trust_recipient(
    const TrustedDevice& device, const Verified<EscalationSet>& set, const Verified<Roster>& roster,
    Instant now) {
  const DeviceCert& cert = device.cert();
  if (roster_pin(roster, cert.account_id) != Pin{cert.account_id, cert.account_key}) {
    return RecipientError::not_rostered;
  }
  if (DeviceAddress{set->account_id, set->device_id} != device.address()) {
    return RecipientError::other_device;
  }
  if (set->not_before > now + kClockAhead) return RecipientError::not_yet;
  if (set->not_after <= now) return RecipientError::expired;
  return RecipientMaker::make(device, set);
}

boost::system::result<EscalationEnvelope, EscalationSealError> seal_escalation(
    const LocalDevice& sender, const EscalationFacts& facts, const EscalationChain& chain,
    std::vector<EscalationRecipient> recipients, ByteView content) {
  const auto size_class = size_class_of_content(content.size());
  if (!size_class) return EscalationSealError::content_too_long;
  const auto arranged = arrange(sender.address(), chain, recipients);
  if (!arranged) return arranged.error();

  Env env;
  env.kind = EnvKind::escalation;
  env.lane = Lane::urgent;
  env.size_class = *size_class;
  env.message_id = facts.message_id;
  env.sender = sender.address();
  env.relationship_id = facts.relationship_id;
  env.agreement_hash = facts.agreement_hash;
  env.chain_hash = chain.hash();
  const auto address_to = [&](const EscalationRecipient& recipient) {
    env.step = static_cast<std::uint16_t>(step_of(chain, recipient.address().account_id));
    env.recipient = recipient.address();
  };

  const auto content_key = random_secret<32>();
  EscalationEnvelope envelope;
  address_to(recipients.front());
  envelope.common = common_of(encode_env(env));
  const Bytes<32> commit = mac(content_key, label("esc/commit"));
  envelope.commit.assign(commit.begin(), commit.end());
  envelope.body = aead_seal(content_key, body_associated(envelope.common), pad(content));
  const Hash64 digest = body_digest(commit, envelope.common, envelope.body);
  for (const EscalationRecipient& recipient : recipients) {
    address_to(recipient);
    auto wrap = wrap_for(sender, env, recipient, digest, content_key);
    if (!wrap) return EscalationSealError::bad_recipient_key;
    envelope.wraps.push_back(std::move(*wrap));
  }
  return envelope;
}

boost::system::result<OpenedEscalation, EscalationOpenError> open_escalation(
    const LocalDevice& reader, const EscalationPrekey& prekey, const TrustedDevice& sender,
    const EscalationCopy& copy) {
  const auto env = parse_escalation_env(copy.wrap.env);
  if (!env || !well_formed(copy, *env)) return EscalationOpenError::malformed;
  if (env->recipient != reader.address() || copy.wrap.escalation_id != prekey.id) {
    return EscalationOpenError::other_device;
  }
  if (env->sender != sender.address()) return EscalationOpenError::other_sender;

  const auto ciphertext =
      *to_bytes<kKemCiphertextBytes>(ByteView(copy.wrap.wrap).first(kKemCiphertextBytes));
  const auto shared = prekey.kem_key.decapsulate(ciphertext);
  const auto agreed = prekey.dh_key.agree(sender.cert().dh_key.bytes);
  if (!shared || !agreed) return EscalationOpenError::not_from_sender;
  const Hash64 digest = body_digest(copy.commit, copy.common, copy.body);
  const WrapParties parties{copy.wrap.env,
                            sender.cert(),
                            reader.trusted.cert().account_key,
                            prekey.id,
                            prekey.dh_key.public_key(),
                            prekey.kem_key.public_key()};
  const Hash64 context = wrap_context(parties, ciphertext, digest);
  const auto opened = aead_open(wrap_key(*agreed, *shared, context), wrap_associated(context),
                                ByteView(copy.wrap.wrap).subspan(kKemCiphertextBytes));
  if (!opened) return EscalationOpenError::not_from_sender;

  const Secret<32> content_key(std::span<const std::uint8_t, 32>(opened->data(), 32));
  if (!equal_in_constant_time(mac(content_key, label("esc/commit")), copy.commit)) {
    return EscalationOpenError::two_texts;
  }
  const auto padded = aead_open(content_key, body_associated(copy.common), copy.body);
  auto content = padded ? unpad(*padded) : std::nullopt;
  if (!content) return EscalationOpenError::broken_body;
  return OpenedEscalation{*env, std::move(*content), digest};
}

EscalationCopy copy_for(const EscalationEnvelope& envelope, std::size_t index) {
  return {envelope.common, envelope.commit, envelope.body, envelope.wraps.at(index)};
}

}  // namespace holdspace::crypto
