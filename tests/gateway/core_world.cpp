#include "tests/gateway/core_world.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "crypto/random.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::Person;
using holdspace::tests::text;

constexpr int kPatienceMs = 20000;

struct Child {
  pid_t pid = -1;
  int output = -1;
};

Child spawn(const std::vector<std::string>& arguments) {
  std::vector<std::string> copy = arguments;
  std::vector<char*> pointers;
  for (auto& argument : copy) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no gateway behind
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::uint16_t number_after(const std::string& line, const std::string& key) {
  const auto at = line.find("\"" + key + "\":");
  std::uint16_t value = 0;
  if (at == std::string::npos) throw std::runtime_error("no " + key + " in " + line);
  const auto* begin = line.data() + at + key.size() + 3;
  std::from_chars(begin, line.data() + line.size(), value);
  return value;
}

}  // namespace

std::string gateway_program() {
  return HOLDSPACE_GATEWAY_PROGRAM;
}
std::string operator_program() {
  return HOLDSPACE_OPERATOR_PROGRAM;
}

Ran run(const std::vector<std::string>& arguments) {
  const auto child = spawn(arguments);
  Ran ran;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(child.output, buffer, sizeof buffer)) > 0;)
    ran.out.append(buffer, static_cast<std::size_t>(got));
  close(child.output);
  int status = 0;
  waitpid(child.pid, &status, 0);
  ran.exit_code = exit_code(status);
  return ran;
}

GatewayProcess::GatewayProcess(const std::filesystem::path& config) {
  const auto child = spawn({gateway_program(), "--config", config.string()});
  pid_ = child.pid;
  log_ = child.output;
  while (lines_.find("\"event\":\"started\"") == std::string::npos || !lines_.ends_with('\n')) {
    const auto before = lines_.size();
    read_log(kPatienceMs);
    if (lines_.size() == before) throw std::runtime_error("the gateway did not start: " + lines_);
  }
  const auto line = lines_.substr(lines_.find("\"event\":\"started\""));
  port_ = number_after(line, "port");
  admin_port_ = number_after(line, "admin_port");
}

GatewayProcess::~GatewayProcess() {
  // A sanitizer's complaint or a crash shows in the exit code.
  if (pid_ > 0) {
    EXPECT_EQ(stop(), 0) << lines_;
  }
  if (log_ >= 0) close(log_);
}

void GatewayProcess::read_log(int wait_ms) {
  pollfd ready{log_, POLLIN, 0};
  if (poll(&ready, 1, wait_ms) != 1) return;
  char buffer[4096];
  const auto got = read(log_, buffer, sizeof buffer);
  if (got > 0) lines_.append(buffer, static_cast<std::size_t>(got));
}

std::string GatewayProcess::log() {
  for (auto before = lines_.size();; before = lines_.size()) {
    read_log(0);
    if (lines_.size() == before) return lines_;
  }
}

int GatewayProcess::wait() {
  int status = 0;
  // The pipe is read until its end, so that the process never blocks on its log.
  for (auto before = lines_.size();; before = lines_.size()) {
    read_log(kPatienceMs);
    if (lines_.size() == before) break;
  }
  waitpid(std::exchange(pid_, -1), &status, 0);
  return exit_code(status);
}

int GatewayProcess::stop() {
  ::kill(pid_, SIGTERM);
  return wait();
}

void GatewayProcess::kill() {
  ::kill(pid_, SIGKILL);
  wait();
}

std::string GatewayProcess::page(const std::string& path) const {
  const Client client(admin_port_);
  client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  return client.receive_all().value_or("");
}

World::World(const std::string& limits, int count) {
  crypto::init();
  folder_ = redis.folder() / "gateway";
  const auto made = run({operator_program(), "init-keys", folder_.string()});
  if (made.exit_code != 0) throw std::runtime_error(made.out);
  config_ = folder_ / "gateway.toml";
  std::ofstream(config_) << "[listen]\nport = 0\nadmin_port = 0\nplain_on_loopback = true\n"
                         << "[web]\nhosts = [\"localhost\"]\n"
                         << "[store]\nredis_socket = \"" << redis.socket_path() << "\"\n"
                         << "[keys]\ngateway_key = \"" << (folder_ / "gateway.key").string()
                         << "\"\n"
                         << "[limits]\nconnections_new_burst = 100000\n"
                         << (limits.find("frames_burst") == std::string::npos
                                 ? "frames_burst = 100000\n"
                                 : "")
                         << limits << "\n";
  for (int i = 0; i < count; ++i) start_gateway();
}

World::~World() = default;

void World::start_gateway() {
  gateways.push_back(std::make_unique<GatewayProcess>(config_));
}

void World::enrol_everybody() {
  const auto made = run(
      {operator_program(), "practice-invite", "--config", config_.string(), "--host", "localhost"});
  if (made.exit_code != 0) throw std::runtime_error(made.out);
  const auto secret = crypto::parse_invite_code(made.out.substr(0, made.out.find('\n')));
  if (!secret.has_value()) throw std::runtime_error("no code: " + made.out);
  const auto code = admin.redeem(port(), *secret);
  if (code != v1::ERROR_CODE_UNSPECIFIED) throw std::runtime_error(v1::ErrorCode_Name(code));
  relationship = crypto::random_array<16>();
  invite(admin, therapist, 2);
  invite(therapist, client, 3);
}

crypto::InviteSecret World::make_invite(Person& inviter, std::uint32_t role) {
  auto secret = crypto::InviteSecret::generate();
  const auto connection = inviter.log_in(port());
  v1::ClientFrame frame;
  auto& wire = *frame.mutable_create_invite();
  wire.set_invite_id(text(secret.id()));
  wire.set_claim_key(text(secret.claim_key().public_key().bytes));
  wire.set_packet("opaque to the gateway");
  wire.set_role(role);
  if (role == 3) wire.set_relationship_id(text(relationship));
  const auto in_a_day = std::chrono::system_clock::duration(std::chrono::hours(24));
  wire.set_expires_at_ms(store_now_ms() +
                         std::chrono::duration_cast<milliseconds>(in_a_day).count());
  const auto answer = connection->request(frame);
  if (!answer.has_invite_created()) throw std::runtime_error(answer.ShortDebugString());
  return secret;
}

void World::invite(Person& inviter, Person& person, std::uint32_t role) {
  const auto secret = make_invite(inviter, role);
  const auto code = person.redeem(port(), secret);
  if (code != v1::ERROR_CODE_UNSPECIFIED) throw std::runtime_error(v1::ErrorCode_Name(code));
  person.practice = inviter.practice;
}

std::int64_t World::store_now_ms() {
  holdspace::tests::FrameClient connection(port());
  return connection.request(holdspace::tests::hello(admin, 1, {})).challenge().server_time_ms();
}

std::uint64_t World::apply_policy(const std::vector<v1::Window>& windows, std::uint64_t based_on) {
  const auto connection = therapist.log_in(port());
  const auto answer = connection->request(therapist.apply_policy(policy(windows, based_on + 1)));
  if (!answer.has_policy_applied()) throw std::runtime_error(answer.ShortDebugString());
  return answer.policy_applied().version();
}

v1::Policy World::policy(const std::vector<v1::Window>& windows, std::uint64_t version) {
  v1::Policy document;
  document.set_version(version);
  document.set_zone("Etc/UTC");
  for (const auto& window : windows) *document.add_windows() = window;
  return document;
}

v1::Window World::open_later() {
  const auto minute = store_now_ms() / 60000 + 120;
  v1::Window window;
  window.set_lane(v1::ROUTINE);
  window.set_direction(v1::TO_THERAPIST);
  window.set_weekday(
      static_cast<v1::Weekday>((minute / 1440 + 3) % 7 + 1));  // 1970-01-01 was a Thursday
  window.set_start_minute(static_cast<std::uint32_t>(minute % 1440));
  window.set_end_minute(static_cast<std::uint32_t>(minute % 1440 + 60));
  return window;
}

std::vector<v1::Window> World::open_all_week(v1::Direction direction) {
  std::vector<v1::Window> windows;
  for (int day = v1::MONDAY; day <= v1::SUNDAY; ++day) {
    v1::Window window;
    window.set_lane(v1::ROUTINE);
    window.set_direction(direction);
    window.set_weekday(static_cast<v1::Weekday>(day));
    window.set_start_minute(0);
    window.set_end_minute(1440);
    windows.push_back(window);
  }
  return windows;
}

v1::ClientFrame World::make_send(const Person& sender,
                                 const std::vector<crypto::DeviceAddress>& recipients,
                                 const crypto::MessageId& message, char fill,
                                 std::uint32_t device) const {
  v1::ClientFrame frame;
  auto& wire = *frame.mutable_send();
  wire.set_message_id(text(message));
  wire.set_relationship_id(text(relationship));
  wire.set_lane(v1::ROUTINE);
  for (const auto& recipient : recipients) {
    holdspace::tests::CopyWish wish;
    wish.sender = {sender.account(), device};
    wish.recipient = recipient;
    wish.message = message;
    wish.relationship = relationship;
    wish.fill = fill;
    *wire.add_copies() = holdspace::tests::make_copy(wish);
  }
  return frame;
}

}  // namespace holdspace::gateway::tests
