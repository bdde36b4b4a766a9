// The stored form of a device's sessions, changed as a broken disk would: parsing refuses or gives
// a state that can be used without harm, and that encodes to the same bytes (an older version
// as the one that is written).
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>

#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::Person;

struct World {
  World() {
    testing::seed_random(1);
    Person client = testing::make_person(1);
    Person therapist = testing::make_person(1);
    End a(client, therapist);
    End b(therapist, client);
    if (!a.start(Kem::one_time)) std::abort();
    (void)b.receive(a.send("one"));
    (void)a.send("lost");
    (void)b.receive(a.send("three"));
    state = b.state();
    next = a.send("four");
  }
  SecretBytes state;
  Direct next;
};

void run(const std::uint8_t* input, std::size_t size) {
  static const World world;
  FuzzedDataProvider data(input, size);
  SecretBytes state = world.state;
  for (int i = data.ConsumeIntegralInRange<int>(0, 8); i > 0; --i) {
    state[data.ConsumeIntegralInRange<std::size_t>(0, state.size() - 1)] =
        data.ConsumeIntegral<std::uint8_t>();
  }
  if (data.ConsumeBool()) {
    state.resize(data.ConsumeIntegralInRange<std::size_t>(0, state.size() + 64));
  }
  const auto sessions = PeerSessions::parse(state);
  if (!sessions) return;
  const SecretBytes stored = sessions->encode();
  if (state[0] == stored[0] && stored != state) std::abort();
  (void)sessions->open(world.next, testing::kNow);
  (void)sessions->seal({}, {});
  if (sessions->encode() != stored) std::abort();
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run(data, size);
  return 0;
}
