// A stored blob that is changed before or between the two passes, and references of any bytes: what
// opens is the file that was sealed.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>

#include "crypto/attachment.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::size_t kFileBytes = 70'000;  // two chunks

struct World {
  World() {
    testing::seed_random(1);
    AttachmentSealer sealer(kFileBytes, "text/plain");
    while (!sealer.finished()) {
      const ByteVector chunk = sealer.seal(ByteVector(sealer.wanted(), 7));
      blob.insert(blob.end(), chunk.begin(), chunk.end());
    }
    reference = std::move(sealer).finish();
  }
  AttachmentReference reference;
  ByteVector blob;
};

ByteVector changed(FuzzedDataProvider& data, ByteVector blob) {
  if (data.ConsumeBool()) {
    blob.resize(data.ConsumeIntegralInRange<std::size_t>(0, blob.size() + 64));
  }
  for (int i = data.ConsumeIntegralInRange<int>(0, 4); i > 0 && !blob.empty(); --i) {
    blob[data.ConsumeIntegralInRange<std::size_t>(0, blob.size() - 1)] =
        data.ConsumeIntegral<std::uint8_t>();
  }
  return blob;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void open_again(const CheckedAttachment& checked, ByteView blob, bool genuine) {
  AttachmentOpener opener(checked);
  std::size_t bytes = 0;
  while (opener.wanted() != 0 && blob.size() >= opener.wanted()) {
    const ByteView chunk = blob.first(opener.wanted());
    blob = blob.subspan(chunk.size());
    const auto part = opener.open(chunk);
    if (!part) break;
    check(std::all_of(part->begin(), part->end(), [](std::uint8_t byte) { return byte == 7; }));
    bytes += part->size();
  }
  check(!opener.finished() || bytes == kFileBytes);
  check(!genuine || opener.finished());
}

void run(const std::uint8_t* input, std::size_t size) {
  static const World world;
  const auto parsed = parse_reference({input, size});
  if (parsed) {
    const SecretBytes again = encode_reference(*parsed);
    check(std::equal(again.begin(), again.end(), input, input + size));
  }
  FuzzedDataProvider data(input, size);
  const ByteVector first = changed(data, world.blob);
  AttachmentCheck pass(world.reference.clone());
  const bool fits = pass.feed(first).has_value();
  const auto checked = std::move(pass).finish();
  check((fits && checked.has_value()) == (first == world.blob));
  if (!checked) return;
  const ByteVector second = changed(data, world.blob);
  open_again(*checked, second, second == world.blob);
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run(data, size);
  return 0;
}
