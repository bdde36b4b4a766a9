// A secret or handle as people write it: its bits in Crockford base32, then check characters, in
// groups with '-' between them; and base32 alone for QR texts. What is written in this way is named
// in crypto/invite.hpp, crypto/link_message.hpp and crypto/recovery.hpp. docs/protocol.md
// section 3.1.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

enum class CodeError {
  wrong_length,   // too few or too many characters apart from spaces and dashes: also another kind
                  // of code, for each kind has its own length
  bad_character,  // a character outside Crockford's alphabet (i, l and o are read as 1, 1 and 0)
  bad_checksum,   // a typing error somewhere
};

// One kind of code. The value's last character is filled up with zero bits; the check characters
// are the first 5 * check_characters bits of H(L(check_name) || value).
struct CodeShape {
  std::size_t value_bytes = 0;
  std::size_t check_characters = 0;  // at most 12
  std::size_t group = 0;             // characters between two dashes
  std::string_view check_name;
};

// `value` has value_bytes bytes. Upper case.
[[nodiscard]] SecretBytes write_code(const CodeShape& shape, ByteView value);
// Accepts either case, and spaces or dashes anywhere. Each value has exactly one code.
[[nodiscard]] boost::system::result<SecretBytes, CodeError> read_code(const CodeShape& shape,
                                                                      std::string_view text);

// Base32 of any bytes, upper case, no check characters: the alphabet that a QR code packs best.
[[nodiscard]] SecretBytes write_base32(ByteView bytes);
// Strict: upper case, no separators, zero bits at the end. Empty for anything else.
[[nodiscard]] std::optional<SecretBytes> read_base32(std::string_view text);

}  // namespace holdspace::crypto
