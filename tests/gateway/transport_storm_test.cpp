// Row 13 and the descriptor reserve: what a flood of connections takes and what it leaves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/gateway/transport_client.hpp"
#include "tests/gateway/transport_tls_client.hpp"

namespace holdspace::gateway::tests {
namespace {

using Clock = std::chrono::steady_clock;

class TlsStorm : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  [[nodiscard]] std::shared_ptr<const TlsContext> context() const {
    return *TlsContext::load(certificate_.files());
  }
  // A peer that begins a handshake and says nothing more.
  static std::unique_ptr<Client> begin_handshake(const EchoServer& server) {
    static const std::string hello = client_hello();
    auto client = std::make_unique<Client>(server.port());
    client->send(hello);
    return client;
  }
  Certificate certificate_;
};

TEST_F(TlsStorm, of_handshakes_that_never_finish_stays_bounded_and_ends_no_session) {
  auto limits = patient_limits();
  limits.pending = 64;
  const EchoServer server(limits, context(), 2);
  TlsClient session(server.port());
  ASSERT_TRUE(session.connect() && session.upgrade() && session.echoes("login"));

  std::vector<std::unique_ptr<Client>> storm;
  for (int i = 0; i < 400; ++i) {
    storm.push_back(begin_handshake(server));
    const bool now = i % 50 == 0;
    EXPECT_TRUE(!now || session.echoes("still here"));
  }
  EXPECT_TRUE(server.events().wait(TransportEvent::accept_evicted, 400 - 64));
  EXPECT_EQ(server.events().count(TransportEvent::accept_evicted), 400 - 64);
  EXPECT_TRUE(session.echoes("still here"));
  // The newest has its place, so an honest client comes through.
  TlsClient honest(server.port());
  EXPECT_TRUE(honest.connect() && honest.upgrade() && honest.echoes("hello"));
}

TEST_F(TlsStorm, waits_for_its_share_of_the_processor_while_sessions_go_on) {
  auto limits = patient_limits();
  limits.tls_share = 1e-9;  // after the first burst no handshake ever has its turn
  limits.handshake = milliseconds(60000);
  const EchoServer server(limits, context());
  TlsClient session(server.port());
  ASSERT_TRUE(session.connect() && session.upgrade() && session.echoes("login"));

  std::vector<std::unique_ptr<Client>> storm;
  const auto answered = [](const Client& client) {
    try {
      return !client.receive(milliseconds(300)).empty();
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  const auto deadline = Clock::now() + kPatience;
  do {
    storm.push_back(begin_handshake(server));
  } while (answered(*storm.back()) && Clock::now() < deadline);
  EXPECT_LT(Clock::now(), deadline) << "every handshake got its answer: no bound on their work";
  EXPECT_TRUE(session.echoes("still here"));
}

TEST_F(TlsStorm, drops_at_its_deadline_who_waits_for_a_turn) {
  auto limits = patient_limits();
  limits.tls_share = 1e-9;
  limits.handshake = milliseconds(500);
  const EchoServer server(limits, context());
  std::vector<std::unique_ptr<Client>> storm;
  const auto deadline = Clock::now() + kPatience;
  while (server.events().count(TransportEvent::tls_failed) < 300 && Clock::now() < deadline) {
    storm.push_back(begin_handshake(server));
    std::this_thread::sleep_for(milliseconds(1));
  }
  for (const auto& client : storm) EXPECT_TRUE(client->receive_all().has_value());
}

// --- descriptors ---

constexpr int kDescriptors = 128;

// Lowers the soft limit of this process while it lives.
class FewDescriptors {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{kDescriptors, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

int free_descriptors() {
  int free = 0;
  for (int i = 0; i < kDescriptors; ++i) free += ::fcntl(i, F_GETFD) == -1 ? 1 : 0;
  return free;
}

// Its own socket is not one of the first kDescriptors, which are the server's here.
std::unique_ptr<Client> far_client(std::uint16_t port) {
  auto client = std::make_unique<Client>(port);
  client->move_descriptor(kDescriptors);
  return client;
}

class Descriptors : public testing::Test {
 protected:
  // Its idea of the limit is that of its start.
  static std::unique_ptr<EchoServer> server_with_few() {
    const FewDescriptors few;
    return std::make_unique<EchoServer>();
  }
  // Opens connections until the server accepts no more.
  static std::vector<std::unique_ptr<Client>> fill(const EchoServer& server) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < kDescriptors; ++i) {
      auto client = far_client(server.port());
      if (client->upgrade() != 101U) break;
      clients.push_back(std::move(client));
    }
    return clients;
  }
};

TEST_F(Descriptors, keep_a_reserve_while_accepting_pauses_and_are_used_again_when_free) {
  const auto server = server_with_few();
  auto clients = fill(*server);
  ASSERT_TRUE(server->events().wait(TransportEvent::no_descriptors, 1));
  ASSERT_GT(clients.size(), 8U);
  EXPECT_GE(free_descriptors(), kDescriptorReserve);
  EXPECT_TRUE(clients.front()->echoes("still here"));

  clients.resize(clients.size() - 4);
  ASSERT_TRUE(server->events().wait(TransportEvent::closed, 4));
  EXPECT_EQ(far_client(server->port())->upgrade(), 101U);
}

TEST_F(Descriptors, that_are_all_gone_make_accepting_pause_and_not_spin) {
  const auto server = server_with_few();
  const auto session = far_client(server->port());
  ASSERT_EQ(session->upgrade(), 101U);
  Client late;
  {
    const FewDescriptors few;
    std::vector<int> taken;
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken.push_back(fd);
    const auto began = Clock::now();
    late.connect(server->port());
    EXPECT_TRUE(server->events().wait(TransportEvent::no_descriptors, 5));
    // Each look at the full table is followed by a pause.
    const auto looks = server->events().count(TransportEvent::no_descriptors);
    EXPECT_LE((looks - 1) * kAcceptPause, Clock::now() - began);
    EXPECT_TRUE(session->echoes("still here"));
    for (const int fd : taken) ::close(fd);
  }
  EXPECT_EQ(late.upgrade(), 101U);
}

}  // namespace
}  // namespace holdspace::gateway::tests
