// The HTTP request that opens a WebSocket, judged strictly before any library parses it: exactly
// one request is good, everything else gets a constant answer. Pure. docs/operations.md, "Upgrade".
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/limits.hpp"

namespace holdspace::gateway {

inline constexpr std::string_view kUpgradePath = "/v1/connect";
inline constexpr std::string_view kSubprotocol = "holdspace.v1";

// Finds the end of a request's head in bytes as they arrive, and refuses what no head may contain:
// a bare LF or CR, NUL and other control characters, more than kHeadBytesMax bytes.
class HeadScanner {
 public:
  enum class State : std::uint8_t { incomplete, complete, malformed, too_large };

  // `received`: everything so far, from the first byte; it only grows from call to call.
  [[nodiscard]] State scan(std::string_view received);
  // With `complete`: bytes of the head, its empty line included.
  [[nodiscard]] std::size_t head_bytes() const { return scanned_; }

 private:
  std::size_t scanned_ = 0;
};

enum class UpgradeFault : std::uint8_t {
  malformed,          // 400: not HTTP/1.1 as RFC 9112 writes it; also the preface of HTTP/2
  head_too_large,     // 431: bytes or fields
  head_too_slow,      // 408: found by the connection's clock
  wrong_version,      // 505
  wrong_method,       // 405
  body_announced,     // 400: Content-Length or Transfer-Encoding
  bad_host,           // 400: missing, doubled, not a host
  unknown_host,       // 421
  query,              // 400: nothing that identifies anybody belongs into a URL
  unknown_path,       // 404
  no_upgrade,         // 426: not an upgrade to a WebSocket
  websocket_version,  // 426 with the version that we speak
  bad_key,            // 400: Sec-WebSocket-Key missing, doubled, or not 16 bytes in base64
  subprotocol,        // 400: holdspace.v1 is not offered
  origin,             // 403: a page that may not connect
};

struct UpgradeRules {
  std::vector<std::string> hosts;    // lower case, without port
  std::vector<std::string> origins;  // exact
};

struct Upgrade {
  std::string host;  // lower case, without port
  std::string key;   // Sec-WebSocket-Key, 24 characters
};

// `head`: a complete head (HeadScanner). Forwarded, X-Forwarded-For, cookies and
// Sec-WebSocket-Extensions are not looked at.
[[nodiscard]] boost::system::result<Upgrade, UpgradeFault> check_upgrade(std::string_view head,
                                                                         const UpgradeRules& rules);

[[nodiscard]] unsigned http_status(UpgradeFault fault);
// The whole answer, to be sent before closing. Depends on nothing but the fault.
[[nodiscard]] std::string http_answer(UpgradeFault fault);

}  // namespace holdspace::gateway
