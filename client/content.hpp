// The inside of a message: building it, reading it, and the digest by which both ends name it.
// docs/protocol.md 10.2.
#pragma once

#include <optional>
#include <string_view>

#include "client/records.hpp"
#include "crypto/env.hpp"
#include "holdspace/v1/content.pb.h"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client {

// Leaves room for the other fields under the largest padding bucket. Ours.
inline constexpr std::size_t kTextBytesMax = 65000;

// Valid UTF-8 of 1..kTextBytesMax bytes.
[[nodiscard]] bool is_sendable_text(std::string_view text);

// H32 over L("content"), message id, relationship id, conversation_seq, prev_digest, kind and
// payload. The list of addressed devices is not in it: sealing again for other devices leaves the
// digest as it is.
[[nodiscard]] crypto::Hash32 content_digest(const v1::Content& content);

// Nothing when it is not a Content of this version for that message.
[[nodiscard]] std::optional<v1::Content> parse_content(crypto::ByteView bytes,
                                                       const crypto::MessageId& message_id,
                                                       const crypto::RelationshipId& relationship);

// Id in table chain: what one device writes in one relationship and lane.
[[nodiscard]] std::string chain_id(crypto::ByteView relationship_id, crypto::Lane lane,
                                   const crypto::DeviceAddress& writer);

// The lane's numbers differ between ENV and the frames.
[[nodiscard]] v1::Lane to_wire(crypto::Lane lane);
[[nodiscard]] std::optional<crypto::Lane> from_wire(v1::Lane lane);
// "routine", "logistics", "urgent"
[[nodiscard]] std::string_view lane_name(crypto::Lane lane);

}  // namespace holdspace::client
