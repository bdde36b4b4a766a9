// What an operator sets: one TOML file, read once at the start. Every option stands here with its
// unit and effect; deploy/gateway.toml is the commented sample. Not secrets: those are files that
// the config names.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/log.hpp"
#include "gateway/rate_limit.hpp"
#include "storage/store_server.hpp"

namespace holdspace::gateway {

struct Endpoint {
  std::string address;     // an IP address, no name
  std::uint16_t port = 0;  // 0: the system chooses
};

struct Config {
  // [listen]
  Endpoint listen{"127.0.0.1", 8443};
  bool plain_on_loopback = false;     // no TLS; only for a loopback address
  Endpoint admin{"127.0.0.1", 9464};  // /healthz, /readyz, /metrics; loopback only
  std::uint32_t io_threads = 2;       // 1..64

  // [tls], required unless plain_on_loopback
  std::filesystem::path tls_certificate;  // PEM chain
  std::filesystem::path tls_key;          // PEM, mode 0400 or 0600

  // [web]
  std::vector<std::string> hosts;    // Host names that are served, at least one, lower case
  std::vector<std::string> origins;  // Origins that browsers may come from; none: no browser

  // [store]
  std::filesystem::path redis_socket;  // Unix socket
  storage::DurabilityMode durability = storage::DurabilityMode::durable;
  std::uint32_t redis_connections = 4;  // for each io thread, 1..16

  // [keys]
  std::filesystem::path
      gateway_key;  // 32-byte Ed25519 seed, mode 0400; made by holdspace-operator init-keys

  // [log]
  LogLevel log_level = LogLevel::info;

  // [limits]; the defaults are the product's, other values are for load tests
  BucketRule routine_send = kRoutineSend;
  BucketRule login_failures_account = kLoginFailuresAccount;
  BucketRule login_failures_address = kLoginFailuresAddress;
  BucketRule redeems_address = kRedeemsAddress;
  std::uint32_t connections_new_per_second = 20;   // for each address, 1..1000000
  std::uint32_t connections_new_burst = 60;        // 1..1000000
  std::uint32_t connections_pending_address = 64;  // not logged in, for each address, 1..1000000
  std::uint32_t connections_pending = 512;         // not logged in, in all, 1..1000000
  std::uint32_t frames_per_second = 50;            // for each connection, 1..1000000
  std::uint32_t frames_burst = 200;                // 1..1000000
  std::chrono::milliseconds queue_poll{15000};     // the net behind lost hints, 100..60000
};

struct ConfigError {
  std::string field;  // "listen.port"; empty when the file as a whole cannot be read
  std::string text;   // for the operator
};

// Checks every value, and refuses a key that it does not know. Reads no other file.
[[nodiscard]] boost::system::result<Config, ConfigError> parse_config(std::string_view toml);
[[nodiscard]] boost::system::result<Config, ConfigError> load_config(
    const std::filesystem::path& file);

// The checks of what the config names: the files exist and nobody else may read the secret ones.
// Done at the start.
[[nodiscard]] boost::system::result<void, ConfigError> check_files(const Config& config);

}  // namespace holdspace::gateway
