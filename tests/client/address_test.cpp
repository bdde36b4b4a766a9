#include "client/address.hpp"

#include <gtest/gtest.h>

namespace holdspace::client {
namespace {

TEST(Address, reads_what_it_writes) {
  const auto check = [](std::string_view text, Scheme scheme, std::string_view host,
                        std::uint16_t port, std::string_view written) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->scheme, scheme) << text;
    EXPECT_EQ(address->host, host) << text;
    EXPECT_EQ(address->port, port) << text;
    EXPECT_EQ(format_address(*address), written);
    EXPECT_EQ(*parse_address(format_address(*address)), *address);
  };
  check("wss://localhost:8443", Scheme::tls, "localhost", 8443, "wss://localhost:8443");
  check("wss://Gateway.Example/", Scheme::tls, "gateway.example", 443, "wss://gateway.example:443");
  check("wss://[::1]:9", Scheme::tls, "::1", 9, "wss://[::1]:9");
  check("ws://127.0.0.1:80", Scheme::plain_loopback, "127.0.0.1", 80, "ws://127.0.0.1:80");
  check("ws://localhost", Scheme::plain_loopback, "localhost", 80, "ws://localhost:80");
}

TEST(Address, refuses_by_name) {
  const auto check = [](std::string_view text, AddressError error) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error(), error) << text;
  };
  check("", AddressError::unknown_scheme);
  check("https://localhost", AddressError::unknown_scheme);
  check("localhost:8443", AddressError::unknown_scheme);
  check("wss://", AddressError::bad_host);
  check("wss://:8443", AddressError::bad_host);
  check("wss://a b", AddressError::bad_host);
  check("wss://" + std::string(254, 'a'), AddressError::bad_host);
  check("wss://[::1", AddressError::bad_host);
  check("wss://host:0", AddressError::bad_port);
  check("wss://host:65536", AddressError::bad_port);
  check("wss://host:8x", AddressError::bad_port);
  check("wss://host/path", AddressError::has_more);
  check("wss://host?token=1", AddressError::has_more);
  check("wss://user@host", AddressError::has_more);
  check("ws://gateway.example", AddressError::plain_not_loopback);
}

}  // namespace
}  // namespace holdspace::client
