// The operations of tests/bench/crypto_micro.cpp as a WebAssembly module: prepare once, then let
// the page time as many runs as it wants. Every state goes through the same calls as in a client.
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "crypto/random.hpp"
#include "crypto/session.hpp"
#include "tests/crypto/support/people.hpp"

#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::kNow;
using testing::Person;

const std::string kText(900, 't');  // fills the smallest size class

Facts facts() {
  Facts some;
  some.message_id = random_array<16>();
  return some;
}

void must(bool good) {
  if (!good) std::abort();
}

// Two devices; `used`: both have used their session.
struct Pair {
  Person alice = testing::make_person();
  Person bob = testing::make_person();
  End from_alice{alice, bob};
  End from_bob{bob, alice};

  explicit Pair(bool used) {
    must(from_alice.start(Kem::one_time));
    if (!used) return;
    deliver(from_alice, from_bob);
    deliver(from_bob, from_alice);
  }

  static void deliver(End& from, End& to) { must(!to.receive(from.send("hello")).failure); }
};

using Run = std::function<bool()>;

Run seal(bool new_turn) {
  const auto pair = std::make_shared<Pair>(true);
  if (!new_turn) Pair::deliver(pair->from_alice, pair->from_bob);
  return [pair, about = facts()] {
    return pair->from_alice.sessions().seal(about, testing::view_of(kText)).has_value();
  };
}

Run open(bool used, bool new_turn) {
  const auto pair = std::make_shared<Pair>(used);
  if (!new_turn) Pair::deliver(pair->from_alice, pair->from_bob);
  return [pair, direct = pair->from_alice.send(kText)] {
    return pair->from_bob.try_open(direct).has_value();
  };
}

// Checks the other's certificate, list and prekeys, agrees on keys, and seals.
Run initiate() {
  const auto pair = std::make_shared<Pair>(false);
  return [pair, about = facts()] {
    const PeerSessions none(pair->alice.address(), pair->bob.address());
    const auto begun = none.initiate(
        pair->alice.device, testing::fetch_prekeys(pair->bob, Kem::one_time), Psk{}, {}, kNow);
    return begun.has_value() && begun->seal(about, testing::view_of(kText)).has_value();
  };
}

// In the order of web/tests/crypto_measure.ts.
enum class Operation { initiate, respond, seal, seal_new_turn, open, open_new_turn };

Run prepare(Operation operation) {
  switch (operation) {
    case Operation::initiate:
      return initiate();
    case Operation::respond:
      return open(false, true);
    case Operation::seal:
      return seal(false);
    case Operation::seal_new_turn:
      return seal(true);
    case Operation::open:
      return open(true, false);
    case Operation::open_new_turn:
      return open(true, true);
  }
  std::abort();
}

Run prepared;

}  // namespace
}  // namespace holdspace::crypto

EXPORTED(prepare) void prepare(int operation) {
  holdspace::crypto::prepared =
      holdspace::crypto::prepare(static_cast<holdspace::crypto::Operation>(operation));
}

EXPORTED(run) void run(int count) {
  for (int i = 0; i < count; ++i) holdspace::crypto::must(holdspace::crypto::prepared());
}
