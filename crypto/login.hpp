// The two signatures of a gateway connection and the transcript T0 that both are over. No socket,
// no clock: the caller carries Hello, Challenge and Auth. docs/protocol.md section 5.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kHostBytesMax = 253;      // specification of DNS names
inline constexpr std::size_t kVersionsOfferedMax = 8;  // ours: one exists

enum class BindingType : std::uint8_t {
  none = 0,  // `value` is zeros; only a browser, which cannot read the exporter, may say this
  tls_exporter = 1,  // RFC 9266: label EXPORTER-Channel-Binding, no context, 32 bytes
};

struct ChannelBinding {
  BindingType type = BindingType::none;
  Bytes<32> value{};
};

struct LoginTranscript {
  std::string host;  // as the client dialled it, without port; 1..kHostBytesMax bytes
  ChannelBinding binding;
  Nonce client_nonce{};
  Nonce server_nonce{};
  Instant server_time{};
  std::vector<std::uint16_t>
      versions;               // as Hello offered them, in that order, 1..kVersionsOfferedMax
  std::uint16_t version = 0;  // the one the server chose
};

// T0: u32 length, host | binding type u8 | binding 32 | client_nonce | server_nonce | server_time
// u64 ms | u32 count, u16 each version | chosen version u16.
[[nodiscard]] ByteVector encode_transcript(const LoginTranscript& transcript);

// Challenge: the gateway's signature "gw-s" over T0.
[[nodiscard]] Signature sign_challenge(const GatewayKey& key, const LoginTranscript& transcript);
[[nodiscard]] bool verify_challenge(const GatewayPublicKey& pinned,
                                    const LoginTranscript& transcript, const Signature& signature);

// Auth: the device's signature "gw-c" over T0 || practice_id || account_id || device_id || GK.
struct LoginClaim {
  PracticeId practice_id{};
  DeviceAddress device;
  GatewayPublicKey gateway_key;  // the client: its pin; the gateway: its own
};
[[nodiscard]] Signature sign_login(const DeviceSigningKey& key, const LoginTranscript& transcript,
                                   const LoginClaim& claim);

enum class LoginError {
  wrong_device,     // the certificate is of another device than the claim
  missing_binding,  // a native device without the TLS exporter: a relay sits in between, or an old
                    // client
  bad_binding,      // binding type none with a value that is not zeros
  unknown_version,  // the chosen version is not among the offered ones
  bad_signature,  // host, binding, a nonce, time, version, practice, device or gateway key differ,
                  // or not its key
};
// The gateway's side. `binding` in the transcript must be the gateway's own reading of its TLS
// connection. Where TLS ends before the gateway, by the operator's open choice, pass
// BindingRule::tls_ends_elsewhere.
enum class BindingRule { required_for_native, tls_ends_elsewhere };
[[nodiscard]] boost::system::result<void, LoginError> verify_login(
    const Verified<DeviceCert>& cert, const LoginTranscript& transcript, const LoginClaim& claim,
    const Signature& signature, BindingRule rule);

}  // namespace holdspace::crypto
