#include "tests/gateway/transport_tls_client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <cstdio>

#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway::tests {

namespace fs = std::filesystem;

Certificate::Certificate() {
  std::string pattern = (fs::temp_directory_path() / "holdspace-tls-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  write("a");
  write("b");
}

Certificate::~Certificate() {
  fs::remove_all(folder_);
}

void Certificate::write(const std::string& name) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  FILE* file = std::fopen((folder_ / (name + ".crt")).c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen((folder_ / (name + ".key")).c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TlsClient::TlsClient(std::uint16_t port) : tcp_(port), context_(SSL_CTX_new(TLS_client_method())) {}

TlsClient::~TlsClient() {
  SSL_free(tls_);
  SSL_CTX_free(context_);
}

bool TlsClient::connect() {
  tls_ = SSL_new(context_);
  SSL_set_fd(tls_, tcp_.descriptor());
  return SSL_connect(tls_) == 1;
}

bool TlsClient::send(std::string_view bytes) const {
  return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) ==
         static_cast<int>(bytes.size());
}

std::string TlsClient::receive() const {
  std::string bytes(64 * 1024, '\0');
  const int got = SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()));
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string TlsClient::receive(std::size_t bytes) const {
  std::string all;
  while (all.size() < bytes) {
    const auto more = receive();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

bool TlsClient::upgrade() const {
  return send(good_request()) && receive().starts_with("HTTP/1.1 101");
}

bool TlsClient::echoes(std::string_view message) const {
  constexpr std::size_t kShortHeaderBytes = 2;
  return send(frame(0x82, message)) &&
         receive(kShortHeaderBytes + message.size()).substr(kShortHeaderBytes) == message;
}

std::string client_hello() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* tls = SSL_new(context);
  SSL_set_bio(tls, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_connect(tls);
  const char* bytes = nullptr;
  const long length = BIO_get_mem_data(SSL_get_wbio(tls), &bytes);
  std::string hello(bytes, static_cast<std::size_t>(length));
  SSL_free(tls);
  SSL_CTX_free(context);
  return hello;
}

}  // namespace holdspace::gateway::tests
