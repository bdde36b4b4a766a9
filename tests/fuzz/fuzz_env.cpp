// ENV: whatever parses encodes to the same 160 bytes.
#include <cstdlib>

#include "crypto/env.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdspace::crypto;
  const ByteView input(data, size);
  const auto env = parse_env(input);
  if (!env) return 0;
  const auto again = encode_env(*env);
  if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) std::abort();
  return 0;
}
