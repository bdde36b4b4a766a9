// What two devices say while one is linked, and the three messages of a short string. The first
// byte chooses the step that gets the rest. Whatever parses has one encoding; a step that refuses
// ends the run or leaves it where it was; nothing that was not sealed is taken for a package.
#include <cstdlib>

#include "crypto/short_string.hpp"
#include "tests/crypto/support/linking.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;

void check(bool holds) {
  if (!holds) std::abort();
}

template <class Message>
void check_canonical(const std::optional<Message>& parsed, ByteView bytes) {
  if (!parsed) return;
  const ByteVector again = encode_link_message(*parsed);
  check(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void link_step(std::uint8_t step, ByteView bytes) {
  static const testing::Linking start;
  NewDevice fresh = start.fresh_again();
  PrimaryDevice primary = start.primary_again();
  if (step == 0) {
    const auto reveal = fresh.take_hello(bytes, kNow);
    check(reveal.has_value() || !fresh.digits());
    return;
  }
  if (step == 1) {
    if (!primary.take_reveal(bytes, kNow)) check(!primary.platform());
    return;
  }
  const auto reveal = fresh.take_hello(primary.hello(), kNow);
  check(reveal.has_value() && primary.take_reveal(*reveal, kNow).has_value());
  if (step == 2) {
    const std::string typed(bytes.begin(), bytes.end());
    const auto taken = primary.take_digits(typed, kNow);
    const bool left = taken.has_error() && taken.error() == LinkError::not_nine_digits;
    check(left == (taken.has_error() && primary.take_digits(*fresh.digits(), kNow).has_value()));
    return;
  }
  check(fresh.person_says_accepted().has_value());
  check(!fresh.take_package(bytes, kNow) && !fresh.digits());
}

void short_string_step(std::uint8_t step, ByteView bytes) {
  static const ShortStringScene scene{{}, {{1}, {}}, {{2}, {}}};
  auto starter = ShortStringStarter::begin(scene);
  if (step == 4) {
    check(!starter.take_answer(bytes));
    return;
  }
  auto responder = ShortStringResponder::take_commit(scene, step == 5 ? bytes : starter.commit());
  if (step == 5) {
    check(responder.has_value() == (bytes.size() == kSasCommitBytes && bytes[0] == 1));
    return;
  }
  check(responder.has_value() && !responder->take_reveal(bytes));
}

void run(ByteView input) {
  check_canonical(parse_link_open(input), input);
  check_canonical(parse_link_hello(input), input);
  check_canonical(parse_link_reveal(input), input);
  check_canonical(parse_link_package(input), input);
  if (input.empty()) return;
  const std::uint8_t step = input[0] % 7;
  if (step < 4) link_step(step, input.subspan(1));
  if (step >= 4) short_string_step(step, input.subspan(1));
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run({data, size});
  return 0;
}
