// Rows 7 to 13 of the bad-input table and the exporter, with OpenSSL as the client and a
// certificate made for the run.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/gateway/transport_client.hpp"
#include "tests/gateway/transport_requests.hpp"
#include "tests/gateway/transport_tls_client.hpp"

namespace holdspace::gateway::tests {
namespace {

namespace fs = std::filesystem;

class Tls : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  [[nodiscard]] std::shared_ptr<const TlsContext> context(
      TlsVersions versions = TlsVersions::only_1_3) const {
    auto files = certificate_.files();
    files.versions = versions;
    return *TlsContext::load(files);
  }
  Certificate certificate_;
};

// The alert record that the server sends before it ends the connection; 0 when there is none.
unsigned alert_in(const std::optional<std::string>& all) {
  if (!all || all->size() < 7) return 0;
  const auto tail = all->substr(all->size() - 7);
  return tail[0] == 0x15 ? static_cast<std::uint8_t>(tail[6]) : 0;
}

TEST_F(Tls, carries_messages_of_every_size) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(SSL_version(client.native()), TLS1_3_VERSION);
  ASSERT_TRUE(client.upgrade());
  client.send(frame(0x82, "login"));
  EXPECT_EQ(client.receive(7), std::string("\x82\x05login"));
  for (const std::size_t size : {1UL, 1000UL, 16384UL, 40000UL, 98304UL}) {
    const std::string payload(size, 'm');
    client.send(frame(0x82, payload));
    const std::size_t header = size < 126 ? 2 : size <= 0xFFFF ? 4 : 10;
    EXPECT_EQ(client.receive(header + size).substr(header), payload) << size;
  }
}

TEST_F(Tls, gives_both_sides_the_same_exporter) {
  const EchoServer server(patient_limits(), context());
  std::string previous;
  for (int i = 0; i < 2; ++i) {
    TlsClient client(server.port());
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(client.upgrade());
    client.send(frame(0x82, "exporter"));
    const auto theirs = client.receive(2 + kChannelBindingBytes).substr(2);
    std::string ours(kChannelBindingBytes, '\0');
    constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
    ASSERT_EQ(
        SSL_export_keying_material(client.native(), reinterpret_cast<unsigned char*>(ours.data()),
                                   ours.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0),
        1);
    EXPECT_EQ(theirs, ours);
    EXPECT_NE(theirs, previous);
    previous = theirs;
  }
}

TEST_F(Tls, has_no_exporter_when_plain) {
  const EchoServer server;
  Client client(server.port());
  ASSERT_EQ(client.upgrade(), 101U);
  client.send(frame(0x82, "exporter"));
  EXPECT_EQ(client.next_frame()->payload, "none");
}

TEST_F(Tls, refuses_older_versions) {
  const EchoServer server(patient_limits(), context());
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION}) {
    TlsClient client(server.port());
    SSL_CTX_set_security_level(client.settings(), 0);
    SSL_CTX_set_min_proto_version(client.settings(), version);
    SSL_CTX_set_max_proto_version(client.settings(), version);
    EXPECT_FALSE(client.connect());
    EXPECT_EQ(alert_in(client.tcp().receive_all()), 0U);  // OpenSSL has read the alert already
  }
  EXPECT_TRUE(server.events().wait(TransportEvent::tls_failed, 3));
}

TEST_F(Tls, takes_1_2_with_forward_secrecy_only_where_it_is_allowed) {
  const EchoServer server(patient_limits(), context(TlsVersions::from_1_2));
  const auto connects = [&](const char* ciphers) {
    TlsClient client(server.port());
    SSL_CTX_set_security_level(client.settings(), 0);
    SSL_CTX_set_max_proto_version(client.settings(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(client.settings(), ciphers);
    return client.connect() && client.upgrade();
  };
  EXPECT_TRUE(connects("ECDHE-ECDSA-AES128-GCM-SHA256"));
  EXPECT_TRUE(connects("ECDHE-ECDSA-CHACHA20-POLY1305"));
  for (const char* ciphers : {"ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "AES128-SHA",
                              "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA", "ECDHE-ECDSA-AES256-SHA"})
    EXPECT_FALSE(connects(ciphers)) << ciphers;
}

TEST_F(Tls, issues_no_tickets_and_takes_no_early_data) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(client.native())), 0);
  EXPECT_EQ(SSL_SESSION_get_max_early_data(SSL_get0_session(client.native())), 0U);
  EXPECT_EQ(SSL_get_current_compression(client.native()), nullptr);
}

TEST_F(Tls, refuses_renegotiation) {
  const EchoServer server(patient_limits(), context(TlsVersions::from_1_2));
  TlsClient client(server.port());
  SSL_CTX_set_max_proto_version(client.settings(), TLS1_2_VERSION);
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  const bool renegotiated =
      SSL_renegotiate(client.native()) == 1 && SSL_do_handshake(client.native()) == 1;
  EXPECT_FALSE(renegotiated);
}

TEST_F(Tls, answers_http_on_its_port_with_an_alert) {
  const EchoServer server(patient_limits(), context());
  const Client client(server.port());
  client.send(good_request());
  const auto all = client.receive_all();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->find("HTTP"), std::string::npos);
  EXPECT_NE(alert_in(all), 0U);
}

TEST_F(Tls, drops_who_does_not_finish_the_handshake) {
  auto limits = patient_limits();
  limits.handshake = milliseconds(200);
  const EchoServer server(limits, context());
  const Client silent(server.port());
  const Client started(server.port());
  started.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11));
  EXPECT_TRUE(silent.dropped());
  EXPECT_TRUE(started.dropped());
  EXPECT_TRUE(server.events().wait(TransportEvent::tls_failed, 2));
}

TEST_F(Tls, refuses_a_hello_of_100_kilobytes) {
  const EchoServer server(patient_limits(), context());
  const Client client(server.port());
  std::string hello("\x01\x01\x86\xA0\x03\x03", 6);  // a ClientHello of 100,000 bytes
  hello.resize(100004, 'x');
  for (std::size_t at = 0; at < hello.size(); at += 16000) {
    const auto piece = hello.substr(at, 16000);
    client.send(std::string("\x16\x03\x01", 3) + static_cast<char>(piece.size() >> 8) +
                static_cast<char>(piece.size() & 0xFF) + piece);
  }
  const auto all = client.receive_all();
  ASSERT_TRUE(all) << "not dropped";
  EXPECT_NE(alert_in(all), 0U);
}

TEST_F(Tls, drops_a_record_that_was_tampered_with) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  client.tcp().send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(server.events().wait(TransportEvent::closed, 1));
}

TEST_F(Tls, drops_a_record_over_16_kibibytes) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  client.tcp().send(std::string("\x17\x03\x03\x60\x00", 5) + std::string(0x6000, 'x'));
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(server.events().wait(TransportEvent::closed, 1));
}

TEST_F(Tls, survives_a_close_without_goodbye) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  client.tcp().reset();
  EXPECT_TRUE(server.events().wait(TransportEvent::closed, 1));
}

TEST_F(Tls, serves_any_server_name_and_judges_the_host_header) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  client.send(request_with("Host", "other.example"));
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 421"));
}

TEST_F(Tls, says_goodbye_when_it_closes) {
  const EchoServer server(patient_limits(), context());
  TlsClient client(server.port());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.upgrade());
  client.send(close_frame(1000));
  EXPECT_EQ(client.receive(), std::string("\x88\x02\x03\xE8"));
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(SSL_get_shutdown(client.native()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

TEST_F(Tls, names_what_is_wrong_with_its_files) {
  const auto folder = certificate_.folder();
  std::ofstream(folder / "rubbish") << "rubbish";
  const auto error = [&](const char* certificate, const char* key) {
    const auto loaded = TlsContext::load({folder / certificate, folder / key});
    return loaded ? std::optional<TlsError>() : loaded.error();
  };
  EXPECT_EQ(error("a.crt", "a.key"), std::nullopt);
  EXPECT_EQ(error("none", "a.key"), TlsError::bad_certificate);
  EXPECT_EQ(error("rubbish", "a.key"), TlsError::bad_certificate);
  EXPECT_EQ(error("a.crt", "none"), TlsError::bad_key);
  EXPECT_EQ(error("a.crt", "rubbish"), TlsError::bad_key);
  EXPECT_EQ(error("a.crt", "b.key"), TlsError::mismatch);
}

}  // namespace
}  // namespace holdspace::gateway::tests
