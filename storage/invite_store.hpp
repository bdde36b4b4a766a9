// Invites: single-use records that make an account. docs/protocol.md sections 3.1 and 3.2; the
// code's secret never comes here. An invite that is used, revoked, burnt or expired is deleted;
// whoever asks for it then gets the answer of an unknown one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

enum class Role : std::uint8_t { admin = 1, therapist = 2, client = 3, auditor = 4 };

// Specification (docs/protocol.md 3.1): packet at most 2,048 bytes, life at most 7 days, 5 tries.
inline constexpr std::size_t kInvitePacketMax = 2'048;
inline constexpr std::chrono::hours kInviteLifeMax{24 * 7};
inline constexpr std::uint32_t kInviteTriesMax = 5;
// Ours: twice the clients of a full caseload.
inline constexpr std::size_t kOpenInvitesMax = 100;
// Ours, stated on the wire: one reply lists them all.
inline constexpr std::size_t kRelationshipsMax = 256;
// A new account's keys: signed statements at most 1,024 bytes each, at most 8 devices.
inline constexpr std::size_t kStatementMax = 1'024;
inline constexpr std::size_t kActiveDevicesMax = 8;

struct InviteRecord {
  InviteId id;
  std::array<std::uint8_t, 32> claim_key{};
  std::string packet;           // 1..kInvitePacketMax bytes
  Role role = Role::client;     // of the account that it makes
  RelationshipId relationship;  // client: required, unused so far; else none
  AccountId inviter;            // none: the operator, for the first admin of a practice
  boundary::Instant expires_at{};
};

struct OpenInvite {
  PracticeId practice;
  std::array<std::uint8_t, 32> claim_key{};
  std::string packet;
  Role role = Role::client;
  RelationshipId relationship;  // none unless role is client
  AccountId inviter;
};

struct DeviceCertificate {
  std::uint32_t device = 0;
  std::string signed_cert;  // 1..kStatementMax bytes
};

struct NewAccount {
  AccountId id;
  std::string signed_list;  // the device list, 1..kStatementMax bytes
  std::uint64_t list_epoch = 0;
  std::vector<DeviceCertificate> devices;  // the active ones, 1..kActiveDevicesMax
};

enum class CreateInviteError : std::uint8_t {
  permission_denied,  // the inviter is not an account, or not of the role that invites this role,
                      // or it is leaving
  invalid,            // a field is out of its bounds, or it expires in the past or beyond 7 days
  quota,              // kOpenInvitesMax open invites, kRelationshipsMax relationships, or
                      // kPracticesMax practices
  conflict,           // the invite, relationship or practice id is taken by another record
  unavailable,
  uncertain,
  corrupt,
};

enum class InviteError : std::uint8_t {
  not_found,  // unknown, expired, used, revoked, burnt, or (revoke) another's: one answer for all
  unavailable,
  uncertain,
  corrupt,
};

enum class RedeemError : std::uint8_t {
  not_found,       // as InviteError; also for whoever redeems second
  account_exists,  // the account id is taken; the invite stays open
  pair_exists,     // the two may not have a relationship: ConflictList; the invite stays open
  invalid,         // a field is out of its bounds
  unavailable,
  uncertain,
  corrupt,
};

enum class JoinError : std::uint8_t {
  not_found,          // as InviteError, or the invite is not one for a client
  permission_denied,  // the account is not a client of the practice
  pair_exists,        // the two have a relationship that lives, or may not have one; it stays open
  quota,              // the client has kRelationshipsMax relationships
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread; every function is idempotent: the same call again gets the same answer as
// long as nobody else acted in between.
class InviteStore {
 public:
  explicit InviteStore(ConnectionPool& pool) : pool_(pool) {}

  // By the operator: makes a practice and the invite of its first admin. `invite.role` is admin and
  // `invite.inviter` none (else `invalid`). `conflict`: the practice exists with another invite.
  [[nodiscard]] Answer<void, CreateInviteError> create_practice(PracticeId practice,
                                                                InviteRecord invite,
                                                                Deadline deadline);

  // An admin invites therapists and auditors, a therapist clients. For a client it also makes the
  // relationship, in state invited, with the inviter as its therapist.
  [[nodiscard]] Answer<void, CreateInviteError> create_invite(PracticeId practice,
                                                              InviteRecord invite,
                                                              Deadline deadline);

  // By its inviter. The relationship that waited for it goes as well.
  [[nodiscard]] Answer<void, InviteError> revoke_invite(PracticeId practice, AccountId inviter,
                                                        InviteId invite, Deadline deadline);

  // Changes nothing.
  [[nodiscard]] Answer<OpenInvite, InviteError> open_invite(InviteId invite, Deadline deadline);

  // After a proof of the claim key that did not verify. Answers the number of failures so far; at
  // kInviteTriesMax the invite is gone. `invite` as open_invite() gave it.
  [[nodiscard]] Answer<std::uint32_t, InviteError> count_invite_failure(InviteId id,
                                                                        OpenInvite invite,
                                                                        Deadline deadline);

  // Uses the invite: makes the account with the invite's role and, for a client, sets the
  // relationship active; the ledger has `audit` (at most kAuditBytesMax; empty: no record). Of any
  // number of callers exactly one wins.
  [[nodiscard]] Answer<void, RedeemError> redeem(InviteId id, OpenInvite invite, NewAccount account,
                                                 std::string audit, Deadline deadline);

  // A client who has an account uses an invite of another therapist: the relationship becomes
  // active, and the ledger has `audit` (at most kAuditBytesMax, else `corrupt`; empty: no record).
  [[nodiscard]] Answer<void, JoinError> join_relationship(InviteId id, OpenInvite invite,
                                                          AccountId account, std::string audit,
                                                          Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
