// What one person's device pays for a message, and what the gateway and a device pay for a login.
// Every state goes through the same calls as in the client; storage is not included. The figures to
// compare with are in docs/protocol.md section 18. docs/performance.md, "Micro benchmarks".
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "crypto/login.hpp"
#include "crypto/random.hpp"
#include "crypto/session.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::kNow;
using testing::make_person;
using testing::Person;

// Two devices whose session both have used.
struct Pair {
  Person alice = make_person();
  Person bob = make_person();
  End from_alice{alice, bob};
  End from_bob{bob, alice};

  Pair() {
    if (!from_alice.start(Kem::one_time)) std::abort();
    deliver(from_alice, from_bob);
    deliver(from_bob, from_alice);
  }

  static void deliver(End& from, End& to) {
    if (to.receive(from.send("hello")).failure) std::abort();
  }
};

const std::string kText(900, 't');  // fills the smallest size class

Facts facts() {
  Facts some;
  some.message_id = random_array<16>();
  return some;
}

void seal_in_a_running_chain(benchmark::State& state) {
  Pair pair;
  Pair::deliver(pair.from_alice, pair.from_bob);
  const Facts about = facts();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        pair.from_alice.sessions().seal(about, testing::view_of(kText)).has_value());
}
BENCHMARK(seal_in_a_running_chain)->Unit(benchmark::kMicrosecond);

void seal_with_a_new_turn(benchmark::State& state) {
  Pair pair;
  const Facts about = facts();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        pair.from_alice.sessions().seal(about, testing::view_of(kText)).has_value());
}
BENCHMARK(seal_with_a_new_turn)->Unit(benchmark::kMicrosecond);

void open_repeatedly(benchmark::State& state, const End& end, const Direct& direct) {
  for (auto _ : state) {
    const auto opened = end.try_open(direct);
    if (!opened.has_value()) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(&opened);
  }
}

void open_in_a_running_chain(benchmark::State& state) {
  Pair pair;
  Pair::deliver(pair.from_alice, pair.from_bob);
  open_repeatedly(state, pair.from_bob, pair.from_alice.send(kText));
}
BENCHMARK(open_in_a_running_chain)->Unit(benchmark::kMicrosecond);

void open_with_a_new_turn(benchmark::State& state) {
  Pair pair;
  open_repeatedly(state, pair.from_bob, pair.from_alice.send(kText));
}
BENCHMARK(open_with_a_new_turn)->Unit(benchmark::kMicrosecond);

// Checks the other's certificate, list and prekeys, agrees on keys, and seals.
void handshake_of_the_initiator(benchmark::State& state) {
  const Person alice = make_person();
  const Person bob = make_person();
  const PeerSessions none(alice.address(), bob.address());
  const Facts about = facts();
  for (auto _ : state) {
    const auto begun =
        none.initiate(alice.device, testing::fetch_prekeys(bob, Kem::one_time), Psk{}, {}, kNow);
    if (!begun.has_value()) return state.SkipWithError("no session");
    benchmark::DoNotOptimize(begun->seal(about, testing::view_of(kText)).has_value());
  }
}
BENCHMARK(handshake_of_the_initiator)->Unit(benchmark::kMicrosecond);

void handshake_of_the_responder(benchmark::State& state) {
  Person alice = make_person();
  Person bob = make_person();
  End from_alice(alice, bob);
  const End from_bob(bob, alice);
  if (!from_alice.start(Kem::one_time)) return state.SkipWithError("no session");
  open_repeatedly(state, from_bob, from_alice.send(kText));
}
BENCHMARK(handshake_of_the_responder)->Unit(benchmark::kMicrosecond);

// Target: both together well below the 250 us of a connection.
void login_at_the_gateway(benchmark::State& state) {
  const Person alice = make_person();
  const auto gateway = GatewayKey::generate();
  LoginTranscript transcript;
  transcript.host = "localhost";
  transcript.binding = {BindingType::tls_exporter, random_array<32>()};
  transcript.versions = {1};
  transcript.version = 1;
  const LoginClaim claim{random_array<16>(), alice.address(), gateway.public_key()};
  const Signature proof = sign_login(alice.device.signing_key, transcript, claim);
  for (auto _ : state) {
    benchmark::DoNotOptimize(sign_challenge(gateway, transcript));
    if (!verify_login(alice.trusted().verified_cert(), transcript, claim, proof,
                      BindingRule::required_for_native)
             .has_value())
      state.SkipWithError("refused");
  }
}
BENCHMARK(login_at_the_gateway)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace holdspace::crypto

int main(int count, char** words) {
  holdspace::crypto::init();
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
