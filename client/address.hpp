// Where a gateway listens, as a person types it: "wss://gateway.example:8443". Not a general URL
// parser.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdspace::client {

enum class Scheme : std::uint8_t {
  tls,             // wss: TLS 1.3, the login is bound to the connection
  plain_loopback,  // ws: no TLS; only to this machine itself, for tests
};

struct Address {
  Scheme scheme = Scheme::tls;
  std::string host;  // name or IPv4/IPv6 literal without brackets, 1..253 bytes, lower case
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

enum class AddressError : std::uint8_t {
  unknown_scheme,  // neither wss:// nor ws://
  bad_host,        // empty, over 253 bytes, or characters that no host name has
  bad_port,        // not a number of 1..65535
  has_more,  // a path, query or fragment: a gateway has one endpoint, and ids never stand in a URL
  plain_not_loopback,  // ws:// to another machine
};

// Defaults: port 443 for wss, 80 for ws. A single trailing "/" is taken.
[[nodiscard]] boost::system::result<Address, AddressError> parse_address(std::string_view text);

// "wss://host:port", which parse_address reads back to the same value.
[[nodiscard]] std::string format_address(const Address& address);

// One line for a person.
[[nodiscard]] std::string_view describe(AddressError error);

}  // namespace holdspace::client
