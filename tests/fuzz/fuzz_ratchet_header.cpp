// A peer that has the session's keys and seals any header it likes: reaches the code behind the
// header's AEAD. No such message opens, since its body is not sealed with the message key.
#include <cstdlib>

#include "crypto/double_ratchet.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using testing::Kem;
using testing::kNow;
using testing::Person;

struct World {
  World() {
    testing::seed_random(1);
    const Person client = testing::make_person(1);
    const Person therapist = testing::make_person(1);
    auto initiated = initiate_handshake(
        client.device, testing::fetch_prekeys(therapist, Kem::one_time), {}, std::nullopt, kNow);
    if (!initiated) std::abort();
    header_key = initiated->keys.initiator_header.clone();
    transcript = initiated->keys.transcript;
    ratchet.emplace(
        DoubleRatchet::responder(std::move(initiated->keys), therapist.prekeys.signed_prekey));
  }
  Secret<32> header_key;
  Hash64 transcript{};
  std::optional<DoubleRatchet> ratchet;
};

void run(ByteView input) {
  static const World world;
  // The last bytes of a genuine header, so that the fuzzer need not find a canonical KEM key by
  // itself.
  static const RatchetHeader genuine{0, 0, DhKey<RatchetRole>::generate().public_key(),
                                     KemKey<RatchetRole>::generate().public_key(), std::nullopt};
  RatchetHeader header = genuine;
  Reader in(input);
  const std::uint8_t parts = in.u8();
  if (parts & 1) header.previous_count = in.u32();
  if (parts & 2) header.number = in.u32();
  if (parts & 4) header.dh = in.key<DhPublicKey<RatchetRole>>();
  if (parts & 8) header.ek.bytes[in.u16() % header.ek.bytes.size()] = in.u8();
  if (parts & 16) header.ciphertext.emplace();
  const ByteVector sealed = seal_header(world.header_key, world.transcript, header);
  DoubleRatchet copy = world.ratchet->clone();
  if (copy.open({}, sealed, ByteVector(1064), kNow)) std::abort();
  if (copy.skipped_keys() > kSkippedKeysMax) std::abort();
  (void)parse_header(input);
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run({data, size});
  return 0;
}
