// QR texts, link codes and recovery codes, as scanned and as typed: whatever is accepted is the one
// written form of what it gives, and no two parsers accept the same text.
#include <cstdlib>
#include <string>

#include "crypto/contact.hpp"
#include "crypto/link_message.hpp"
#include "crypto/qr_text.hpp"
#include "crypto/recovery.hpp"

namespace {

using namespace holdspace::crypto;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string text_of(const SecretBytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

void scanned(const std::string& text) {
  const auto invite = parse_invite_qr(text);
  const auto link = parse_link_qr(text);
  const auto confirm = ConfirmQr::parse(text);
  check(invite.has_value() + link.has_value() + confirm.has_value() <= 1);
  if (invite) check(text_of(encode_invite_qr(invite->host, invite->secret)) == text);
  if (link) check(encode_link_qr(*link) == text);
  if (confirm) check(confirm->encode() == text);
}

void typed(const std::string& text) {
  const auto invite = parse_invite_code(text);
  const auto link = parse_link_code(text);
  const auto recovery = parse_recovery_code(text);
  check(invite.has_value() + link.has_value() + recovery.has_value() <= 1);
  if (link) check(*parse_link_code(link_code(*link)) == *link);
  if (recovery) {
    const auto again = parse_recovery_code(text_of(recovery->code()));
    check(again.has_value() && again->expose().equals(recovery->expose()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  scanned(text);
  typed(text);
  return 0;
}
