// Relationships over lua/policies.lua.
#include "storage/relationship_store.hpp"

#include "boundary/names.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

std::string milliseconds(boundary::Instant at) {
  return std::to_string(at.time_since_epoch().count());
}

// "from:until:reason", empty for none.
std::string pause_text(const std::optional<LanePause>& pause) {
  if (!pause) return {};
  return milliseconds(pause->span.from) + ":" + milliseconds(pause->span.until) + ":" +
         pause->sealed_reason;
}

bool is_in_bounds(const RelationshipChange& change) {
  const auto fits = [](const std::optional<LanePause>& pause) {
    return !pause || (!pause->span.empty() && pause->sealed_reason.size() <= kPauseReasonMax);
  };
  const bool ends = change.state == boundary::RelationshipState::ending;
  return ends == change.ends_at.has_value() && fits(change.routine_pause) &&
         fits(change.logistics_pause) && is_in_bounds(change.trail);
}

}  // namespace

Answer<RelationshipPolicy, RelationshipError> RelationshipStore::facts(PracticeId practice,
                                                                       RelationshipId relationship,
                                                                       AccountId asker,
                                                                       KnownVersions known,
                                                                       Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_relationship_facts");
  call.key(names.relationship_prefix()).key(names.policy_prefix());
  call.arg(to_hex(relationship)).arg(asker.is_none() ? std::string() : to_hex(asker));
  call.arg(std::to_string(known.policy)).arg(std::to_string(known.hours));
  const auto told = co_await tell(pool_.for_key(asker), std::move(call), deadline);
  if (!told) co_return to_error<RelationshipError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<RelationshipError>(told->word, {{"not_found", RelationshipError::not_found}});
  }
  Fields fields(told->fields);
  RelationshipPolicy answer;
  answer.facts = read_facts(fields);
  std::string document = fields.text();
  std::string hours = fields.text();
  if (!document.empty()) answer.document = std::move(document);
  if (!hours.empty()) answer.hours_document = std::move(hours);
  if (!fields.well()) co_return RelationshipError::corrupt;
  co_return answer;
}

Answer<std::vector<RelationshipFacts>, ListRelationshipsError>
RelationshipStore::list_relationships(PracticeId practice, AccountId account, Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_list_relationships");
  call.key(names.account(account)).key(names.relationships(account));
  call.key(names.relationship_prefix()).key(names.policy_prefix());
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return to_error<ListRelationshipsError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ListRelationshipsError>(told->word,
                                              {{"not_found", ListRelationshipsError::not_found}});
  }
  Fields fields(told->fields);
  std::vector<RelationshipFacts> answer;
  while (fields.well() && !fields.at_end()) answer.push_back(read_facts(fields));
  if (!fields.well()) co_return ListRelationshipsError::corrupt;
  co_return answer;
}

Answer<RelationshipChanged, SetRelationshipError> RelationshipStore::set_relationship(
    PracticeId practice, RelationshipChange change, Deadline deadline) {
  auto parts = split_form(change.returned);
  if (!is_in_bounds(change) || !parts) co_return SetRelationshipError::invalid;
  if (change.revision >= kNumberMax) co_return SetRelationshipError::stale;
  const keys::Practice names(practice);
  FunctionCall call("hs_set_relationship");
  call.key(names.audit()).key(names.policy_prefix());
  add_message_names(call, names);
  call.arg(to_hex(change.relationship)).arg(std::to_string(change.revision));
  call.arg(std::string(boundary::name(change.state)));
  call.arg(change.ends_at ? milliseconds(*change.ends_at) : std::string());
  call.arg(pause_text(change.routine_pause)).arg(pause_text(change.logistics_pause));
  call.arg(std::move(change.trail.audit));
  call.arg(change.held_count ? std::to_string(*change.held_count) : std::string("any"));
  for (std::string& part : *parts) call.arg(std::move(part));
  add_notices(call, std::move(change.trail.notices));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<SetRelationshipError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<SetRelationshipError>(told->word,
                                            {{"not_found", SetRelationshipError::not_found},
                                             {"stale", SetRelationshipError::stale},
                                             {"unlawful", SetRelationshipError::unlawful},
                                             {"changed", SetRelationshipError::changed},
                                             {"quota", SetRelationshipError::quota}});
  }
  Fields fields(told->fields);
  RelationshipChanged changed;
  changed.revision = fields.number();
  changed.returned = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return SetRelationshipError::corrupt;
  co_return changed;
}

}  // namespace holdspace::storage
