// A Direct frame against a live session: the first byte picks a genuine envelope, the rest changes,
// cuts or replaces its fields. A changed envelope is refused, and the state is as it was.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>

#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::Person;

// What a device has waiting for it: a first message, an answer, a later message, and one that skips
// another.
struct World {
  World() {
    testing::seed_random(1);
    people.reserve(2);
    people.push_back(testing::make_person(1));
    people.push_back(testing::make_person(1));
    fresh = std::make_unique<End>(people[1], people[0]);
    client = std::make_unique<End>(people[0], people[1]);
    therapist = std::make_unique<End>(people[1], people[0]);
    if (!client->start(Kem::last_resort)) std::abort();
    first = client->send("first");
    if (therapist->try_open(first).has_error()) std::abort();
    auto incoming = therapist->try_open(first);
    therapist->replace(std::move(*incoming).after_durable_write().sessions);
    answers.push_back(therapist->send("answer"));
    answers.push_back(therapist->send("later"));
    (void)therapist->send("lost");
    answers.push_back(therapist->send("after a gap"));
  }
  std::vector<Person> people;
  std::unique_ptr<End> fresh;
  std::unique_ptr<End> client;
  std::unique_ptr<End> therapist;
  Direct first;
  std::vector<Direct> answers;
};

void change(FuzzedDataProvider& data, ByteVector& bytes) {
  switch (data.ConsumeIntegralInRange<int>(0, 3)) {
    case 0:
      return;
    case 1:
      for (int i = data.ConsumeIntegralInRange<int>(1, 8); i > 0 && !bytes.empty(); --i) {
        bytes[data.ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1)] =
            data.ConsumeIntegral<std::uint8_t>();
      }
      return;
    case 2:
      bytes.resize(data.ConsumeIntegralInRange<std::size_t>(0, bytes.size() + 64));
      return;
    case 3: {
      const auto front = data.ConsumeBytes<std::uint8_t>(
          data.ConsumeIntegralInRange<std::size_t>(0, bytes.size()));
      std::copy(front.begin(), front.end(), bytes.begin());
      return;
    }
  }
}

void run(const std::uint8_t* input, std::size_t size) {
  static World world;
  FuzzedDataProvider data(input, size);
  const auto pick = data.ConsumeIntegralInRange<std::size_t>(0, world.answers.size());
  const Direct& genuine = pick == 0 ? world.first : world.answers[pick - 1];
  const End& end = pick == 0 ? *world.fresh : *world.client;
  Direct direct = genuine;
  for (ByteVector* field : {&direct.env, &direct.hs, &direct.eh, &direct.body}) {
    change(data, *field);
  }
  const SecretBytes before = end.state();
  const bool opened = end.try_open(direct).has_value();
  if (opened != (direct == genuine) || end.state() != before) std::abort();
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run(data, size);
  return 0;
}
