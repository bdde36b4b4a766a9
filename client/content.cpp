#include "client/content.hpp"

#include "crypto/hash.hpp"

namespace holdspace::client {
namespace {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  const auto byte = [&text](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto follows = [&byte](std::size_t index) { return (byte(index) & 0xc0U) == 0x80U; };
  while (at < text.size()) {
    const auto lead = byte(at);
    std::size_t more = 0;
    if (lead < 0x80) {
      more = 0;
    } else if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if ((lead == 0xe0 && byte(at + 1) < 0xa0) || (lead == 0xed && byte(at + 1) > 0x9f))
        return false;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if ((lead == 0xf0 && byte(at + 1) < 0x90) || (lead == 0xf4 && byte(at + 1) > 0x8f))
        return false;
    } else {
      return false;
    }
    for (std::size_t index = 1; index <= more; ++index)
      if (!follows(at + index)) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace

bool is_sendable_text(std::string_view text) {
  return !text.empty() && text.size() <= kTextBytesMax && is_utf8(text);
}

crypto::Hash32 content_digest(const v1::Content& content) {
  const auto label = crypto::label("content");
  const auto seq = encode_u64(content.conversation_seq());
  const auto kind = encode_u32(static_cast<std::uint32_t>(content.kind_case()));
  const std::string_view payload =
      content.has_text() ? content.text().text() : content.control().value();
  const std::string_view name = content.has_text() ? std::string_view() : content.control().name();
  const auto name_bytes = encode_u32(static_cast<std::uint32_t>(name.size()));
  const auto payload_bytes = encode_u32(static_cast<std::uint32_t>(payload.size()));
  return crypto::hash32({label, view(content.message_id()), view(content.relationship_id()),
                         view(seq), view(content.prev_digest()), view(kind), view(name_bytes),
                         view(name), view(payload_bytes), view(payload)});
}

std::optional<v1::Content> parse_content(crypto::ByteView bytes,
                                         const crypto::MessageId& message_id,
                                         const crypto::RelationshipId& relationship) {
  v1::Content content;
  if (!content.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (content.message_id() != to_string(message_id) ||
      content.relationship_id() != to_string(relationship) ||
      content.prev_digest().size() != crypto::Hash32{}.size())
    return std::nullopt;
  if (content.has_text() && !is_sendable_text(content.text().text())) return std::nullopt;
  return content;
}

std::string chain_id(crypto::ByteView relationship_id, crypto::Lane lane,
                     const crypto::DeviceAddress& writer) {
  return to_string(relationship_id) + static_cast<char>(lane) + to_string(writer.account_id) +
         encode_u32(writer.device_id);
}

v1::Lane to_wire(crypto::Lane lane) {
  switch (lane) {
    case crypto::Lane::routine:
      return v1::ROUTINE;
    case crypto::Lane::logistics:
      return v1::LOGISTICS;
    case crypto::Lane::urgent:
      return v1::URGENT;
  }
  return v1::LANE_UNSPECIFIED;
}

std::optional<crypto::Lane> from_wire(v1::Lane lane) {
  switch (lane) {
    case v1::ROUTINE:
      return crypto::Lane::routine;
    case v1::LOGISTICS:
      return crypto::Lane::logistics;
    case v1::URGENT:
      return crypto::Lane::urgent;
    case v1::LANE_UNSPECIFIED:
    case v1::Lane_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Lane_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return std::nullopt;
}

std::string_view lane_name(crypto::Lane lane) {
  switch (lane) {
    case crypto::Lane::routine:
      return "routine";
    case crypto::Lane::logistics:
      return "logistics";
    case crypto::Lane::urgent:
      return "urgent";
  }
  return "?";
}

}  // namespace holdspace::client
