#include "client/content.hpp"

#include "client/utf8.hpp"
#include "crypto/hash.hpp"

namespace holdspace::client {

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
