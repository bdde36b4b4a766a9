// An escalation as a server or an insider would change it: the layout check and the opening refuse,
// or what opens is what was sealed.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>

#include "tests/crypto/support/escalation_world.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::string_view kText = "please call me";

struct World {
  World() {
    testing::seed_random(1);
    escalation.emplace();
    good = *escalation->seal(kText);
  }
  std::optional<testing::EscalationWorld> escalation;
  EscalationEnvelope good;
};

void change(FuzzedDataProvider& data, ByteVector& bytes) {
  if (data.ConsumeBool()) {
    bytes.resize(data.ConsumeIntegralInRange<std::size_t>(0, bytes.size() + 64));
  }
  for (int i = data.ConsumeIntegralInRange<int>(0, 4); i > 0 && !bytes.empty(); --i) {
    bytes[data.ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1)] =
        data.ConsumeIntegral<std::uint8_t>();
  }
}

void run(const std::uint8_t* input, std::size_t size) {
  static const World world;
  FuzzedDataProvider data(input, size);
  EscalationEnvelope envelope = world.good;
  const std::size_t index = data.ConsumeIntegralInRange<std::size_t>(0, 2);
  EscalationWrap& wrap = envelope.wraps[index];
  ByteVector* const fields[] = {&envelope.common, &envelope.commit, &envelope.body, &wrap.env,
                                &wrap.wrap};
  change(data, *fields[data.ConsumeIntegralInRange<std::size_t>(0, 4)]);
  if (data.ConsumeBool()) change(data, *fields[data.ConsumeIntegralInRange<std::size_t>(0, 4)]);
  if (data.ConsumeBool()) wrap.escalation_id = data.ConsumeIntegral<std::uint32_t>();
  (void)check_layout(envelope, world.escalation->client.address());
  const EscalationCopy copy = copy_for(envelope, index);
  const auto opened = world.escalation->open(index, copy);
  if (opened && (envelope != world.good || testing::text_of(opened->content) != kText)) {
    std::abort();
  }
  if (!opened && envelope == world.good) std::abort();
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run(data, size);
  return 0;
}
