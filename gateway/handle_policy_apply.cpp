// ApplyPolicy: a new version by its owner's signature, or by an admin as far as it only narrows.
// What waits keeps its promise, or its sender is told another in the same step. docs/boundary.md,
// "A change of the policy" and "Who may do what".
#include <utility>

#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/held_messages.hpp"
#include "gateway/hints.hpp"
#include "gateway/policy_plan.hpp"
#include "gateway/policy_request.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kDocumentPath = "apply_policy.document";
constexpr const char* kStatementPath = "apply_policy.statement";
// A plan is overtaken by a message that is accepted as held meanwhile; in the 2.5 s of a request
// three in a row are a burst, and the asker tries again.
constexpr int kPlansMax = 3;

// The document may be looked at without a signature, not made.
boost::system::result<void, v1::Error> check_signature(const Identity& who,
                                                       const ProposedVersion& proposed,
                                                       const v1::ApplyPolicy& wire) {
  if (!proposed.by_owner) {
    if (!wire.statement().empty()) return invalid_field(kStatementPath);
    return boost::system::in_place_value;
  }
  if (wire.dry_run() && wire.statement().empty()) return boost::system::in_place_value;
  return check_statement(wire.statement(), who.cert, proposed.owner, proposed.document.version(),
                         wire.document());
}

// The field that this author may not write; empty: none.
std::string fault_of_document(const v1::Policy& document, bool client) {
  if (const auto fault = fault_of_openings(document)) return *fault;
  if (document.version() == 0) return "version";
  return client ? fault_of_hours(document).value_or("") : "";
}

boost::system::result<ProposedVersion, v1::Error> read_proposed(const Identity& who,
                                                                storage::AccountId owner,
                                                                const v1::ApplyPolicy& wire) {
  if (wire.reason() == v1::CHANGE_REASON_UNSPECIFIED) return invalid_field("apply_policy.reason");
  auto document = read_document(wire.document(), kDocumentPath);
  if (!document.has_value()) return std::move(document.error());

  const bool client = who.role == storage::Role::client;
  const auto fault = fault_of_document(*document, client);
  if (!fault.empty()) return invalid_field(field_path(kDocumentPath, fault));
  auto gate = compile_offer(*document, kDocumentPath);
  if (!gate.has_value()) return std::move(gate.error());

  ProposedVersion proposed;
  proposed.owner = owner;
  proposed.side = client ? GateChange::Of::client : GateChange::Of::therapist;
  proposed.by_owner = owner == who.device.account || owner == kPracticeDefault;
  proposed.bytes = wire.document();
  proposed.document = std::move(*document);
  proposed.gate = std::move(*gate);
  proposed.reason = wire.reason();
  proposed.promises = wire.promises();
  proposed.statement = wire.statement();
  const auto signature = check_signature(who, proposed, wire);
  if (!signature.has_value()) return signature.error();
  return proposed;
}

std::string meta_of(const Identity& who, const ProposedVersion& proposed, Instant now) {
  v1::PolicyMeta meta;
  meta.set_author_account_id(storage::to_bytes(who.device.account));
  meta.set_author_device_id(who.device.device);
  meta.set_reason(proposed.reason);
  meta.set_made_at_ms(now.time_since_epoch().count());
  meta.set_statement(proposed.statement);
  return meta.SerializeAsString();
}

storage::Trail trail_of(const Identity& who, const ProposedVersion& proposed,
                        const PolicyPlan& plan) {
  storage::Trail trail;
  for (const auto& told : plan.notices)
    trail.notices.push_back({told.account, told.notice.SerializeAsString()});
  trail.audit = audit_record(who.device, plan.action, proposed.owner, proposed.reason,
                             proposed.document.version());
  return trail;
}

v1::ServerFrame answer(const ProposedVersion& proposed, PolicyPlan& plan) {
  v1::ServerFrame frame;
  auto& applied = *frame.mutable_policy_applied();
  applied.set_version(proposed.document.version());
  applied.set_proposed(plan.proposal);
  applied.set_widens(plan.proposal);
  for (auto& promise : plan.broken) *applied.add_broken() = std::move(promise);
  for (const auto& opening : plan.kept) *applied.add_kept() = to_wire(opening);
  return frame;
}

// The same request after an answer that got lost.
std::optional<v1::ServerFrame> answer_again(const ProposedVersion& proposed,
                                            const storage::StoredPolicy& stored) {
  const auto version = parse_version(stored.document);
  if (stored.version != proposed.document.version() || !version ||
      version->document() != proposed.bytes)
    return std::nullopt;
  v1::ServerFrame frame;
  frame.mutable_policy_applied()->set_version(stored.version);
  *frame.mutable_policy_applied()->mutable_kept() = version->kept();
  return frame;
}

// Null gate: the stored bytes cannot be read.
CurrentVersion current_of(Worker& worker, storage::AccountId owner,
                          const storage::StoredPolicy& stored) {
  CurrentVersion current;
  current.version = stored.version;
  if (const auto version = parse_version(stored.document); stored.version != 0 && version)
    current.document.ParseFromString(version->document());
  current.gate = stored.version == 0 ? compile_no_policy()
                                     : gate_of(worker, owner, stored.version, stored.document);
  return current;
}

using ProposedPtr = std::shared_ptr<const ProposedVersion>;

// Stores the version or the proposal. False: a message was accepted as held since the plan was
// made.
boost::asio::awaitable<boost::system::result<bool, v1::Error>> perform(SessionPtr session,
                                                                       ProposedPtr proposed,
                                                                       PolicyPlan plan,
                                                                       std::uint64_t held_count,
                                                                       Instant now) {
  const auto& who = session->identity();
  auto& policies = session->worker()->policies;
  auto trail = trail_of(who, *proposed, plan);
  if (trail.notices.size() > storage::kTrailNoticesMax) co_return make_error(v1::QUOTA);
  const auto based_on = proposed->document.version() - 1;
  auto meta = meta_of(who, *proposed, now);
  const StoreTimer timer(session->worker()->gateway.metrics);
  if (plan.proposal) {
    storage::PolicyProposal proposal{based_on, proposed->bytes, std::move(meta)};
    const auto put = co_await policies.propose_policy(
        who.practice, proposed->owner, std::move(proposal), std::move(trail), request_deadline());
    if (!put.has_value()) co_return to_error(put.error());
    co_return true;
  }
  storage::PolicyChange change{based_on, std::move(plan.version_bytes), std::move(meta), held_count,
                               std::move(trail)};
  const auto made = co_await policies.apply_policy(who.practice, proposed->owner, std::move(change),
                                                   request_deadline());
  if (made.has_value()) co_return true;
  if (made.error() == storage::ApplyPolicyError::changed) co_return false;
  co_return to_error(made.error());
}

using HeldResult = boost::system::result<HeldMessages, v1::Error>;

// Nothing waits for a practice's default: it binds nobody.
boost::asio::awaitable<HeldResult> held_under(SessionPtr session, storage::AccountId owner) {
  if (owner == kPracticeDefault) co_return HeldMessages{};
  co_return co_await read_held_messages(session->worker(), session->identity().practice, owner,
                                        request_deadline());
}

// One attempt on what stands at present: the answer, or nothing when it was overtaken.
using Attempt = boost::system::result<std::optional<v1::ServerFrame>, v1::Error>;

boost::asio::awaitable<Attempt> attempt(SessionPtr session, ProposedPtr proposed, bool dry_run) {
  const auto worker = session->worker();
  const auto held = co_await held_under(session, proposed->owner);
  if (!held.has_value()) co_return held.error();
  const auto stored = co_await fetch_version(session, proposed->owner, 0);
  if (!stored.has_value()) co_return stored.error();
  if (auto again = answer_again(*proposed, *stored)) co_return std::move(again);
  if (proposed->document.version() != stored->version + 1) co_return make_error(v1::STALE_POLICY);
  const auto current = current_of(*worker, proposed->owner, *stored);
  const auto now = worker->store_now();
  if (current.gate == nullptr || !now) co_return unavailable();
  auto plan = plan_version(*proposed, current, *held, *now);
  if (!plan.has_value()) co_return std::move(plan.error());
  auto frame = answer(*proposed, *plan);
  if (dry_run) co_return std::move(frame);
  const auto done = co_await perform(session, proposed, std::move(*plan), held->held_count, *now);
  if (!done.has_value()) co_return done.error();
  if (!*done) co_return std::nullopt;
  co_return std::move(frame);
}

// Whoever waits behind a gate of this owner looks again, wherever they are connected. As long as a
// request may take; then the poll finds the rest.
Handled tell_parties(std::shared_ptr<Worker> worker, storage::PracticeId practice,
                     storage::AccountId owner) {
  const auto until = request_deadline();
  co_await hint_account(worker, practice, owner);
  const auto parties = co_await worker->relationships.list_relationships(practice, owner, until);
  if (!parties.has_value()) co_return;
  for (const auto& relationship : *parties) {
    if (monotonic_now() >= until) break;
    const auto peer = relationship.client == owner ? relationship.therapist : relationship.client;
    if (!peer.is_none()) co_await hint_account(worker, practice, peer);
  }
}

}  // namespace

Handled handle_apply_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto id = frame.request_id();
  const auto owner =
      co_await find_owner(session, "apply_policy.account_id", frame.apply_policy().account_id());
  if (!owner.has_value()) co_return session->reply(id, owner.error());
  auto read = read_proposed(session->identity(), *owner, frame.apply_policy());
  if (!read.has_value()) co_return session->reply(id, std::move(read.error()));
  const auto proposed = std::make_shared<const ProposedVersion>(std::move(*read));
  const bool dry_run = frame.apply_policy().dry_run();
  for (int i = 0; i < kPlansMax; ++i) {
    auto tried = co_await attempt(session, proposed, dry_run);
    if (!tried.has_value()) co_return session->reply(id, std::move(tried.error()));
    if (!*tried) continue;
    session->reply(id, std::move(**tried));
    if (!dry_run)
      co_await tell_parties(session->worker(), session->identity().practice, proposed->owner);
    co_return;
  }
  session->reply(id, to_error(storage::ApplyPolicyError::changed));
}

}  // namespace holdspace::gateway
