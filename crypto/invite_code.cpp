// The invite as people write it: 128 bits of secret and two zero bits in 26 Crockford base32
// characters, then 20 bits of checksum in 4 more. docs/protocol.md section 3.1.
#include <array>
#include <string_view>

#include "crypto/hash.hpp"
#include "crypto/invite.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kSecretCharacters = 26;
constexpr std::size_t kCharacters = 30;
constexpr std::size_t kGroup = 5;

using Digits = Secret<kCharacters>;  // five bits in each byte

// The digits that belong to a secret. Both directions go through here: parsing compares, so that
// each secret has exactly one accepted code.
Digits digits_of(const Secret<kInviteSecretBytes>& secret) {
  const Hash64 check = hash({label("inv/check"), secret.expose()});
  Secret<20> bits;  // 130 bits: secret and padding; then the checksum is handled apart
  std::copy(secret.expose().begin(), secret.expose().end(), bits.overwrite().begin());
  Digits digits;
  const auto five_bits = [](std::span<const std::uint8_t> bytes, std::size_t index) {
    const std::size_t bit = 5 * index;
    const auto pair = static_cast<unsigned>(bytes[bit / 8] << 8 | bytes[bit / 8 + 1]);
    return static_cast<std::uint8_t>(pair >> (11 - bit % 8) & 31U);
  };
  for (std::size_t i = 0; i < kSecretCharacters; ++i) {
    digits.overwrite()[i] = five_bits(bits.expose(), i);
  }
  for (std::size_t i = kSecretCharacters; i < kCharacters; ++i) {
    digits.overwrite()[i] = five_bits(check, i - kSecretCharacters);
  }
  return digits;
}

std::optional<std::uint8_t> digit_of(char character) {
  const char upper =
      character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
  const char read = upper == 'I' || upper == 'L' ? '1' : upper == 'O' ? '0' : upper;
  const std::size_t value = kAlphabet.find(read);
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

}  // namespace

SecretBytes InviteSecret::code() const {
  const Digits digits = digits_of(secret_);
  SecretBytes text;
  for (std::size_t i = 0; i < kCharacters; ++i) {
    if (i != 0 && i % kGroup == 0) text.push_back('-');
    text.push_back(static_cast<std::uint8_t>(kAlphabet[digits.expose()[i]]));
  }
  return text;
}

boost::system::result<InviteSecret, CodeError> parse_invite_code(std::string_view text) {
  Digits typed;
  std::size_t count = 0;
  for (const char character : text) {
    if (character == '-' || character == ' ') continue;
    const auto digit = digit_of(character);
    if (!digit) return CodeError::bad_character;
    if (count == kCharacters) return CodeError::wrong_length;
    typed.overwrite()[count++] = *digit;
  }
  if (count != kCharacters) return CodeError::wrong_length;

  Secret<kInviteSecretBytes> secret;
  for (std::size_t bit = 0; bit < 8 * kInviteSecretBytes; ++bit) {
    const unsigned value = typed.expose()[bit / 5] >> (4 - bit % 5) & 1U;
    secret.overwrite()[bit / 8] |= static_cast<std::uint8_t>(value << (7 - bit % 8));
  }
  if (!digits_of(secret).equals(typed)) return CodeError::bad_checksum;
  return InviteSecret::from_bytes(std::move(secret));
}

}  // namespace holdspace::crypto
