// The roster: whom a practice's organisation key names as clinicians. An escalation is sealed to
// these accounts alone, and their account keys are pinned from here, never from the server.
// docs/protocol.md section 2.
#pragma once

#include <optional>
#include <vector>

#include "crypto/statement.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr auto kRosterLife = std::chrono::days{30};  // ours: that of a device list
// Ours: what a statement's body holds; above the clinicians of a large practice.
inline constexpr std::size_t kRosterMembersMax = 160;

// Bits of RosterMember::roles, for people to see who could read.
inline constexpr std::uint8_t kRosterTherapist = 1;
inline constexpr std::uint8_t kRosterSupervisor = 2;
inline constexpr std::uint8_t kRosterOnCall = 4;

struct RosterMember {
  AccountId account_id{};
  AccountPublicKey account_key;
  std::uint8_t roles = kRosterTherapist;  // at least one of the bits above, no others
  friend bool operator==(const RosterMember&, const RosterMember&) = default;
};

struct Roster {
  PracticeId practice_id{};
  std::uint64_t epoch = 1;  // 1, 2, 3...
  Hash32 prev_hash{};       // statement hash of the roster before; zeros exactly when epoch is 1
  Instant issued_at{};
  Instant valid_until{};              // in (issued_at, issued_at + 30 d]
  std::vector<RosterMember> members;  // ascending account_id, 1..kRosterMembersMax
  AccountId duty_account{};           // a member: the last step of every chain
  friend bool operator==(const Roster&, const Roster&) = default;
};

// Asserts the ranges above.
[[nodiscard]] ByteVector encode_body(const Roster& roster);
[[nodiscard]] StatementResult<Roster> parse_roster(ByteView body);
[[nodiscard]] ByteVector sign_roster(const Roster& roster, const OrganisationKey& key);

// Signed by the pinned organisation key, for this practice. wrong_signer: another practice's. A
// roster past valid_until still verifies; whether to go on with it is the caller's to judge.
[[nodiscard]] StatementResult<Verified<Roster>> verify_roster(ByteView bytes,
                                                              const OrganisationPublicKey& pinned,
                                                              const PracticeId& practice_id);

// As for device lists; other_account means another practice.
[[nodiscard]] boost::system::result<void, SuccessionError> check_succession(
    const Verified<Roster>& held, const Verified<Roster>& next);

// The member's account key as the roster pins it; empty for an account that is not in it.
[[nodiscard]] std::optional<Pin> roster_pin(const Verified<Roster>& roster,
                                            const AccountId& account_id);

}  // namespace holdspace::crypto
