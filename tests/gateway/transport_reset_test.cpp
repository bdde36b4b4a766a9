// Row 5 of the bad-input table: a peer that resets its connection, in every state that one can be
// in, leaves nothing behind.
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include "tests/gateway/transport_client.hpp"

namespace holdspace::gateway::tests {
namespace {

// The states, in the order of a connection's life.
enum class Reached { connected, in_head, upgraded, in_message, logged_in };
constexpr Reached kStates[] = {Reached::connected, Reached::in_head, Reached::upgraded,
                               Reached::in_message, Reached::logged_in};
constexpr std::size_t kOfEach = 4;

std::unique_ptr<Client> reach(Reached state, std::uint16_t port) {
  auto client = std::make_unique<Client>(port);
  if (state == Reached::connected) return client;
  if (state == Reached::in_head) {
    client->send("GET /v1/connect HTTP/1.1\r\nHost: loc");
    return client;
  }
  EXPECT_EQ(client->upgrade(), 101U);
  if (state == Reached::in_message) client->send(frame_header(0x82, 100, 0) + "abc");
  if (state == Reached::logged_in) {
    EXPECT_TRUE(client->echoes("login"));
  }
  return client;
}

// Of this process, the server's and the clients' together.
std::ptrdiff_t descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

bool falls_to(std::ptrdiff_t wanted) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (descriptors() > wanted) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

TEST(Reset, frees_the_connection_and_its_place_in_every_state) {
  // As many places as one round needs: what a round leaves behind has none in the next.
  auto limits = patient_limits();
  limits.pending_per_address = limits.pending = kOfEach * std::size(kStates);
  const EchoServer server(limits, nullptr, 2);
  { EXPECT_TRUE(reach(Reached::logged_in, server.port())->echoes("hello")); }
  ASSERT_TRUE(server.events().wait(TransportEvent::closed, 1));
  const auto before = descriptors();

  int closed = 1;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Client>> clients;
    for (const auto state : kStates)
      for (std::size_t i = 0; i < kOfEach; ++i) clients.push_back(reach(state, server.port()));
    EXPECT_GE(descriptors(), before + static_cast<std::ptrdiff_t>(clients.size()));
    for (const auto& client : clients) client->reset();
    EXPECT_TRUE(falls_to(before)) << descriptors() - before << " descriptors are left";
    closed += 3 * static_cast<int>(kOfEach);  // of the states that are a WebSocket
    EXPECT_TRUE(server.events().wait(TransportEvent::closed, closed));
  }
  EXPECT_EQ(server.events().count(TransportEvent::accept_pending), 0);
  EXPECT_EQ(server.events().count(TransportEvent::accept_evicted), 0);
}

}  // namespace
}  // namespace holdspace::gateway::tests
