// What was sent, over lua/sent.lua.
#include "storage/sent_store.hpp"

#include "boundary/names.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

RememberedMessage read_remembered(Fields& fields) {
  Fields inner(fields.list());
  RememberedMessage message;
  message.relationship = inner.id<RelationshipId>();
  const auto lane = boundary::parse_lane(inner.text());
  const auto direction = boundary::parse_direction(inner.text());
  message.accepted_at = inner.instant();
  message.place.at = inner.instant();
  message.place.nth = static_cast<std::uint32_t>(inner.number());
  if (!inner.well() || !lane || !direction) {
    fields.reject();
    return message;
  }
  message.lane = *lane;
  message.direction = *direction;
  return message;
}

}  // namespace

Answer<RememberedPage, ListSentError> SentStore::list_sent(PracticeId practice, AccountId therapist,
                                                           SentPlace after, std::size_t most,
                                                           Deadline deadline) {
  const auto since = after.at.time_since_epoch().count();
  if (most < 1 || most > kSentPerPage || since < 0 ||
      static_cast<std::uint64_t>(since) > kNumberMax) {
    co_return ListSentError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_list_sent");
  call.key(names.relationships(therapist)).key(names.relationship_prefix());
  call.key(names.account_prefix()).key(names.sent_prefix()).key(names.sent_order_prefix());
  call.arg(to_hex(therapist)).arg(std::to_string(since)).arg(std::to_string(after.nth));
  call.arg(std::to_string(most));
  const auto told = co_await tell(pool_.for_key(therapist), std::move(call), deadline);
  if (!told) co_return to_error<ListSentError>(told.error());
  if (!told->is_ok()) co_return ListSentError::corrupt;
  Fields fields(told->fields);
  RememberedPage page;
  const auto at = fields.instant_or_none();
  const auto nth = fields.number_or_none();
  if (at && nth) page.next = SentPlace{*at, static_cast<std::uint32_t>(*nth)};
  while (fields.well() && !fields.at_end()) page.messages.push_back(read_remembered(fields));
  if (!fields.well()) co_return ListSentError::corrupt;
  co_return page;
}

}  // namespace holdspace::storage
