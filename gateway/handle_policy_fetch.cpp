// FetchPolicy and ListPolicyVersions: the own policy, a therapist's for the admin, or a
// relationship's for its client, who is told no more than client_view.hpp lets pass.
// docs/boundary.md, "Who may do what".
#include <utility>

#include "gateway/client_view.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_request.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kRelationshipPath = "fetch_policy.relationship_id";
constexpr const char* kAccountPath = "fetch_policy.account_id";

// Unset for version 0.
void set_policy(const storage::StoredPolicy& stored, v1::PolicyReply& reply) {
  const auto version = parse_version(stored.document);
  if (stored.version == 0 || !version) return;
  reply.mutable_policy()->ParseFromString(version->document());
  reply.mutable_policy()->set_version(stored.version);
  *reply.mutable_kept() = version->kept();
}

// The policy in force of a relationship that the asker is a party to.
Handled answer_relationship(SessionPtr session, std::uint64_t id,
                            storage::RelationshipId relationship) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const StoreTimer timer(worker->gateway.metrics);
  const storage::KnownVersions nothing;
  const auto shared = co_await worker->relationships.facts(
      who.practice, relationship, who.device.account, nothing, request_deadline());
  if (!shared.has_value()) co_return session->reply(id, to_error(shared.error()));
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  v1::ServerFrame frame;
  auto& reply = *frame.mutable_policy();
  set_policy({shared->facts.policy_version, shared->document.value_or(""), {}}, reply);
  if (shared->facts.client == who.device.account) {
    reply.clear_kept();
    if (reply.has_policy())
      *reply.mutable_policy() = client_view(reply.policy(), relationship.bytes, *now);
  }
  reply.set_tzdb_version(boundary::tzdb_version());
  session->reply(id, std::move(frame));
}

Handled answer_owner(SessionPtr session, std::uint64_t id, storage::AccountId owner,
                     std::uint64_t version) {
  const auto stored = co_await fetch_version(session, owner, version);
  if (!stored.has_value()) co_return session->reply(id, stored.error());
  v1::ServerFrame frame;
  auto& reply = *frame.mutable_policy();
  set_policy(*stored, reply);
  if (stored->version != 0) reply.mutable_meta()->ParseFromString(stored->meta);
  reply.set_tzdb_version(boundary::tzdb_version());
  if (stored->version == 0 && session->identity().role == storage::Role::therapist) {
    const auto proposed = co_await fetch_version(session, kPracticeDefault, 0);
    if (!proposed.has_value()) co_return session->reply(id, proposed.error());
    v1::PolicyReply practice;
    set_policy(*proposed, practice);
    if (practice.has_policy()) *reply.mutable_practice_default() = practice.policy();
  }
  session->reply(id, std::move(frame));
}

}  // namespace

Handled handle_fetch_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto id = frame.request_id();
  const auto& wire = frame.fetch_policy();
  Fields fields;
  const auto relationship =
      fields.id_or_none<storage::RelationshipId>(kRelationshipPath, wire.relationship_id());
  fields.require(relationship.is_none() || wire.account_id().empty(), kAccountPath);
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));
  if (!relationship.is_none()) {
    // What the hours were before is the therapist's own affair.
    if (wire.version() != 0) co_return session->reply(id, make_error(v1::PERMISSION_DENIED));
    co_return co_await answer_relationship(session, id, relationship);
  }
  const auto owner = co_await find_owner(session, kAccountPath, wire.account_id());
  if (!owner.has_value()) co_return session->reply(id, owner.error());
  co_await answer_owner(session, id, *owner, wire.version());
}

Handled handle_list_policy_versions(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto owner = co_await find_owner(session, "list_policy_versions.account_id",
                                         frame.list_policy_versions().account_id());
  if (!owner.has_value()) co_return session->reply(id, owner.error());
  const StoreTimer timer(worker->gateway.metrics);
  const auto versions =
      co_await worker->policies.list_policy_versions(who.practice, *owner, 0, request_deadline());
  if (!versions.has_value()) co_return session->reply(id, to_error(versions.error()));
  v1::ServerFrame reply;
  for (const auto& version : *versions) {
    auto& line = *reply.mutable_policy_versions()->add_lines();
    line.set_version(version.version);
    line.mutable_meta()->ParseFromString(version.meta);
  }
  reply.mutable_policy_versions();
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
