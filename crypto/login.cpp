#include "crypto/login.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

ByteVector auth_body(const LoginTranscript& transcript, const LoginClaim& claim) {
  return Writer{}
      .bytes(encode_transcript(transcript))
      .bytes(claim.practice_id)
      .bytes(claim.device.account_id)
      .u32(claim.device.device_id)
      .key(claim.gateway_key)
      .take();
}

}  // namespace

ByteVector encode_transcript(const LoginTranscript& transcript) {
  require(!transcript.host.empty() && transcript.host.size() <= kHostBytesMax);
  require(!transcript.versions.empty() && transcript.versions.size() <= kVersionsOfferedMax);
  Writer out;
  out.prefixed(text_bytes(transcript.host)).u8(static_cast<std::uint8_t>(transcript.binding.type));
  out.bytes(transcript.binding.value).bytes(transcript.client_nonce);
  out.bytes(transcript.server_nonce).instant(transcript.server_time);
  out.count(transcript.versions.size());
  for (const std::uint16_t version : transcript.versions) out.u16(version);
  return out.u16(transcript.version).take();
}

Signature sign_challenge(const GatewayKey& key, const LoginTranscript& transcript) {
  return key.sign("gw-s", encode_transcript(transcript));
}

bool verify_challenge(const GatewayPublicKey& pinned, const LoginTranscript& transcript,
                      const Signature& signature) {
  return verify_signature(pinned, "gw-s", encode_transcript(transcript), signature);
}

Signature sign_login(const DeviceSigningKey& key, const LoginTranscript& transcript,
                     const LoginClaim& claim) {
  return key.sign("gw-c", auth_body(transcript, claim));
}

boost::system::result<void, LoginError> verify_login(const Verified<DeviceCert>& cert,
                                                     const LoginTranscript& transcript,
                                                     const LoginClaim& claim,
                                                     const Signature& signature, BindingRule rule) {
  if (claim.device != DeviceAddress{cert->account_id, cert->device_id}) {
    return LoginError::wrong_device;
  }
  if (transcript.binding.type == BindingType::none) {
    if (transcript.binding.value != Bytes<32>{}) return LoginError::bad_binding;
    if (cert->platform == Platform::native && rule == BindingRule::required_for_native) {
      return LoginError::missing_binding;
    }
  }
  const auto& offered = transcript.versions;
  if (std::find(offered.begin(), offered.end(), transcript.version) == offered.end()) {
    return LoginError::unknown_version;
  }
  if (!verify_signature(cert->signing_key, "gw-c", auth_body(transcript, claim), signature)) {
    return LoginError::bad_signature;
  }
  return {};
}

}  // namespace holdspace::crypto
