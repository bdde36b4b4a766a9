// Row 90 of the bad-input table: what the operator's address serves, and to whom.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "gateway/admin_server.hpp"
#include "tests/gateway/transport_client.hpp"

namespace holdspace::gateway::tests {
namespace {

AdminPages pages() {
  return {[] {
            return AdminReply{200, "text/plain", "alive\n"};
          },
          [] {
            return AdminReply{503, "text/plain", "the store is away\n"};
          },
          [] {
            return AdminReply{200, "text/plain; version=0.0.4", "connections 3\n"};
          }};
}

class Admin : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listening = AdminServer::listen(io_, "127.0.0.1", 0, pages());
    ASSERT_TRUE(listening);
    server_ = std::move(*listening);
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    server_.reset();
  }
  [[nodiscard]] std::string ask(std::string_view request) const {
    const Client client(server_->port());
    client.send(request);
    return client.receive_all().value_or("not closed");
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<AdminServer> server_;
  std::thread thread_;
};

TEST_F(Admin, serves_three_pages) {
  EXPECT_EQ(ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Connection: close\r\nContent-Length: 6\r\n\r\nalive\n");
  EXPECT_TRUE(ask("GET /readyz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(ask("GET /metrics HTTP/1.1\r\n\r\n").ends_with("\r\n\r\nconnections 3\n"));
}

TEST_F(Admin, serves_nothing_else) {
  for (const auto* target :
       {"/", "/healthz/", "/metrics?x", "/v1/connect", "/../metrics", "metrics"})
    EXPECT_TRUE(
        ask(std::string("GET ") + target + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "))
        << target;
  EXPECT_TRUE(ask("POST /healthz HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(ask("GET\n\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask(std::string(20000, 'a')).starts_with("HTTP/1.1 400 "));
}

TEST_F(Admin, bounds_its_connections) {
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 16; ++i) idle.push_back(std::make_unique<Client>(server_->port()));
  EXPECT_EQ(ask("GET /healthz HTTP/1.1\r\n\r\n"), "");
}

TEST(AdminAddress, is_local_only) {
  boost::asio::io_context io;
  const auto error = [&](const char* address) {
    const auto listening = AdminServer::listen(io, address, 0, pages());
    return listening ? std::optional<AdminListenError>() : listening.error();
  };
  EXPECT_EQ(error("0.0.0.0"), AdminListenError::not_loopback);
  EXPECT_EQ(error("::"), AdminListenError::not_loopback);
  EXPECT_EQ(error("192.0.2.1"), AdminListenError::not_loopback);
  EXPECT_EQ(error("localhost"), AdminListenError::bad_address);
  EXPECT_EQ(error(""), AdminListenError::bad_address);
  EXPECT_EQ(error("127.0.0.1"), std::nullopt);
}

TEST(AdminAddress, may_be_a_unix_socket_for_this_user_only) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "holdspace-admin-XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  const auto path = (folder / "admin.sock").string();
  {
    boost::asio::io_context io;
    EXPECT_TRUE(AdminServer::listen(io, path, 0, pages()));
  }
  ASSERT_TRUE(fs::exists(path));  // what a crash leaves
  boost::asio::io_context io;
  const auto listening = AdminServer::listen(io, path, 0, pages());
  ASSERT_TRUE(listening);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  const auto second = AdminServer::listen(io, path, 0, pages());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), AdminListenError::in_use);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace holdspace::gateway::tests
