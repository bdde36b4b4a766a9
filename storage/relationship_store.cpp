// Relationships over lua/policies.lua.
#include "storage/relationship_store.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<RelationshipPolicy, RelationshipError> RelationshipStore::facts(PracticeId practice,
                                                                       RelationshipId relationship,
                                                                       AccountId asker,
                                                                       KnownVersions known,
                                                                       Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_relationship_facts");
  call.key(names.relationship_prefix()).key(names.policy_prefix());
  call.arg(to_hex(relationship)).arg(to_hex(asker));
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

}  // namespace holdspace::storage
