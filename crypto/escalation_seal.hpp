// Seals an urgent message to the later steps of a chain before anybody knows which of them will
// have to read it, and opens one on a released device. No session, no one-time key: what is never
// released leaves nothing behind. Pure; any thread. docs/protocol.md section 14.
//
// Before sending, people are told who can read now, who next and when: the chain says so.
#pragma once

#include "crypto/escalation_layout.hpp"
#include "crypto/escalation_prekey.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// A device that may be sealed to: trusted under the account key that the roster pins, with a set of
// its own that is in force.
class EscalationRecipient {
 public:
  [[nodiscard]] DeviceAddress address() const { return device_.address(); }
  [[nodiscard]] const DeviceCert& cert() const { return device_.cert(); }
  [[nodiscard]] const EscalationSet& set() const { return *set_; }

 private:
  friend struct RecipientMaker;
  EscalationRecipient(TrustedDevice device, Verified<EscalationSet> set)
      : device_(std::move(device)), set_(std::move(set)) {}
  TrustedDevice device_;
  Verified<EscalationSet> set_;
};

enum class RecipientError {
  not_rostered,  // the roster does not name this account with this account key
  other_device,  // the set is of another device
  not_yet,       // not_before lies more than 5 minutes ahead
  expired,       // not_after is over
};
// `now` is the sender's clock. Prefer the newest set of a device; an older one than was seen before
// is the caller's to refuse.
[[nodiscard]] boost::system::result<EscalationRecipient, RecipientError> trust_recipient(
    const TrustedDevice& device, const Verified<EscalationSet>& set, const Verified<Roster>& roster,
    Instant now);

struct EscalationFacts {
  MessageId message_id{};  // random; the same in the ratchet copies for step 0
  RelationshipId relationship_id{};
  Hash32 agreement_hash{};
};

enum class EscalationSealError {
  content_too_long,     // above kContentBytesMax
  outside_chain,        // a recipient's account stands at no step after the own therapist's,
                        // or it is the sender's own device
  step_without_device,  // a step has no recipient: its people could not read
  too_many,             // more than kEscalationWrapsMax devices, or one device twice
  bad_recipient_key,    // a signed set holds a key of low order or a non-canonical one
};

// The envelope for all steps from 1 on; its wraps are in the order of steps and device ids. Give
// the same content to the sessions of step 0, with ENV's step 0 and chain_hash = chain.hash().
[[nodiscard]] boost::system::result<EscalationEnvelope, EscalationSealError> seal_escalation(
    const LocalDevice& sender, const EscalationFacts& facts, const EscalationChain& chain,
    std::vector<EscalationRecipient> recipients, ByteView content);

// What a released device is given: the common part and its own wrap.
struct EscalationCopy {
  ByteVector common;  // 160
  ByteVector commit;  // 32
  ByteVector body;    // padding bucket + 40
  EscalationWrap wrap;
};

enum class EscalationOpenError {
  malformed,        // lengths, ENV, or a common part that is not this ENV's
  other_device,     // ENV names another recipient, or the secret is of another set
  other_sender,     // ENV names another sender than the device that the caller trusts
  not_from_sender,  // the wrap does not open: it, ENV, commit or body is not what this sender
                    // sealed for this device. A recipient who wraps another text for the next step
                    // ends here: the key needs the sender's own device key
  two_texts,    // the sender wrapped another key than the committed one: one ciphertext that reads
                // differently to different people
  broken_body,  // the sender sealed a body that its own key does not open, or with bad padding
};

struct OpenedEscalation {
  Env env;
  SecretBytes content;
  // bd: equal for all readers of one envelope. Two readers who compare and differ were told
  // different things under one message id.
  Hash64 digest{};
};

// `sender` is the client's device under the pin that this reader has of the client. Judge the
// result with judge_release; show a reader's `early` and keep it.
[[nodiscard]] boost::system::result<OpenedEscalation, EscalationOpenError> open_escalation(
    const LocalDevice& reader, const EscalationPrekey& prekey, const TrustedDevice& sender,
    const EscalationCopy& copy);

// What belongs to one device, for whoever passes it on: the wrap at `index`.
[[nodiscard]] EscalationCopy copy_for(const EscalationEnvelope& envelope, std::size_t index);

}  // namespace holdspace::crypto
