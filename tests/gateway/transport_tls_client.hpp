// A certificate made for the run, and OpenSSL as the client of one blocking connection.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/tls.hpp"
#include "tests/gateway/transport_client.hpp"

namespace holdspace::gateway::tests {

// Two keys with self-signed certificates, a.key and a.crt, b.key and b.crt, in a folder that goes
// with this object.
class Certificate {
 public:
  Certificate();
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] TlsFiles files() const { return {folder_ / "a.crt", folder_ / "a.key"}; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }

 private:
  void write(const std::string& name) const;

  std::filesystem::path folder_;
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] ssl_ctx_st* settings() const { return context_; }
  [[nodiscard]] Client& tcp() { return tcp_; }
  [[nodiscard]] ssl_st* native() const { return tls_; }
  bool connect();
  bool send(std::string_view bytes) const;
  // One read; empty at the end of the connection.
  [[nodiscard]] std::string receive() const;
  // Reads until so many bytes have come, or the end.
  [[nodiscard]] std::string receive(std::size_t bytes) const;
  [[nodiscard]] bool upgrade() const;
  // Sends a binary message and expects its echo.
  [[nodiscard]] bool echoes(std::string_view message) const;

 private:
  Client tcp_;
  ssl_ctx_st* context_;
  ssl_st* tls_ = nullptr;
};

// A ClientHello as OpenSSL writes it.
std::string client_hello();

}  // namespace holdspace::gateway::tests
