// Record files: any bytes as preamble and as entry, and plaintext of any shape under the right key,
// so that the parser behind the stream is reached. Nothing but the signed entries is ever verified.
#include <cstdlib>

#include "crypto/layout.hpp"
#include "crypto/record_stream.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

struct World {
  World() {
    testing::seed_random(1);
    exporter.emplace(testing::make_person(0));
    recovery.key = random_secret<32>();
    key.emplace(*lock_records(RecordPurpose::history, recovery));
    RecordWriter writer(*key);
    if (!writer.add(GapEntry{}).empty()) std::abort();
    RecordFacts facts;
    facts.from = testing::kNow;
    facts.until = testing::kNow + std::chrono::hours{1};
    file = std::move(writer).finish(exporter->device, facts).rest;
    StreamState stream(key->key, key->header);
    plain = stream.open(record_associated(key->preamble), file)->plain;
  }
  std::optional<testing::Person> exporter;
  RecoveryRecordsKey recovery;
  std::optional<RecordKey> key;
  ByteVector file;
  SecretBytes plain;
};

void check(bool holds) {
  if (!holds) std::abort();
}

// The genuine plaintext with the input written over it at some place.
void read_sealed(const World& world, ByteView input) {
  if (input.size() < 2) return;
  const std::size_t at = Reader(input).u16() % (world.plain.size() + 1);
  SecretBytes plain = world.plain;
  plain.resize(std::max(plain.size(), at + input.size() - 2));
  std::copy(input.begin() + 2, input.end(), plain.begin() + static_cast<std::ptrdiff_t>(at));
  if (plain.size() > kStreamPlainBytes) return;
  StreamState stream(world.key->key, world.key->header);
  RecordReader reader(*world.key);
  const auto entries =
      reader.open(stream.seal(record_associated(world.key->preamble), plain, true));
  const auto record = reader.finish(world.exporter->pin());
  check(entries.has_value() || !record.has_value());
  check(!record || (entries->size() == 1 && (*record)->count == 1));
  check(record.has_value() || plain != world.plain);
}

void run(ByteView input) {
  static const World world;
  const auto entry = parse_entry(input);
  if (entry) {
    const SecretBytes again = encode_entry(*entry);
    check(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  }
  check(!unlock_records(input, world.recovery).has_value());
  RecordReader reader(*world.key);
  check(!reader.open(input).has_value());
  read_sealed(world, input);
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run({data, size});
  return 0;
}
