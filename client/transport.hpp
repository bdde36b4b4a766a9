// One connection to a gateway: whole binary messages over a WebSocket over TLS 1.3, and the TLS
// exporter that binds the login to it. Knows no frames. The only file of this room that includes
// Beast. docs/protocol.md section 5.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/address.hpp"

namespace holdspace::client {

// Name lookup, TCP and TLS together. Ours: a person waits this long at most before "cannot be
// reached".
inline constexpr std::chrono::seconds kConnectTimeout{10};
// The WebSocket upgrade, and the closing handshake.
inline constexpr std::chrono::seconds kUpgradeTimeout{5};
// Without a byte for half of this a ping goes out; without any for all of it the connection is
// dead. Ours: below the minute after which home routers forget a connection.
inline constexpr std::chrono::seconds kIdleTimeout{50};
// The largest frame of a gateway: a policy with 1000 exceptions. Deliveries are at most 90 KiB.
inline constexpr std::size_t kServerFrameBytesMax = 256 * 1024;

enum class ConnectError : std::uint8_t {
  name_not_found,  // the host name has no address: check the address and the network
  unreachable,     // nothing accepts connections there: is the gateway running?
  untrusted,  // TLS works but the certificate is not one that this side trusts, or is for another
              // host
  bad_trust_file,  // the --ca file cannot be read or holds no certificate
  not_tls,         // the TLS handshake failed for another reason: not a gateway, or no TLS 1.3
  not_a_gateway,   // TLS stands, but the other side does not speak holdspace.v1
  timed_out,       // no answer in kConnectTimeout or kUpgradeTimeout
};
[[nodiscard]] std::string describe(ConnectError error, const Address& address);

enum class TransportError : std::uint8_t {
  closed_by_gateway,  // with close_code()
  broken,             // the connection broke, or was silent for kIdleTimeout
};

// Lives on one io_context, used by its thread only. At most one receive() and one send() may be
// under way.
class Transport {
 public:
  // `trust_file`: PEM certificates to trust instead of the system's; empty: the system's.
  [[nodiscard]] static boost::asio::awaitable<
      boost::system::result<std::unique_ptr<Transport>, ConnectError>>
  connect(Address address, std::string trust_file);

  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // RFC 9266 tls-exporter, 32 bytes; nothing on a plain connection.
  [[nodiscard]] virtual std::optional<std::array<std::uint8_t, 32>> channel_binding() const = 0;
  // Has no limit of its own: whoever waits for the answer gives up and calls abort().
  [[nodiscard]] virtual boost::asio::awaitable<boost::system::result<void, TransportError>> send(
      std::string message) = 0;
  // The next whole message.
  [[nodiscard]] virtual boost::asio::awaitable<boost::system::result<std::string, TransportError>>
  receive() = 0;
  // Says goodbye and closes; kUpgradeTimeout at most.
  [[nodiscard]] virtual boost::asio::awaitable<void> close() = 0;
  // Drops the connection now; pending receive() and send() end with `broken`.
  virtual void abort() = 0;
  // The gateway's close code after closed_by_gateway (4409: a newer connection of this device),
  // otherwise 0.
  [[nodiscard]] virtual std::uint16_t close_code() const = 0;

 protected:
  Transport() = default;
};

}  // namespace holdspace::client
