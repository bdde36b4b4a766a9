// The facts on which one decision is made: a relationship, and its therapist's compiled policy of
// exactly that version. Asks the store only for what is not in memory. docs/architecture.md section
// 1 (2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <optional>

#include "boundary/decide.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

struct PolicySnapshot {
  storage::RelationshipFacts facts;
  // Of facts.policy_version; with version 0 an empty policy, under which every gate is shut.
  std::shared_ptr<const boundary::Gate> gate;
};

// `known`: facts that the caller has from earlier; they are believed, because the store checks them
// again when the decision takes effect. None: ask. `asker` must be a party (else not_found).
[[nodiscard]] storage::Answer<PolicySnapshot, storage::RelationshipError> take_snapshot(
    std::shared_ptr<Worker> worker, storage::PracticeId practice,
    storage::RelationshipId relationship, storage::AccountId asker,
    std::optional<storage::RelationshipFacts> known, storage::Deadline deadline);

// What the boundary asks about a message in this relationship to or from `self`.
enum class Side : std::uint8_t { sending, receiving };
[[nodiscard]] boundary::Facts facts_for(const storage::RelationshipFacts& relationship,
                                        storage::AccountId self, Side side, boundary::Lane lane);

// What the store is to check before the verdict takes effect.
[[nodiscard]] storage::Validity validity_of(const storage::RelationshipFacts& relationship,
                                            const boundary::Verdict& verdict);

}  // namespace holdspace::gateway
