// The conflict list over lua/conflicts.lua.
#include "storage/conflict_list.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<void, SetConflictError> ConflictList::set_conflict(PracticeId practice, AccountId a,
                                                          AccountId b, bool listed,
                                                          std::string audit, Deadline deadline) {
  if (a == b || audit.size() > kAuditBytesMax) co_return SetConflictError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_set_conflict");
  call.key(names.conflicts()).key(names.audit());
  call.arg(to_hex(a)).arg(to_hex(b)).arg(listed ? "1" : "0").arg(std::move(audit));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<SetConflictError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<SetConflictError>(told->word, {{"quota", SetConflictError::quota}});
  }
  co_return boost::system::result<void, SetConflictError>{};
}

Answer<std::vector<AccountPair>, CommandError> ConflictList::list_conflicts(PracticeId practice,
                                                                            Deadline deadline) {
  FunctionCall call("hs_list_conflicts");
  call.key(keys::Practice(practice).conflicts());
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  Fields fields(told->fields);
  std::vector<AccountPair> pairs;
  while (fields.well() && !fields.at_end()) {
    const std::string text = fields.text();
    if (text.size() != 2 * kIdHex + 1) co_return CommandError::corrupt;
    const auto a = parse_hex_id<AccountId>(std::string_view(text).substr(0, kIdHex));
    const auto b = parse_hex_id<AccountId>(std::string_view(text).substr(kIdHex + 1));
    if (!a || !b) co_return CommandError::corrupt;
    pairs.emplace_back(*a, *b);
  }
  if (!fields.well()) co_return CommandError::corrupt;
  co_return pairs;
}

}  // namespace holdspace::storage
