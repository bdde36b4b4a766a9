#include "client/address.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace holdspace::client {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // specification of DNS names

bool is_host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == ':' ||
         c == '_';
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  return parsed.ec == std::errc{} && parsed.ptr == end && port != 0;
}

}  // namespace

boost::system::result<Address, AddressError> parse_address(std::string_view text) {
  Address address;
  if (text.starts_with("wss://")) {
    text.remove_prefix(6);
    address.port = 443;
  } else if (text.starts_with("ws://")) {
    text.remove_prefix(5);
    address.scheme = Scheme::plain_loopback;
    address.port = 80;
  } else {
    return AddressError::unknown_scheme;
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.find_first_of("/?#@") != std::string_view::npos) return AddressError::has_more;

  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return AddressError::bad_host;
    address.host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return AddressError::bad_host;
    port = rest;
  } else {
    const auto colon = text.find(':');
    address.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (address.host.empty() || address.host.size() > kHostBytesMax ||
      !std::all_of(address.host.begin(), address.host.end(), is_host_character))
    return AddressError::bad_host;
  std::transform(address.host.begin(), address.host.end(), address.host.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  if (!port.empty() && !parse_port(port.substr(1), address.port)) return AddressError::bad_port;
  if (address.scheme == Scheme::plain_loopback && !is_loopback(address.host))
    return AddressError::plain_not_loopback;
  return address;
}

std::string format_address(const Address& address) {
  const bool literal = address.host.find(':') != std::string::npos;
  std::string text = address.scheme == Scheme::tls ? "wss://" : "ws://";
  text += literal ? "[" + address.host + "]" : address.host;
  return text + ":" + std::to_string(address.port);
}

std::string_view describe(AddressError error) {
  switch (error) {
    case AddressError::unknown_scheme:
      return "the address must begin with wss:// (or ws:// on this machine itself)";
    case AddressError::bad_host:
      return "the address has no usable host name";
    case AddressError::bad_port:
      return "the port must be a number from 1 to 65535";
    case AddressError::has_more:
      return "the address is scheme, host and port only, for example wss://localhost:8443";
    case AddressError::plain_not_loopback:
      return "ws:// without TLS is only for this machine itself; use wss://";
  }
  return "bad address";
}

}  // namespace holdspace::client
