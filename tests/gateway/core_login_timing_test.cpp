// Row 54: every login that is refused gets the same bytes, and takes the same time. The bytes are
// judged at each run; the time is a measurement, judged only by a run of kJudgedSamples or more:
//   HOLDSPACE_LOGIN_SAMPLES=10000 gateway_process_test --gtest_filter='LoginTiming.*'
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "crypto/random.hpp"
#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::Person;
using holdspace::tests::text;
using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

constexpr int kSamples = 20;  // of each kind; enough to see that all of them are answered alike
constexpr int kJudgedSamples = 10'000;
constexpr double kMedianDifferenceMaxUs = 1000;

// Nobody's limits end the measurement, and connections of one address may come fast.
constexpr const char* kLimits =
    "login_failures_account_burst = 1000000\nlogin_failures_address_burst = 1000000\n"
    "connections_new_per_second = 100000\nconnections_pending_address = 10000\n"
    "connections_pending = 10000\n";

struct Attempt {
  const char* name;
  const Person* person;
  std::uint32_t device;
};

// What one peer can tell apart.
struct Seen {
  double challenge_us = 0;  // from Hello to Challenge
  double refusal_us = 0;    // from Auth to the close frame
  std::size_t challenge_bytes = 0;
  std::string refusal;  // everything that came after Auth, a character for each opcode before it
};

std::string as_message(const v1::ClientFrame& wire) {
  return frame(0x82, wire.SerializeAsString());
}

// One connection with a wrong signature.
Seen fail_to_log_in(std::uint16_t port, const Attempt& attempt) {
  Client client(port);
  if (client.upgrade() != 101U) throw std::runtime_error("no WebSocket");
  auto hello = holdspace::tests::hello(*attempt.person, attempt.device, crypto::random_array<32>());
  hello.set_request_id(1);
  Seen seen;
  auto began = Clock::now();
  client.send(as_message(hello));
  const auto challenge = client.next_frame();
  seen.challenge_us = Micros(Clock::now() - began).count();
  if (!challenge) throw std::runtime_error("no challenge");
  seen.challenge_bytes = challenge->payload.size();

  v1::ClientFrame auth;
  auth.set_request_id(2);
  // Well formed, so that the check goes on to its end.
  static const auto anybody = crypto::DeviceSigningKey::generate();
  auth.mutable_auth()->set_signature(text(anybody.sign("gw-c", crypto::random_array<32>())));
  began = Clock::now();
  client.send(as_message(auth));
  std::optional<Frame> answer;
  do {
    answer = client.next_frame();
    if (!answer) throw std::runtime_error("ended without a close frame");
    seen.refusal += static_cast<char>('0' + answer->opcode) + answer->payload;
  } while (answer->opcode != 8);
  seen.refusal_us = Micros(Clock::now() - began).count();
  client.reset();  // tens of thousands of these leave no TIME_WAIT behind
  return seen;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;
};

// Of the lower nine tenths: what else the machine does is in the rest.
Moments moments(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  values.resize(values.size() * 9 / 10);
  const auto count = static_cast<double>(values.size());
  Moments out;
  for (const double value : values) out.mean += value / count;
  for (const double value : values) out.variance_of_mean += (value - out.mean) * (value - out.mean);
  out.variance_of_mean /= count * std::max(1.0, count - 1);
  return out;
}

double welch_t(const std::vector<double>& a, const std::vector<double>& b) {
  const auto x = moments(a);
  const auto y = moments(b);
  return (x.mean - y.mean) / std::sqrt(x.variance_of_mean + y.variance_of_mean);
}

int samples_wanted() {
  const char* wanted = std::getenv("HOLDSPACE_LOGIN_SAMPLES");
  return wanted == nullptr ? kSamples : std::max(1, std::atoi(wanted));
}

// A second device of the client, put on the list and then revoked.
void revoke_second_device(World& world) {
  const auto& device = world.client.add_device();
  const auto connection = world.client.log_in(world.port());
  v1::ClientFrame add;
  add.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  add.mutable_replace_devices()->add_certs(text(device.signed_cert));
  ASSERT_TRUE(connection->request(add).has_devices_replaced());
  v1::ClientFrame revoke;
  revoke.mutable_replace_devices()->set_device_list(text(world.client.next_list({2})));
  ASSERT_TRUE(connection->request(revoke).has_devices_replaced());
}

TEST(LoginTiming, tells_nobody_why_a_login_failed) {
  World world(kLimits);
  world.enrol_everybody();
  revoke_second_device(world);
  Person stranger;
  stranger.practice = world.client.practice;
  Person elsewhere;
  elsewhere.practice = crypto::random_array<16>();
  const std::vector<Attempt> attempts{{"wrong signature", &world.client, 1},
                                      {"revoked device", &world.client, 2},
                                      {"unknown device", &world.client, 7},
                                      {"unknown account", &stranger, 1},
                                      {"unknown practice", &elsewhere, 1}};
  const int samples = samples_wanted();
  std::vector<std::vector<double>> challenge(attempts.size());
  std::vector<std::vector<double>> refusal(attempts.size());
  std::optional<Seen> first;
  for (int i = 0; i < samples; ++i) {
    // Each refusal is logged into a pipe that holds some hundred lines.
    if (i % 25 == 0) (void)world.gateways.front()->log();
    for (std::size_t k = 0; k < attempts.size(); ++k) {
      const auto kind = (k + static_cast<std::size_t>(i)) % attempts.size();
      const auto seen = fail_to_log_in(world.port(), attempts[kind]);
      if (!first) first = seen;
      ASSERT_EQ(seen.refusal, first->refusal) << attempts[kind].name;
      ASSERT_EQ(seen.challenge_bytes, first->challenge_bytes) << attempts[kind].name;
      challenge[kind].push_back(seen.challenge_us);
      refusal[kind].push_back(seen.refusal_us);
    }
  }
  std::printf("login refused, %d samples of each: median us, and t against the first\n", samples);
  for (std::size_t k = 0; k < attempts.size(); ++k) {
    std::printf("  %-17s challenge %7.1f (t %5.1f)   refusal %7.1f (t %5.1f)\n", attempts[k].name,
                median(challenge[k]), k == 0 ? 0.0 : welch_t(challenge[k], challenge[0]),
                median(refusal[k]), k == 0 ? 0.0 : welch_t(refusal[k], refusal[0]));
    if (samples < kJudgedSamples) continue;
    EXPECT_LT(std::abs(median(challenge[k]) - median(challenge[0])), kMedianDifferenceMaxUs);
    EXPECT_LT(std::abs(median(refusal[k]) - median(refusal[0])), kMedianDifferenceMaxUs);
  }
}

}  // namespace
}  // namespace holdspace::gateway::tests
