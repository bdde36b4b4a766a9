// Two devices talk, and the program waits to be looked at: `open` while the sessions are alive,
// `closed` when everything is gone. Every secret that is drawn bears a mark. For
// tests/crypto/secrets/run.
#include <sodium.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "crypto/random.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {

// Stands in for crypto/random.cpp. Keys and seeds (32 and 64 bytes) are marked; the mark stands
// nowhere else in the program, neither in its constants nor in what it keeps.
void random_bytes(std::span<std::uint8_t> out) {
  if (sodium_init() < 0) std::abort();
  randombytes_buf(out.data(), out.size());
  if (out.size() != 32 && out.size() != 64) return;
  static const volatile std::uint8_t mask = 0x5A;
  constexpr std::string_view kMasked = "wherekeysgo?";
  for (std::size_t i = 0; i < kMasked.size(); ++i) {
    out[8 + i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(kMasked[i]) ^ mask);
  }
}

namespace {

void wait_to_be_looked_at() {
  // A debugger that is not its parent may look, where the kernel restricts that.
  (void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  std::puts("ready");
  std::fflush(stdout);
  (void)std::getchar();
}

int run(std::string_view when) {
  {
    testing::Person client = testing::make_person();
    testing::Person therapist = testing::make_person();
    testing::End a(client, therapist);
    testing::End b(therapist, client);
    bool good = a.start(testing::Kem::one_time);
    for (int trip = 0; trip < 3; ++trip) {
      good = good && b.receive(a.send("there")).text == "there";
      good = good && a.receive(b.send("back")).text == "back";
    }
    if (!good) return 1;
    if (when == "open") wait_to_be_looked_at();
  }
  if (when == "closed") wait_to_be_looked_at();
  return 0;
}

}  // namespace
}  // namespace holdspace::crypto

int main(int count, char** words) {
  return count == 2 ? holdspace::crypto::run(words[1]) : 2;
}
