// The invite: 16 random bytes given in the room or on paper, and the sealed packet that the server
// keeps for whoever holds them. The server sees a public handle, a claim key and the packet's
// bytes. docs/protocol.md sections 3.1, 3.2.
//
// Inviter:  InviteSecret s = InviteSecret::generate(); show s.code(); upload s.id(),
// s.claim_key().public_key(),
//           seal_invite_packet(s, host, packet) with its expiry.
// Invited:  parse_invite_code(typed); ask the server for s->id(); open_invite_packet; check
// verify_redeem_challenge
//           with packet.gateway_key (crypto/claim.hpp); enrol (crypto/keys.hpp);
//           sign_claim(s->claim_key(), ...).
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/psk.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"
#include "crypto/written_code.hpp"

namespace holdspace::crypto {

inline constexpr auto kInviteLife = std::chrono::hours{72};   // specification, section 3.1
inline constexpr auto kInviteLifeMax = std::chrono::days{7};  // specification, section 3.1
inline constexpr std::size_t kDisplayNameBytesMax = 200;      // ours: one line on a screen
inline constexpr std::size_t kInvitePacketBytesMax = 16384;   // ours: above the largest device list
inline constexpr std::size_t kInviteSecretBytes = 16;

class InviteSecret {
 public:
  [[nodiscard]] static InviteSecret generate();
  [[nodiscard]] static InviteSecret from_bytes(Secret<kInviteSecretBytes> bytes);

  [[nodiscard]] const InviteId& id() const { return id_; }
  [[nodiscard]] const ClaimKey& claim_key() const { return claim_key_; }
  // What both sides mix into their first handshake (psk_kind 1, psk_id = id()). The inviter keeps
  // it until redeemed.
  [[nodiscard]] Psk psk() const;
  // 6 groups of 5 with '-' between them, Crockford base32: 26 characters of secret and 4 of
  // checksum. Anyone who reads it can redeem the invite: show it, never log it, never put it in a
  // link's path or query.
  [[nodiscard]] SecretBytes code() const;
  // For the inviter's sealed store.
  [[nodiscard]] const Secret<kInviteSecretBytes>& expose() const { return secret_; }
  [[nodiscard]] const Secret<32>& packet_key() const { return packet_key_; }

 private:
  InviteSecret(Secret<kInviteSecretBytes> secret, const Secret<32>& prk);
  Secret<kInviteSecretBytes> secret_;
  InviteId id_{};
  Secret<32> packet_key_;
  Secret<32> psk_;
  ClaimKey claim_key_;
};

// Accepts either case, and spaces or dashes anywhere. Errors: see crypto/written_code.hpp; an
// invite has 30 characters.
[[nodiscard]] boost::system::result<InviteSecret, CodeError> parse_invite_code(
    std::string_view text);

enum class InviteKind : std::uint8_t {
  operator_to_admin = 1,    // made by the operator for a new practice: no inviter account yet
  admin_to_staff = 2,       // admin invites an admin, a therapist or an auditor
  therapist_to_client = 3,  // opens a relationship
};

enum class Role : std::uint8_t { admin = 1, therapist = 2, client = 3, auditor = 4 };

struct Inviter {
  Pin pin;
  ByteVector device_list;  // Signed bytes; verify_device_list(device_list, pin) holds for a packet
                           // that opened
};

struct InvitePacket {
  InviteKind kind = InviteKind::therapist_to_client;
  PracticeId practice_id{};
  Role role = Role::client;
  RelationshipId relationship_id{};        // zeros unless kind is therapist_to_client
  std::optional<Inviter> inviter;          // absent exactly when kind is operator_to_admin
  OrganisationPublicKey organisation_key;  // zeros when kind is operator_to_admin
  GatewayPublicKey gateway_key;
  LogPublicKey log_key;  // zeros: the log does not run yet
  std::string
      display_name;  // inviter's or practice's; UTF-8 without control characters, 1..200 bytes
  Instant expires_at{};
};

enum class PacketError {
  wrong_secret,  // does not open with this invite and host: another code, another server, or
                 // altered bytes
  malformed,  // opens, but is not a packet of this version (kind and fields that disagree included)
  bad_inviter,  // the inviter's device list is not signed by the account key beside it
};

// `host` is what the invited person's client will dial; it is in the associated data. Asserts the
// field rules above.
[[nodiscard]] ByteVector seal_invite_packet(const InviteSecret& secret, std::string_view host,
                                            const InvitePacket& packet);
[[nodiscard]] boost::system::result<InvitePacket, PacketError> open_invite_packet(
    const InviteSecret& secret, std::string_view host, ByteView sealed);

}  // namespace holdspace::crypto
