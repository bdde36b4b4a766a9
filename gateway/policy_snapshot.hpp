// The facts on which one decision is made: a relationship, and the compiled policies of both sides
// in exactly those versions. Asks the store only for what is not in memory. docs/architecture.md
// section 1 (2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>

#include "boundary/decide.hpp"
#include "gateway/policy_version.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

struct PolicySnapshot {
  storage::RelationshipFacts facts;
  // Of facts.policy_version; with version 0 an empty policy, under which every gate is shut.
  GatePtr therapist;
  // The client's own hours, of facts.hours_version; null: none.
  GatePtr client;

  // For as long as the snapshot lives.
  [[nodiscard]] boundary::Gates gates() const { return {*therapist, client.get()}; }
};

// `known`: facts that the caller has from earlier; they are believed, because the store checks them
// again when the decision takes effect. None: ask. `asker` must be a party (else not_found).
[[nodiscard]] storage::Answer<PolicySnapshot, storage::RelationshipError> take_snapshot(
    std::shared_ptr<Worker> worker, storage::PracticeId practice,
    storage::RelationshipId relationship, storage::AccountId asker,
    std::optional<storage::RelationshipFacts> known, storage::Deadline deadline);

// The gate of a version that the caller has the stored bytes of (none: only from memory, or version
// 0). Null when it is not to be had; unreadable bytes are told to the log. Worker's thread.
[[nodiscard]] GatePtr gate_of(Worker& worker, storage::AccountId owner, std::uint64_t version,
                              const std::optional<std::string>& bytes);

// What the boundary asks about a message in this relationship to or from `self`.
enum class Side : std::uint8_t { sending, receiving };
// `accepted_version`: of the policy under which a received message was accepted.
[[nodiscard]] boundary::Facts facts_for(
    const storage::RelationshipFacts& relationship, storage::AccountId self, Side side,
    boundary::Lane lane, std::optional<std::uint64_t> accepted_version = std::nullopt);

// What the store is to check before the verdict takes effect.
[[nodiscard]] storage::Validity validity_of(const storage::RelationshipFacts& relationship,
                                            const boundary::Verdict& verdict);

}  // namespace holdspace::gateway
