// Invite codes as people type them: whatever is accepted is the written form of the secret it
// gives.
#include <cstdlib>
#include <string>

#include "crypto/invite.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdspace::crypto;
  const std::string text(data, data + size);
  const auto secret = parse_invite_code(text);
  if (!secret) return 0;
  const SecretBytes written = secret->code();
  const auto again = parse_invite_code(std::string(written.begin(), written.end()));
  if (!again || !again->expose().equals(secret->expose())) std::abort();
  return 0;
}
