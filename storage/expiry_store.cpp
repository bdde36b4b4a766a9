// Expiry over lua/expiry.lua.
#include "storage/expiry_store.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

DueQueue read_due(Fields& fields) {
  Fields inner(fields.list());
  DueQueue due;
  due.device.account = inner.hex_id<AccountId>();
  due.device.device = static_cast<std::uint32_t>(inner.number());
  const auto queue = keys::parse_sub_queue(inner.text());
  due.facts = read_facts(inner);
  while (inner.well() && !inner.at_end()) {
    ExpiringEntry entry;
    entry.seq = inner.number();
    entry.accepted_at = inner.instant();
    entry.promise = inner.instant_or_none();
    entry.held = inner.number() == 1;
    entry.policy_version = inner.number();
    due.oldest.push_back(entry);
  }
  if (!inner.well() || !queue || due.oldest.empty()) {
    fields.reject();
    return due;
  }
  due.queue = *queue;
  return due;
}

}  // namespace

Answer<std::vector<DueQueue>, CommandError> ExpiryStore::list_due(PracticeId practice,
                                                                  Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_list_due");
  call.key(names.expiry()).key(names.policy_prefix());
  add_message_names(call, names);
  call.arg(std::to_string(kDueMax));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  Fields fields(told->fields);
  std::vector<DueQueue> answer;
  while (fields.well() && !fields.at_end()) answer.push_back(read_due(fields));
  if (!fields.well()) co_return CommandError::corrupt;
  co_return answer;
}

Answer<Expired, ExpireError> ExpiryStore::expire(ExpiryRequest request, Deadline deadline) {
  auto parts = split_form(request.returned);
  if (!parts || !is_in_bounds(request.trail) || request.first_seq == 0) {
    co_return ExpireError::invalid;
  }
  const keys::Practice names(request.practice);
  FunctionCall call("hs_expire");
  call.key(names.expiry()).key(names.audit());
  add_message_names(call, names);
  call.arg(to_hex(request.device.account)).arg(std::to_string(request.device.device));
  call.arg(keys::sub_queue(request.queue)).arg(std::to_string(request.first_seq));
  call.arg(std::to_string(std::min(request.through_seq, kNumberMax / 2)));
  call.number(request.look_again.time_since_epoch().count());
  call.arg(std::move(request.trail.audit));
  for (std::string& part : *parts) call.arg(std::move(part));
  add_notices(call, std::move(request.trail.notices));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ExpireError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ExpireError>(told->word, {{"changed", ExpireError::changed},
                                                {"early", ExpireError::early},
                                                {"quota", ExpireError::quota}});
  }
  Fields fields(told->fields);
  Expired expired;
  expired.entries = static_cast<std::uint32_t>(fields.number());
  expired.messages = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return ExpireError::corrupt;
  co_return expired;
}

}  // namespace holdspace::storage
