// Signed statements and their bodies: whatever parses has exactly one encoding, and nothing
// unsigned verifies.
#include <cstdlib>

#include "crypto/escalation_set.hpp"
#include "crypto/record_export.hpp"
#include "crypto/roster.hpp"
#include "crypto/tree_head.hpp"
#include "crypto/verify.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

template <class Body>
void check_canonical(const StatementResult<Body>& parsed, ByteView bytes) {
  if (!parsed) return;
  const ByteVector again = encode_body(*parsed);
  check(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void run(ByteView input) {
  static const testing::Person person = testing::make_person(0);
  check_canonical(parse_device_cert(input), input);
  check_canonical(parse_device_list(input), input);
  check_canonical(parse_prekey_set(input), input);
  check_canonical(parse_one_time_key(input), input);
  check_canonical(parse_policy_change(input), input);
  check_canonical(parse_contact_agreement(input), input);
  check_canonical(parse_account_reset(input), input);
  check_canonical(parse_escalation_set(input), input);
  check_canonical(parse_roster(input), input);
  check_canonical(parse_tree_head(input), input);
  check_canonical(parse_record_export(input), input);
  const auto statement = parse_signed(input);
  if (!statement) return;
  const ByteVector again = encode_signed(*statement);
  check(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  check(!verify_device_list(input, person.pin()));
  const auto& cert = person.device.trusted.verified_cert();
  check(!verify_prekey_set(input, cert));
  check(!verify_policy_change(input, cert));
  check(!verify_contact_agreement(input, cert));
  check(!verify_escalation_set(input, cert));
  check(!verify_record_export(input, cert));
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run({data, size});
  return 0;
}
