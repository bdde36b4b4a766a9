#include "crypto/roster.hpp"

#include "crypto/layout.hpp"
#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kRolesAll = kRosterTherapist | kRosterSupervisor | kRosterOnCall;

const RosterMember* find_member(const Roster& roster, const AccountId& account_id) {
  const auto at = std::lower_bound(
      roster.members.begin(), roster.members.end(), account_id,
      [](const RosterMember& member, const AccountId& id) { return member.account_id < id; });
  return at != roster.members.end() && at->account_id == account_id ? &*at : nullptr;
}

bool follows_rules(const Roster& roster) {
  if (roster.epoch == 0 || (roster.epoch == 1) != (roster.prev_hash == Hash32{})) return false;
  if (!within(roster.issued_at, roster.valid_until, kRosterLife)) return false;
  if (roster.members.empty() || roster.members.size() > kRosterMembersMax) return false;
  const auto id = [](const RosterMember& member) { return member.account_id; };
  if (!strictly_ascending(roster.members, id)) return false;
  const auto known_roles = [](const RosterMember& member) {
    return member.roles != 0 && (member.roles & ~kRolesAll) == 0;
  };
  return std::all_of(roster.members.begin(), roster.members.end(), known_roles) &&
         find_member(roster, roster.duty_account) != nullptr;
}

}  // namespace

ByteVector encode_body(const Roster& roster) {
  require(follows_rules(roster));
  Writer out;
  out.bytes(roster.practice_id).u64(roster.epoch).bytes(roster.prev_hash);
  out.instant(roster.issued_at).instant(roster.valid_until).count(roster.members.size());
  for (const RosterMember& member : roster.members) {
    out.bytes(member.account_id).key(member.account_key).u8(member.roles);
  }
  return out.bytes(roster.duty_account).take();
}

StatementResult<Roster> parse_roster(ByteView body) {
  Reader in(body);
  Roster roster;
  roster.practice_id = in.bytes<16>();
  roster.epoch = in.u64();
  roster.prev_hash = in.bytes<32>();
  roster.issued_at = in.instant();
  roster.valid_until = in.instant();
  roster.members.resize(in.count(kRosterMembersMax));
  for (RosterMember& member : roster.members) {
    member.account_id = in.bytes<16>();
    member.account_key = in.key<AccountPublicKey>();
    member.roles = in.u8();
  }
  roster.duty_account = in.bytes<16>();
  if (!in.finish() || !follows_rules(roster)) return StatementError::malformed;
  return roster;
}

ByteVector sign_roster(const Roster& roster, const OrganisationKey& key) {
  return sign_body(StatementType::roster, encode_body(roster), key);
}

StatementResult<Verified<Roster>> verify_roster(ByteView bytes, const OrganisationPublicKey& pinned,
                                                const PracticeId& practice_id) {
  return verify_by_key(bytes, StatementType::roster, &parse_roster, pinned,
                       [&](const Roster& roster) { return roster.practice_id == practice_id; });
}

boost::system::result<void, SuccessionError> check_succession(const Verified<Roster>& held,
                                                              const Verified<Roster>& next) {
  if (held->practice_id != next->practice_id) return SuccessionError::other_account;
  return check_epochs(held, next);
}

std::optional<Pin> roster_pin(const Verified<Roster>& roster, const AccountId& account_id) {
  const RosterMember* member = find_member(*roster, account_id);
  if (!member) return std::nullopt;
  return Pin{member->account_id, member->account_key};
}

}  // namespace holdspace::crypto
