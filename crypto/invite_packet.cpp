// The sealed packet that waits at the server for whoever holds the invite. docs/protocol.md
// section 3.1.
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/invite.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

bool is_staff(Role role) {
  switch (role) {
    case Role::admin:
    case Role::therapist:
    case Role::auditor:
      return true;
    case Role::client:
      return false;
  }
  return false;  // a byte that is no role
}

bool follows_rules(const InvitePacket& packet) {
  const bool has_relationship = packet.relationship_id != RelationshipId{};
  const bool has_organisation = packet.organisation_key != OrganisationPublicKey{};
  if (packet.display_name.empty() || packet.display_name.size() > kDisplayNameBytesMax ||
      !is_plain_text(packet.display_name)) {
    return false;
  }
  switch (packet.kind) {
    case InviteKind::operator_to_admin:
      return packet.role == Role::admin && !packet.inviter && !has_relationship &&
             !has_organisation;
    case InviteKind::admin_to_staff:
      return is_staff(packet.role) && packet.inviter && !has_relationship;
    case InviteKind::therapist_to_client:
      return packet.role == Role::client && packet.inviter && has_relationship;
  }
  return false;
}

ByteVector associated(const InviteSecret& secret, std::string_view host) {
  return Writer{}.bytes(label("inv/pkt")).bytes(secret.id()).prefixed(text_bytes(host)).take();
}

}  // namespace

ByteVector seal_invite_packet(const InviteSecret& secret, std::string_view host,
                              const InvitePacket& packet) {
  require(follows_rules(packet));
  Writer out;
  out.u8(static_cast<std::uint8_t>(packet.kind)).bytes(packet.practice_id);
  out.u8(static_cast<std::uint8_t>(packet.role)).bytes(packet.relationship_id);
  if (packet.inviter) {
    out.bytes(packet.inviter->pin.account_id).key(packet.inviter->pin.account_key);
    out.prefixed(packet.inviter->device_list);
  }
  out.key(packet.organisation_key).key(packet.gateway_key).key(packet.log_key);
  out.prefixed(text_bytes(packet.display_name)).instant(packet.expires_at);
  ByteVector sealed = aead_seal(secret.packet_key(), associated(secret, host), out.take());
  require(sealed.size() <= kInvitePacketBytesMax);
  return sealed;
}

boost::system::result<InvitePacket, PacketError> open_invite_packet(const InviteSecret& secret,
                                                                    std::string_view host,
                                                                    ByteView sealed) {
  if (sealed.size() > kInvitePacketBytesMax) return PacketError::malformed;
  const auto plain = aead_open(secret.packet_key(), associated(secret, host), sealed);
  if (!plain) return PacketError::wrong_secret;
  Reader in(*plain);
  InvitePacket packet;
  packet.kind = static_cast<InviteKind>(in.u8());
  packet.practice_id = in.bytes<16>();
  packet.role = static_cast<Role>(in.u8());
  packet.relationship_id = in.bytes<16>();
  if (packet.kind != InviteKind::operator_to_admin) {
    packet.inviter.emplace();
    packet.inviter->pin.account_id = in.bytes<16>();
    packet.inviter->pin.account_key = in.key<AccountPublicKey>();
    const ByteView list = in.prefixed(kStatementBytesMax);
    packet.inviter->device_list.assign(list.begin(), list.end());
  }
  packet.organisation_key = in.key<OrganisationPublicKey>();
  packet.gateway_key = in.key<GatewayPublicKey>();
  packet.log_key = in.key<LogPublicKey>();
  const ByteView name = in.prefixed(kDisplayNameBytesMax);
  packet.display_name.assign(name.begin(), name.end());
  packet.expires_at = in.instant();
  if (!in.finish() || !follows_rules(packet)) return PacketError::malformed;
  if (packet.inviter && !verify_device_list(packet.inviter->device_list, packet.inviter->pin)) {
    return PacketError::bad_inviter;
  }
  return packet;
}

}  // namespace holdspace::crypto
