// What is held, over lua/held.lua.
#include "storage/held_store.hpp"

#include <algorithm>
#include <charconv>

#include "boundary/names.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

std::string promise_value(const DevicePromise& promise) {
  const std::string until =
      promise.promise ? std::to_string(promise.promise->time_since_epoch().count()) : "none";
  return std::to_string(promise.policy_version) + ":" + until + ":" +
         std::to_string(promise.accepted_at.time_since_epoch().count());
}

std::string promise_field(const DevicePromise& promise) {
  return to_hex(promise.relationship) + ":" + std::string(boundary::name(promise.lane));
}

// "<relationship>:<lane>" and "version:promise or none:accepted at". The only writer is hs_accept.
DevicePromise read_promise(Fields& fields) {
  const std::string field = fields.text();
  const std::string value = fields.text();
  DevicePromise promise;
  const auto relationship = parse_hex_id<RelationshipId>(
      std::string_view(field).substr(0, std::min(field.size(), kIdHex)));
  const auto lane = field.size() > kIdHex + 1
                        ? boundary::parse_lane(std::string_view(field).substr(kIdHex + 1))
                        : std::nullopt;
  const std::size_t first = value.find(':');
  const std::size_t second = first == value.npos ? value.npos : value.find(':', first + 1);
  if (!relationship || !lane || second == value.npos) {
    fields.reject();
    return promise;
  }
  const auto number = [&](std::size_t from, std::size_t until) {
    std::int64_t read = 0;
    const char* const end = value.data() + until;
    if (std::from_chars(value.data() + from, end, read).ptr != end) fields.reject();
    return read;
  };
  promise.relationship = *relationship;
  promise.lane = *lane;
  promise.policy_version = static_cast<std::uint64_t>(number(0, first));
  if (value.compare(first + 1, second - first - 1, "none") != 0) {
    promise.promise = to_instant(number(first + 1, second));
  }
  promise.accepted_at = to_instant(number(second + 1, value.size()));
  return promise;
}

HeldMessage read_held(Fields& fields) {
  Fields inner(fields.list());
  HeldMessage message;
  message.name.relationship = inner.hex_id<RelationshipId>();
  const auto lane = boundary::parse_lane(inner.text());
  const auto direction = boundary::parse_direction(inner.text());
  message.name.message = inner.id<MessageId>();
  message.sending_device = static_cast<std::uint32_t>(inner.number());
  message.accepted_at = inner.instant();
  message.promise = inner.instant_or_none();
  message.policy_version = inner.number();
  if (!inner.well() || !lane || !direction) {
    fields.reject();
    return message;
  }
  message.name.lane = *lane;
  message.name.direction = *direction;
  return message;
}

}  // namespace

Answer<std::uint32_t, WithdrawError> HeldStore::withdraw(PracticeId practice, DeviceRef sender,
                                                         RelationshipId relationship,
                                                         MessageId message, Trail trail,
                                                         Deadline deadline) {
  if (!is_in_bounds(trail)) co_return WithdrawError::invalid;
  const keys::Device names(practice, sender);
  FunctionCall call("hs_withdraw");
  call.key(names.sent()).key(names.audit());
  add_message_names(call, names);
  call.arg(to_hex(sender.account)).arg(std::to_string(sender.device));
  call.arg(to_bytes(message)).arg(to_hex(relationship)).arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(sender.account), std::move(call), deadline);
  if (!told) co_return to_error<WithdrawError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<WithdrawError>(told->word,
                                     {{"not_found", WithdrawError::not_found},
                                      {"already_released", WithdrawError::already_released},
                                      {"quota", WithdrawError::quota}});
  }
  Fields fields(told->fields);
  const auto removed = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return WithdrawError::corrupt;
  co_return removed;
}

Answer<std::uint32_t, ReturnError> HeldStore::return_held(PracticeId practice,
                                                          std::vector<HeldName> messages,
                                                          ReturnForm form, Trail trail,
                                                          Deadline deadline) {
  auto parts = split_form(form);
  if (messages.empty() || messages.size() > kReturnsMax || !parts || !is_in_bounds(trail)) {
    co_return ReturnError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_return");
  call.key(names.audit());
  add_message_names(call, names);
  call.arg(std::move(trail.audit)).arg(std::to_string(messages.size()));
  for (std::string& part : *parts) call.arg(std::move(part));
  for (const HeldName& name : messages) {
    call.arg(to_hex(name.relationship)).arg(std::string(boundary::name(name.lane)));
    call.arg(std::string(boundary::name(name.direction))).arg(to_bytes(name.message));
  }
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ReturnError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ReturnError>(told->word, {{"quota", ReturnError::quota}});
  }
  Fields fields(told->fields);
  const auto returned = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return ReturnError::corrupt;
  co_return returned;
}

Answer<HeldPage, ListHeldError> HeldStore::list_held(PracticeId practice, AccountId account,
                                                     std::string after, std::size_t most,
                                                     Deadline deadline) {
  if (most < 1 || most > kHeldPerPage) co_return ListHeldError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_list_held");
  call.key(names.account(account)).key(names.relationships(account)).key(names.policy(account));
  add_message_names(call, names);
  call.arg(to_hex(account)).arg(std::move(after)).arg(std::to_string(most));
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return to_error<ListHeldError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ListHeldError>(told->word, {{"not_found", ListHeldError::not_found}});
  }
  Fields fields(told->fields);
  HeldPage page;
  page.held_count = fields.number();
  page.next = fields.text();
  while (fields.well() && !fields.at_end()) page.messages.push_back(read_held(fields));
  if (!fields.well()) co_return ListHeldError::corrupt;
  co_return page;
}

Answer<std::vector<DevicePromise>, CommandError> HeldStore::promises(PracticeId practice,
                                                                     DeviceRef device,
                                                                     Deadline deadline) {
  FunctionCall call("hs_promises");
  call.key(keys::Device(practice, device).promises());
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  Fields fields(told->fields);
  std::vector<DevicePromise> answer;
  while (fields.well() && !fields.at_end()) answer.push_back(read_promise(fields));
  if (!fields.well()) co_return CommandError::corrupt;
  co_return answer;
}

Answer<PromiseSettled, CommandError> HeldStore::settle_promise(PracticeId practice,
                                                               DeviceRef device,
                                                               DevicePromise promise,
                                                               std::optional<OpeningNotice> notice,
                                                               Deadline deadline) {
  const keys::Device names(practice, device);
  FunctionCall call("hs_settle_promise");
  call.key(names.promises()).key(names.notices_prefix());
  call.arg(promise_field(promise)).arg(promise_value(promise)).arg(to_hex(device.account));
  call.arg(notice ? std::to_string(notice->opened_at.time_since_epoch().count()) : std::string());
  call.arg(notice ? std::move(notice->bytes) : std::string());
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return told.error();
  Fields fields(told->fields);
  const std::string word = fields.text();
  if (told->is_ok() && fields.well()) {
    if (word == "told") co_return PromiseSettled::told;
    if (word == "known") co_return PromiseSettled::known;
    if (word == "overtaken") co_return PromiseSettled::overtaken;
    if (word == "no_room") co_return PromiseSettled::no_room;
  }
  co_return CommandError::corrupt;
}

Answer<SentMessage, FindSentError> HeldStore::find_sent(PracticeId practice, DeviceRef sender,
                                                        RelationshipId relationship,
                                                        MessageId message, Deadline deadline) {
  FunctionCall call("hs_find_sent");
  call.key(keys::Device(practice, sender).sent());
  call.arg(to_bytes(message)).arg(to_hex(relationship));
  const auto told = co_await tell(pool_.for_key(sender.account), std::move(call), deadline);
  if (!told) co_return to_error<FindSentError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FindSentError>(told->word, {{"not_found", FindSentError::not_found}});
  }
  Fields fields(told->fields);
  SentMessage sent;
  sent.held = fields.number() == 1;
  sent.is_gone = fields.number() == 1;
  sent.accepted_at = fields.instant();
  const auto lane = boundary::parse_lane(fields.text());
  sent.verdict = fields.text();
  if (!fields.well() || !lane) co_return FindSentError::corrupt;
  sent.lane = *lane;
  co_return sent;
}

}  // namespace holdspace::storage
