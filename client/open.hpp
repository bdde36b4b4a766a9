// From a delivered envelope to a message in the history: dedup, session, content, chain. Works
// inside the caller's transaction, so that the message, the advanced session, the erased one-time
// key and "seen" become durable together, before the gateway is told to forget the envelope.
// docs/protocol.md sections 7, 8 and 10.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "client/identity.hpp"
#include "client/people.hpp"
#include "crypto/session.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

// Message ids are remembered this long after an envelope came. Specification, section 8.3.
inline constexpr std::chrono::days kSeenLife{60};

enum class OpenStep : std::uint8_t {
  stored,        // a new message: acknowledge after the commit, then show it
  control,       // a new message that is not shown: acknowledge after the commit
  duplicate,     // came before: acknowledge, nothing else
  unreadable,    // does not open, now or ever; kept as received: acknowledge after the commit
  need_devices,  // fetch the devices of `account` and call again with them; nothing was written
};

struct Opened {
  OpenStep step{};
  crypto::AccountId account{};        // need_devices
  std::uint64_t message_ordinal = 0;  // stored, unreadable
  crypto::MessageId message_id{};     // as far as it was readable
  crypto::Hash32 digest{};            // stored
  std::string why;                    // unreadable: one of a few words
  std::string to_send;  // id in table outbox of what goes to the sender because of it; empty: none
};

// What the gateway sent about an account's devices for this envelope; not yet checked.
using FetchedDevices = std::map<crypto::AccountId, v1::Devices>;

// `store_epoch`: of the present login, under which `item.seq` counts.
[[nodiscard]] Opened open_delivered(LocalStore& store, const Identity& self,
                                    const v1::Delivered& item, const FetchedDevices& fetched,
                                    std::string_view store_epoch, crypto::Instant now);

}  // namespace holdspace::client
