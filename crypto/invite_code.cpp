// The invite as people write it: 128 bits of secret and two zero bits in 26 characters, then 20
// bits of checksum in 4 more. docs/protocol.md section 3.1.
#include "crypto/invite.hpp"

namespace holdspace::crypto {
namespace {

constexpr CodeShape kInviteCode{kInviteSecretBytes, 4, 5, "inv/check"};

}  // namespace

SecretBytes InviteSecret::code() const {
  return write_code(kInviteCode, secret_.expose());
}

boost::system::result<InviteSecret, CodeError> parse_invite_code(std::string_view text) {
  const auto value = read_code(kInviteCode, text);
  if (!value) return value.error();
  return InviteSecret::from_bytes(
      Secret<kInviteSecretBytes>(std::span<const std::uint8_t, kInviteSecretBytes>(*value)));
}

}  // namespace holdspace::crypto
