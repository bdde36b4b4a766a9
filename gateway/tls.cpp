#include "gateway/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace holdspace::gateway {
namespace {

// Forward secrecy and authenticated encryption only; of TLS 1.3 OpenSSL's own three suites.
constexpr const char* kCiphers12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256";

bool set_options(ssl_ctx_st* context, TlsVersions versions) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections give their record buffers back; the outbox may move between tries.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // An encrypted key is a start-up error, not a question on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  const int lowest = versions == TlsVersions::only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
  return SSL_CTX_set_min_proto_version(context, lowest) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers12) == 1 &&
         SSL_CTX_set1_groups_list(context, kGroups) == 1;
}

}  // namespace

boost::system::result<std::shared_ptr<const TlsContext>, TlsError> TlsContext::load(
    const TlsFiles& files) {
  ERR_clear_error();
  ssl_ctx_st* native = SSL_CTX_new(TLS_server_method());
  if (native == nullptr) return TlsError::unavailable;
  const std::shared_ptr<const TlsContext> context(new TlsContext(native));
  if (!set_options(native, files.versions)) return TlsError::unavailable;
  if (SSL_CTX_use_certificate_chain_file(native, files.certificate.c_str()) != 1)
    return TlsError::bad_certificate;
  if (SSL_CTX_use_PrivateKey_file(native, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    return mismatch ? TlsError::mismatch : TlsError::bad_key;
  }
  if (SSL_CTX_check_private_key(native) != 1) return TlsError::mismatch;
  return context;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

}  // namespace holdspace::gateway
