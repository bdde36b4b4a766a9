#include "crypto/written_code.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::size_t characters_for(std::size_t bytes) {
  return (8 * bytes + 4) / 5;
}

// The five bits from bit 5 * index on; bits behind the end are zero.
std::uint8_t five_bits(ByteView bytes, std::size_t index) {
  const std::size_t at = 5 * index / 8;
  const unsigned second = at + 1 < bytes.size() ? bytes[at + 1] : 0U;
  const unsigned pair = unsigned{bytes[at]} << 8 | second;
  return static_cast<std::uint8_t>(pair >> (11 - 5 * index % 8) & 31U);
}

// Five bits in each byte.
SecretBytes digits_of(ByteView bytes) {
  SecretBytes digits;
  digits.reserve(characters_for(bytes.size()));
  for (std::size_t i = 0; i < characters_for(bytes.size()); ++i) {
    digits.push_back(five_bits(bytes, i));
  }
  return digits;
}

// The digits that belong to a value. Both directions go through here: reading compares, so that
// each value has exactly one accepted code.
SecretBytes digits_of(const CodeShape& shape, ByteView value) {
  SecretBytes digits = digits_of(value);
  const Hash64 check = hash({label(shape.check_name), value});
  for (std::size_t i = 0; i < shape.check_characters; ++i) digits.push_back(five_bits(check, i));
  return digits;
}

SecretBytes bytes_of(const SecretBytes& digits, std::size_t bytes) {
  SecretBytes out(bytes, 0);
  for (std::size_t bit = 0; bit < 8 * bytes; ++bit) {
    const unsigned value = unsigned{digits[bit / 5]} >> (4 - bit % 5) & 1U;
    out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] | value << (7 - bit % 8));
  }
  return out;
}

std::optional<std::uint8_t> digit_of(char character) {
  const std::size_t value = kAlphabet.find(character);
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

// The character that somebody meant.
char meant(char character) {
  const char upper =
      character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
  return upper == 'I' || upper == 'L' ? '1' : upper == 'O' ? '0' : upper;
}

}  // namespace

SecretBytes write_code(const CodeShape& shape, ByteView value) {
  require(value.size() == shape.value_bytes);
  const SecretBytes digits = digits_of(shape, value);
  SecretBytes text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && i % shape.group == 0) text.push_back('-');
    text.push_back(static_cast<std::uint8_t>(kAlphabet[digits[i]]));
  }
  return text;
}

boost::system::result<SecretBytes, CodeError> read_code(const CodeShape& shape,
                                                        std::string_view text) {
  const std::size_t characters = characters_for(shape.value_bytes) + shape.check_characters;
  SecretBytes typed;
  typed.reserve(characters);
  for (const char character : text) {
    if (character == '-' || character == ' ') continue;
    const auto digit = digit_of(meant(character));
    if (!digit) return CodeError::bad_character;
    if (typed.size() == characters) return CodeError::wrong_length;
    typed.push_back(*digit);
  }
  if (typed.size() != characters) return CodeError::wrong_length;
  SecretBytes value = bytes_of(typed, shape.value_bytes);
  if (!equal_in_constant_time(digits_of(shape, value), typed)) return CodeError::bad_checksum;
  return value;
}

SecretBytes write_base32(ByteView bytes) {
  SecretBytes text = digits_of(bytes);
  for (std::uint8_t& digit : text) digit = static_cast<std::uint8_t>(kAlphabet[digit]);
  return text;
}

std::optional<SecretBytes> read_base32(std::string_view text) {
  SecretBytes digits;
  digits.reserve(text.size());
  for (const char character : text) {
    const auto digit = digit_of(character);
    if (!digit) return std::nullopt;
    digits.push_back(*digit);
  }
  SecretBytes bytes = bytes_of(digits, 5 * digits.size() / 8);
  if (digits_of(bytes) != digits) return std::nullopt;
  return bytes;
}

}  // namespace holdspace::crypto
