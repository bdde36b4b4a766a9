// From a composed message (compose.hpp) to sealed envelopes in the outbox, one for every device
// that must get a copy. Only touches the local store, inside the caller's transaction; what it
// lacks from the gateway it names, and the caller fetches it. docs/protocol.md sections 9.5 and 10.
#pragma once

#include <boost/system/result.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/identity.hpp"
#include "client/people.hpp"
#include "crypto/env.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

// The gateway's bound for one frame of a client (docs/protocol.md section 16), less its own few
// fields.
inline constexpr std::size_t kSendBytesMax = 96 * 1024 - 64;

// What the gateway sent of prekeys, by account and device; not yet checked.
using FetchedPrekeys = std::map<std::pair<crypto::AccountId, crypto::DeviceId>, v1::DevicePrekeys>;

enum class SealGap : std::uint8_t {
  unknown_relationship,  // no such relationship in this store: final
  no_peer_yet,   // the invite was not redeemed, as far as this device knows: ask the gateway
  devices,       // fetch the devices of `account`
  prekeys,       // fetch prekeys for `devices` of `account`
  bad_prekeys,   // the prekeys fetched for `devices` do not verify, or are outdated: final for now
  session_dead,  // the session with a device cannot be used any more: final
  too_large,     // too many devices for so long a text: final
};
struct SealNeed {
  SealGap gap{};
  crypto::AccountId account{};
  std::vector<crypto::DeviceId> devices;
};

// Seals row.content for every active device of the peer and the own other ones, under the agreement
// that is in force: puts their session states and sets row.send. The caller saves the row in the
// same transaction. On a need nothing may be committed.
[[nodiscard]] boost::system::result<void, SealNeed> seal_row(LocalStore& store,
                                                             const Identity& self,
                                                             records::OutboxRow& row,
                                                             const FetchedPrekeys& prekeys,
                                                             crypto::Instant now);

// Id in table session.
[[nodiscard]] std::string session_id(const crypto::DeviceAddress& device);

}  // namespace holdspace::client
