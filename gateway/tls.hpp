// The server side of TLS over OpenSSL: 1.3 only by default, no tickets, no renegotiation, no early
// data, no compression. Not a stream: byte_channel.hpp moves the bytes. docs/operations.md, "TLS".
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace holdspace::gateway {

enum class TlsVersions : std::uint8_t {
  only_1_3,
  from_1_2,  // 1.2 with ECDHE and AEAD only, for devices that cannot do better
};

struct TlsFiles {
  std::filesystem::path certificate;  // PEM chain, the server's own first
  std::filesystem::path key;          // PEM, not encrypted
  TlsVersions versions = TlsVersions::only_1_3;
};

enum class TlsError : std::uint8_t {
  bad_certificate,  // the certificate file cannot be read or is no PEM chain
  bad_key,          // the key file cannot be read or is no PEM key
  mismatch,         // the key is not the certificate's
  unavailable,      // OpenSSL refused a setting: not the library this was built for
};

// Immutable after load, so any thread may use it; connections share it.
class TlsContext {
 public:
  [[nodiscard]] static boost::system::result<std::shared_ptr<const TlsContext>, TlsError> load(
      const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace holdspace::gateway
