// PreviewPolicy: what would become of a message, asked of the same function as the gate.
// docs/boundary.md, "The verdict".
#include <utility>

#include "boundary/decide.hpp"
#include "gateway/client_view.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_request.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr int kChangesShown = 6;  // stated on the wire
constexpr const char* kDocumentPath = "preview_policy.policy";
constexpr const char* kAccountPath = "preview_policy.account_id";

struct Question {
  storage::RelationshipId relationship;  // none: an active relationship without rules of its own
  boundary::Lane lane{};
  boundary::Direction direction{};
};

boost::system::result<Question, v1::Error> read_question(const v1::PreviewPolicy& wire) {
  Fields fields;
  Question question;
  question.relationship = fields.id_or_none<storage::RelationshipId>(
      "preview_policy.relationship_id", wire.relationship_id());
  fields.require(wire.lane() != v1::LANE_UNSPECIFIED, "preview_policy.lane");
  fields.require(wire.direction() != v1::DIRECTION_UNSPECIFIED, "preview_policy.direction");
  fields.require(wire.at_ms() < kInstantMax, "preview_policy.at_ms");
  fields.require(question.relationship.is_none() || wire.account_id().empty(), kAccountPath);
  fields.require(!wire.has_policy() || wire.version() == 0, "preview_policy.version");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  question.lane = to_lane(wire.lane());
  question.direction = to_direction(wire.direction());
  return question;
}

// On what the answer rests.
struct Standing {
  GatePtr therapist;
  GatePtr client;  // null: no hours of the client's own
  boundary::Facts facts;
};

using StandingResult = boost::system::result<Standing, v1::Error>;

// The policy that the frame names instead of the one in force; null: none.
boost::asio::awaitable<boost::system::result<GatePtr, v1::Error>> named_gate(
    SessionPtr session, storage::AccountId owner, v1::PreviewPolicy wire) {
  if (wire.has_policy()) co_return compile_offer(wire.policy(), kDocumentPath);
  if (wire.version() == 0) co_return GatePtr();
  co_return co_await fetch_gate(session, owner, wire.version());
}

// A relationship as it is, except that the asker's own side may be another.
boost::asio::awaitable<StandingResult> standing_between(SessionPtr session, Question question,
                                                        v1::PreviewPolicy wire) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto self = who.device.account;
  const auto snapshot = co_await take_snapshot(worker, who.practice, question.relationship, self,
                                               std::nullopt, request_deadline());
  if (!snapshot.has_value()) co_return to_error(snapshot.error());
  const auto own = co_await named_gate(session, self, wire);
  if (!own.has_value()) co_return own.error();
  Standing standing{snapshot->therapist, snapshot->client, {}};
  if (*own != nullptr)
    (snapshot->facts.therapist == self ? standing.therapist : standing.client) = *own;
  standing.facts = facts_for(snapshot->facts, self, Side::sending, question.lane);
  standing.facts.direction = question.direction;
  co_return standing;
}

// The policy alone, as for an active relationship without rules of its own.
boost::asio::awaitable<StandingResult> standing_alone(SessionPtr session, Question question,
                                                      v1::PreviewPolicy wire) {
  const auto owner = co_await find_owner(session, kAccountPath, wire.account_id());
  if (!owner.has_value()) co_return owner.error();
  const auto named = co_await named_gate(session, *owner, wire);
  if (!named.has_value()) co_return named.error();
  auto gate = *named;
  if (gate == nullptr) {
    const auto stored = co_await fetch_version(session, *owner, 0);
    if (!stored.has_value()) co_return stored.error();
    if (stored->version == 0) co_return make_error(v1::NOT_FOUND);
    gate = gate_of(*session->worker(), *owner, stored->version, stored->document);
    if (gate == nullptr) co_return unavailable();
  }
  Standing standing{gate, nullptr, {}};
  standing.facts.lane = question.lane;
  standing.facts.direction = question.direction;
  co_return standing;
}

boost::asio::awaitable<StandingResult> standing_of(SessionPtr session, Question question,
                                                   v1::PreviewPolicy wire) {
  if (question.relationship.is_none())
    co_return co_await standing_alone(session, question, std::move(wire));
  co_return co_await standing_between(session, question, std::move(wire));
}

v1::ServerFrame answer(const Standing& standing, Instant at, bool to_client) {
  const boundary::Gates gates{*standing.therapist, standing.client.get()};
  v1::ServerFrame frame;
  auto& preview = *frame.mutable_policy_preview();
  auto verdict = to_wire(boundary::decide(gates, standing.facts, at), *standing.therapist);
  *preview.mutable_verdict() = to_client ? client_view(std::move(verdict)) : std::move(verdict);
  auto change = boundary::next_change(gates, standing.facts, at);
  for (int i = 0; i < kChangesShown && change; ++i) {
    preview.add_next_changes_ms(change->time_since_epoch().count());
    change = boundary::next_change(gates, standing.facts, *change);
  }
  preview.set_tzdb_version(boundary::tzdb_version());
  return frame;
}

}  // namespace

Handled handle_preview_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto id = frame.request_id();
  const auto& wire = frame.preview_policy();
  const bool client = session->identity().role == storage::Role::client;
  const auto question = read_question(wire);
  if (!question.has_value()) co_return session->reply(id, question.error());
  if (client && question->relationship.is_none())
    co_return session->reply(id, invalid_field("preview_policy.relationship_id"));
  const auto standing = co_await standing_of(session, *question, wire);
  if (!standing.has_value()) co_return session->reply(id, standing.error());
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  const auto at = wire.at_ms() == 0 ? *now : Instant(std::chrono::milliseconds(wire.at_ms()));
  session->reply(id, answer(*standing, at, client));
}

}  // namespace holdspace::gateway
