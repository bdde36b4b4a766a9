// The Double Ratchet with encrypted headers, an X25519 and an X-Wing step in each turn. Mutates in
// place: the owner (crypto/session.hpp) works on a clone and throws it away on failure.
// Room-internal. docs/protocol.md section 8.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/chain_key.hpp"
#include "crypto/handshake.hpp"
#include "crypto/keys.hpp"
#include "crypto/layout.hpp"
#include "crypto/ratchet_header.hpp"
#include "crypto/root_step.hpp"
#include "crypto/skipped_keys.hpp"

namespace holdspace::crypto {

enum class RatchetError {
  unknown_header,   // no header key opens it
  altered,          // the header opens and the body does not
  duplicate,        // the message key is spent or dropped
  jump_too_far,     // more than kForwardJumpMax ahead
  invalid_header,   // breaks a rule of the ratchet, or carries a bad key
  chain_exhausted,  // sending: the counter is at its end
};

class DoubleRatchet {
 public:
  // The initiator takes its first turn at once, towards the signed prekey. Empty when that key is
  // of low order.
  [[nodiscard]] static std::optional<DoubleRatchet> initiator(
      HandshakeKeys keys, const SignedPrekeyPublicKey& signed_prekey);
  // The responder can send once it has received.
  [[nodiscard]] static DoubleRatchet responder(HandshakeKeys keys, const SignedPrekey& prekey);

  [[nodiscard]] const Hash64& transcript() const { return transcript_; }
  [[nodiscard]] std::size_t skipped_keys() const { return skipped_.keys(); }
  // CC of the turn that the last call took or met, once; the owner keeps it for section 9.3.
  [[nodiscard]] std::optional<Secret<32>> take_continuity() {
    return std::exchange(continuity_, std::nullopt);
  }

  struct Sealed {
    ByteVector header;  // eh
    ByteVector body;
  };
  // Errors: invalid_header (the peer's last keys are bad), chain_exhausted.
  [[nodiscard]] boost::system::result<Sealed, RatchetError> seal(ByteView env, ByteView padded);

  struct Opened {
    SecretBytes padded;
    std::uint64_t lost = 0;  // message keys that were dropped or cannot be made any more
  };
  [[nodiscard]] boost::system::result<Opened, RatchetError> open(ByteView env, ByteView header,
                                                                 ByteView body, Instant now);

  [[nodiscard]] DoubleRatchet clone() const;
  void encode(SecretWriter& out) const;
  // Empty when a flag or bound is broken; the caller still asks the reader whether it finished.
  [[nodiscard]] static std::optional<DoubleRatchet> parse(Reader& in);

 private:
  using DhPublic = DhPublicKey<RatchetRole>;
  using KemPublic = KemPublicKey<RatchetRole>;
  struct Sending {
    Secret<32> header_key;             // HKs
    ChainKey chain;                    // CKs
    std::uint32_t next = 0;            // Ns
    std::uint32_t previous_count = 0;  // PN
    std::optional<Bytes<kKemCiphertextBytes>> ciphertext;
  };
  struct Receiving {
    ChainKey chain;          // CKr; its header key HKr is the newest in skipped_
    std::uint32_t next = 0;  // Nr
  };

  DoubleRatchet(const Hash64& transcript, Secret<32> root_key, DhKey<RatchetRole> own_dh)
      : transcript_(transcript), root_key_(std::move(root_key)), own_dh_(std::move(own_dh)) {}

  // Sending half (double_ratchet_send.cpp).
  [[nodiscard]] bool take_turn();
  // Receiving half (double_ratchet_receive.cpp).
  struct Delivery {
    ByteView associated;
    ByteView body;
    Instant now{};
    std::uint64_t lost = 0;
  };
  using Opening = boost::system::result<SecretBytes, RatchetError>;
  [[nodiscard]] Opening open_in_current(const RatchetHeader& header, Delivery& delivery);
  [[nodiscard]] Opening open_in_next(const RatchetHeader& header, Delivery& delivery);
  [[nodiscard]] Opening open_skipped(std::size_t chain, std::uint32_t number,
                                     const Delivery& delivery);
  [[nodiscard]] Opening open_at(std::uint32_t number, Delivery& delivery);
  // Mixes the peer's turn in; false when its keys are bad.
  [[nodiscard]] bool take_peer_turn(const RatchetHeader& header);
  void skip_to(std::uint32_t number, Delivery& delivery);

  Hash64 transcript_;  // TH
  std::uint32_t turns_ =
      0;                 // turns taken by either side; the step of a turn is this count before it
  Secret<32> root_key_;  // RK
  std::optional<Sending> sending_;      // absent before the responder's first turn
  Secret<32> next_sending_header_;      // NHKs
  std::optional<Receiving> receiving_;  // absent before the first message
  Secret<32> next_receiving_header_;    // NHKr
  DhKey<RatchetRole> own_dh_;
  std::optional<KemKey<RatchetRole>> own_kem_;  // absent before the responder's first turn
  DhPublic peer_dh_;
  std::optional<KemPublic> peer_ek_;  // absent before the initiator's first answer
  bool turn_due_ = false;  // the peer has turned: the next message sent starts a new chain
  SkippedKeys skipped_;
  std::optional<Secret<32>> continuity_;  // until taken; neither copied nor stored
};

}  // namespace holdspace::crypto
