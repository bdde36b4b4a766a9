// What two devices of one person say to each other while one is linked, as bytes, and the handle of
// the linking as a person types it. Parsing says only that the layout holds; the steps and what
// they check are crypto/link.hpp. docs/protocol.md section 4.1.
//
// The server relays the four messages under the link_id. It may read and change all of them: what
// stops it is the commitment, the digits and the seal, not the relay.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/statement.hpp"
#include "crypto/written_code.hpp"

namespace holdspace::crypto {

using LinkId = Bytes<16>;

inline constexpr auto kLinkLife = std::chrono::minutes{5};  // specification, section 4.1
// Ours: above certificate, list and kPinsBytesMax.
inline constexpr std::size_t kLinkSealedBytesMax = 131'072;

inline constexpr std::size_t kLinkOpenBytes = 49;
inline constexpr std::size_t kLinkHelloBytes = 109;
inline constexpr std::size_t kLinkRevealBytesMax = 1398 + 2 * kSuitesMax;
inline constexpr std::size_t kLinkPackageBytesMax = 1141 + kLinkSealedBytesMax;

// What the device that wants to be linked shows as a QR code (crypto/qr_text.hpp).
struct LinkOffer {
  LinkId link_id{};
  Hash32 commitment{};  // C2
  std::string host;     // which the device has dialled
  friend bool operator==(const LinkOffer&, const LinkOffer&) = default;
};

// Step 1, new device: u8 1 | link_id 16 | C2 32.
struct LinkOpen {
  LinkId link_id{};
  Hash32 commitment{};
  friend bool operator==(const LinkOpen&, const LinkOpen&) = default;
};

// Step 2, primary device: u8 2 | link_id 16 | n1 32 | account_id 16 | AK 32 | device_id u32 |
// created_at u64. The last two are what the certificate will say.
struct LinkHello {
  LinkId link_id{};
  Nonce nonce{};
  AccountId account_id{};
  AccountPublicKey account_key;
  DeviceId device_id = 0;  // >= 1
  Instant created_at{};
  friend bool operator==(const LinkHello&, const LinkHello&) = default;
};

// Step 3, new device: u8 3 | link_id 16 | DSK 32 | DDK 32 | lk 1216 | n2 32 | platform u8 |
// suites: u32 count, u16 each, as in the certificate | its signature of the certificate 64.
struct LinkReveal {
  LinkId link_id{};
  DeviceSigningPublicKey signing_key;
  DeviceDhPublicKey dh_key;
  LinkPublicKey link_key;
  Nonce nonce{};
  Platform platform = Platform::native;
  std::vector<std::uint16_t> suites{kSuite};
  Signature cert_signature{};  // by DSK, over the device_cert body that steps 2 and 3 make
  friend bool operator==(const LinkReveal&, const LinkReveal&) = default;
};

// Step 5, primary device: u8 4 | link_id 16 | ct 1120 | u32 length, sealed.
struct LinkPackage {
  LinkId link_id{};
  Bytes<kKemCiphertextBytes> ciphertext{};
  ByteVector sealed;
  friend bool operator==(const LinkPackage&, const LinkPackage&) = default;
};

// Encoding asserts the ranges above. Parsing is empty for anything but the one encoding.
[[nodiscard]] ByteVector encode_link_message(const LinkOpen& message);
[[nodiscard]] ByteVector encode_link_message(const LinkHello& message);
[[nodiscard]] ByteVector encode_link_message(const LinkReveal& message);
[[nodiscard]] ByteVector encode_link_message(const LinkPackage& message);
[[nodiscard]] std::optional<LinkOpen> parse_link_open(ByteView bytes);
[[nodiscard]] std::optional<LinkHello> parse_link_hello(ByteView bytes);
[[nodiscard]] std::optional<LinkReveal> parse_link_reveal(ByteView bytes);
[[nodiscard]] std::optional<LinkPackage> parse_link_package(ByteView bytes);

// The certificate that both devices derive from steps 2 and 3.
[[nodiscard]] DeviceCert link_cert(const LinkHello& hello, const LinkReveal& reveal);

// For a device without a camera: 28 characters in 7 groups of 4, the link_id and 10 check bits of
// H(L("lnk/check") || link_id). No secret: the server knows it. An invite has 30 characters.
[[nodiscard]] std::string link_code(const LinkId& link_id);
[[nodiscard]] boost::system::result<LinkId, CodeError> parse_link_code(std::string_view text);

}  // namespace holdspace::crypto
