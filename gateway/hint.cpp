// See hint.hpp.
#include "gateway/hint.hpp"

namespace holdspace::gateway {
namespace {

constexpr std::size_t kHintBytes = 1 + 16 + 16 + 4 + 16;

}  // namespace

std::string encode_hint(const Hint& hint) {
  std::string out(1, static_cast<char>(hint.kind));
  out += storage::to_bytes(hint.practice);
  out += storage::to_bytes(hint.device.account);
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>((hint.device.device >> shift) & 0xff);
  out += storage::to_bytes(hint.session);
  return out;
}

std::optional<Hint> parse_hint(std::string_view bytes) {
  if (bytes.size() != kHintBytes) return std::nullopt;
  const auto kind = static_cast<std::uint8_t>(bytes[0]);
  if (kind < 1 || kind > 4) return std::nullopt;
  Hint hint;
  hint.kind = static_cast<Hint::Kind>(kind);
  hint.practice = *storage::parse_id<storage::PracticeId>(bytes.substr(1, 16));
  hint.device.account = *storage::parse_id<storage::AccountId>(bytes.substr(17, 16));
  for (const char c : bytes.substr(33, 4))
    hint.device.device = (hint.device.device << 8) | static_cast<std::uint8_t>(c);
  hint.session = *storage::parse_id<storage::SessionId>(bytes.substr(37, 16));
  return hint;
}

}  // namespace holdspace::gateway
