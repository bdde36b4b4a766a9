// Notices between the wire and the store, which keeps them as opaque bytes. Pure; any thread.
// docs/protocol.md section 11.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/notice_store.hpp"
#include "storage/relationship_store.hpp"
#include "storage/trail.hpp"

namespace holdspace::gateway {

// A stored notice with its id; its instant is the store's unless it has one of its own.
[[nodiscard]] v1::Notice to_wire(const storage::Notice& notice);

// For both sides of a relationship (one while nobody has joined): its state as it will be.
// `successor`: none, or who takes over.
[[nodiscard]] std::vector<storage::NewNotice> relationship_notices(
    const storage::RelationshipFacts& facts, storage::AccountId successor = {});

[[nodiscard]] storage::NewNotice agreement_notice(storage::AccountId account,
                                                  storage::RelationshipId relationship,
                                                  const storage::AgreementHash& terms,
                                                  bool in_force);
// The other side took its signature under `terms` back.
[[nodiscard]] storage::NewNotice revocation_notice(storage::AccountId account,
                                                   storage::RelationshipId relationship,
                                                   const storage::AgreementHash& terms);

[[nodiscard]] storage::NewNotice promise_notice(storage::AccountId account,
                                                storage::RelationshipId relationship,
                                                boundary::Lane lane,
                                                std::uint64_t accepted_through_version,
                                                std::optional<boundary::Instant> promise,
                                                std::string reason);

// The bytes of a Released notice; its instant is the opening's.
[[nodiscard]] std::string released_notice(storage::RelationshipId relationship, boundary::Lane lane,
                                          boundary::Instant opened_at);

// What the senders of messages that go back are told. `cover`: COVERED only.
[[nodiscard]] storage::ReturnForm return_form(v1::Returned::Why why, storage::AccountId cover = {});

}  // namespace holdspace::gateway
