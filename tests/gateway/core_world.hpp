// A practice for tests: a Redis of its own, one or two real gateway processes, an admin, a
// therapist and a client.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_fixture.hpp"
#include "tests/support/test_client.hpp"

namespace holdspace::gateway::tests {

// One run of the program holdspace-gateway. The destructor stops it.
class GatewayProcess {
 public:
  // Waits for its first log line. Throws when it does not start.
  explicit GatewayProcess(const std::filesystem::path& config);
  ~GatewayProcess();
  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t admin_port() const { return admin_port_; }
  // SIGTERM; the exit code (negative: the signal that ended it).
  int stop();
  void kill();
  // Everything that it logged so far.
  [[nodiscard]] std::string log();
  // The body of an admin page.
  [[nodiscard]] std::string page(const std::string& path) const;

 private:
  int wait();
  void read_log(int wait_ms);

  pid_t pid_ = -1;
  int log_ = -1;
  std::string lines_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

// Runs a program to its end.
struct Ran {
  int exit_code = 0;
  std::string out;  // standard output and error
};
Ran run(const std::vector<std::string>& arguments);

[[nodiscard]] std::string gateway_program();
[[nodiscard]] std::string operator_program();

class World {
 public:
  // `limits`: lines for the section [limits].
  explicit World(const std::string& limits = "", int gateways = 1);
  ~World();

  [[nodiscard]] std::uint16_t port(std::size_t gateway = 0) const {
    return gateways.at(gateway)->port();
  }
  // Another gateway on the same Redis.
  void start_gateway();
  [[nodiscard]] const std::filesystem::path& config() const { return config_; }

  // Enrols the admin (by the operator's invite), a therapist and a client of hers.
  void enrol_everybody();
  // By an invite of `inviter`; role 2 needs an admin, role 3 a therapist and makes `relationship`.
  void invite(holdspace::tests::Person& inviter, holdspace::tests::Person& person,
              std::uint32_t role);

  crypto::InviteSecret make_invite(holdspace::tests::Person& inviter, std::uint32_t role);

  // Replaces the therapist's policy in zone Etc/UTC, on a new connection of her first device; the
  // new version.
  std::uint64_t apply_policy(const std::vector<v1::Window>& windows, std::uint64_t based_on = 0);
  static v1::Policy policy(const std::vector<v1::Window>& windows, std::uint64_t version);
  static std::vector<v1::Window> open_all_week(v1::Direction direction);
  // Routine to the therapist, for an hour from two hours after the store's clock: shut now, and
  // near enough to hold a message for.
  v1::Window open_later();

  // The store's clock, as a challenge tells it.
  std::int64_t store_now_ms();

  // A routine message from one of `sender`'s devices with copies for `recipients`.
  [[nodiscard]] v1::ClientFrame make_send(const holdspace::tests::Person& sender,
                                          const std::vector<crypto::DeviceAddress>& recipients,
                                          const crypto::MessageId& message, char fill = 'x',
                                          std::uint32_t device = 1) const;

  holdspace::tests::RedisServer redis;
  std::vector<std::unique_ptr<GatewayProcess>> gateways;
  holdspace::tests::Person admin;
  holdspace::tests::Person therapist;
  holdspace::tests::Person client;
  crypto::RelationshipId relationship{};

 private:
  std::filesystem::path folder_;
  std::filesystem::path config_;
};

}  // namespace holdspace::gateway::tests
