// Contact agreements: what each side of a relationship has signed, and the terms that are in force.
// Statements are opaque bytes; the caller has checked their signatures. docs/protocol.md section 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/relationship_store.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// The newest that one side has signed.
struct AgreementSignature {
  AgreementHash terms{};
  std::string statement;  // Signed, 1..kStatementMax bytes

  friend bool operator==(const AgreementSignature&, const AgreementSignature&) = default;
};

struct Agreement {
  // Both sides signed it. Stays when one of them signs other terms, until both have.
  std::optional<AgreementHash> in_force;
  std::optional<AgreementSignature> therapist;
  std::optional<AgreementSignature> client;
  // The Signed statements that `in_force` came into force by; empty when it is none.
  std::string therapist_agreed;
  std::string client_agreed;
};

struct Signed {
  std::uint64_t revision = 0;  // of the relationship
  bool in_force = false;       // what was signed is what both signed
};

enum class SignAgreementError : std::uint8_t {
  not_found,  // unknown, or the account is not a party: one answer
  stale,      // the relationship's revision is another one: read it again
  closed,     // nobody has joined the relationship yet, or it has ended
  quota,      // the notices of an account are full
  invalid,    // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class FetchAgreementError : std::uint8_t {
  not_found,  // unknown, or the account is not a party: one answer
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class AgreementStore {
 public:
  explicit AgreementStore(ConnectionPool& pool) : pool_(pool) {}

  // One side signs. `revision`: of the relationship, on which the trail was computed. The same
  // again is done already.
  [[nodiscard]] Answer<Signed, SignAgreementError> sign_agreement(
      PracticeId practice, RelationshipId relationship, AccountId account, std::uint64_t revision,
      AgreementSignature signature, Trail trail, Deadline deadline);

  // One side takes its signature back: from now on no terms are in force, and if some were, the
  // relationship's facts say so until both have signed again. Possible in any state, never refused
  // for `quota`. Answers the revision. Again: done already.
  [[nodiscard]] Answer<std::uint64_t, SignAgreementError> revoke_agreement(
      PracticeId practice, RelationshipId relationship, AccountId account, Trail trail,
      Deadline deadline);

  // Changes nothing.
  [[nodiscard]] Answer<Agreement, FetchAgreementError> fetch_agreement(PracticeId practice,
                                                                       RelationshipId relationship,
                                                                       AccountId asker,
                                                                       Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
