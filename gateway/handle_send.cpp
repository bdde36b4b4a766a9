// Send: one logical message in all its copies. The answer is durable or definite or says that it is
// neither. docs/architecture.md section 3, docs/protocol.md section 10.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "boundary/names.hpp"
#include "crypto/hash.hpp"
#include "gateway/client_view.hpp"
#include "gateway/envelope_check.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// A decision is overtaken by a policy change or a gate's instant; three in a row within 2.5 s are
// not chance.
constexpr int kDecisionsMax = 3;
// Before the last one: at a gate's instant the gateway's idea of the store's time may be a few ms
// ahead of it.
constexpr std::chrono::milliseconds kEdgeWait{50};
// Not reasons of the boundary's. No therapist's policy: no promise to hold to.
constexpr const char* kNoPolicy = "no_policy";
// She leaves the practice and takes nothing new.
constexpr const char* kLeaving = "therapist_leaving";
constexpr const char* kOtherTerms = "other_terms";

// What the frame says.
struct Offer {
  storage::AcceptRequest request;  // the decision comes later
  // The terms that each copy for the peer names, in the order of the frame; own devices agree to
  // nothing.
  std::vector<crypto::Hash32> terms;
};

boost::system::result<Offer, v1::Error> read_send(const Identity& who, const v1::Send& send) {
  Fields fields;
  Offer offer;
  auto& request = offer.request;
  request.practice = who.practice;
  request.sender = who.device;
  request.session = who.session;
  request.message = fields.id<storage::MessageId>("send.message_id", send.message_id());
  request.relationship =
      fields.id<storage::RelationshipId>("send.relationship_id", send.relationship_id());
  fields.require(send.lane() != v1::LANE_UNSPECIFIED, "send.lane");
  fields.require(!send.copies().empty(), "send.copies");
  if (fields.wrong()) return invalid_field(*fields.wrong());

  request.lane = to_lane(send.lane());
  request.send_hash = crypto::hash32({view(send.SerializeAsString())});
  const EnvelopeContext context{who.device, request.message, request.relationship, request.lane};
  for (int i = 0; i < send.copies_size(); ++i) {
    auto checked = check_envelope(send.copies(i), context);
    if (!checked.has_value()) {
      auto error = invalid_field(element_path("send.copies", i, checked.error().field));
      if (checked.error().kind == EnvelopeFault::Kind::too_large) error.set_code(v1::TOO_LARGE);
      return error;
    }
    if (checked->copy.recipient.account != who.device.account)
      offer.terms.push_back(checked->agreement_hash);
    request.copies.push_back(std::move(checked->copy));
  }
  return offer;
}

// Every copy names the terms that both sides signed, or none as long as there are none.
bool names_agreed_terms(const std::vector<crypto::Hash32>& terms,
                        const std::optional<storage::AgreementHash>& agreed) {
  return std::all_of(terms.begin(), terms.end(), [&](const crypto::Hash32& named) {
    return named == agreed.value_or(storage::AgreementHash{});
  });
}

struct Decision {
  v1::Verdict verdict;
  std::optional<v1::Error> refusal;
  std::string reason;
};

void refuse_beside_the_gate(const char* reason, Decision& decision) {
  decision.reason = reason;
  v1::Verdict verdict;
  verdict.set_outcome(v1::REFUSAL);
  verdict.set_reason(reason);
  verdict.set_policy_version(decision.verdict.policy_version());
  decision.verdict = std::move(verdict);
  decision.refusal = make_error(v1::REFUSED);
  *decision.refusal->mutable_verdict() = decision.verdict;
}

Decision decide_send(const PolicySnapshot& snapshot, Offer& offer, Instant now) {
  auto& request = offer.request;
  const auto& relationship = snapshot.facts;
  const auto facts = facts_for(relationship, request.sender.account, Side::sending, request.lane);
  const auto verdict = boundary::decide(snapshot.gates(), facts, now);
  Decision decision{to_wire(verdict, *snapshot.therapist), std::nullopt,
                    std::string(boundary::name(verdict.reason))};
  const bool by_the_gate = verdict.rule.kind > boundary::RuleKind::urgent_lane;
  const bool to_therapist = facts.direction == boundary::Direction::to_therapist;
  if (to_therapist) decision.verdict = client_view(std::move(decision.verdict));
  if (relationship.policy_version == 0 && by_the_gate) {
    refuse_beside_the_gate(kNoPolicy, decision);
  } else if (relationship.therapist_leaving && to_therapist && by_the_gate) {
    refuse_beside_the_gate(kLeaving, decision);
  } else if (verdict.outcome == boundary::Outcome::refuse) {
    decision.refusal = to_error(verdict.reason, decision.verdict);
  } else if (!names_agreed_terms(offer.terms, relationship.agreement)) {
    decision.reason = kOtherTerms;
    decision.refusal = agreement_needed(relationship.agreement);
  }
  request.peer = relationship.therapist == request.sender.account ? relationship.client
                                                                  : relationship.therapist;
  request.validity = validity_of(relationship, verdict);
  // The store answers a send that it accepted before as it did then; another it shall not accept.
  if (decision.refusal) request.validity.span = {};
  request.held.reset();
  if (verdict.outcome == boundary::Outcome::hold) request.held = {verdict.promise};
  request.verdict = decision.verdict.SerializeAsString();
  return decision;
}

// What a client is told about answers at present.
std::uint32_t reply_time(const PolicySnapshot& snapshot, const Identity& who) {
  if (who.device.account == snapshot.facts.therapist) return 0;
  return snapshot.therapist->policy().limits.reply_time_hours;
}

std::string outcome_of(const storage::Accepted& accepted, const v1::Verdict& verdict) {
  if (accepted.duplicate) return "duplicate";
  return verdict.outcome() == v1::RELEASED ? "released" : "held";
}

Handled confirm(SessionPtr session, std::uint64_t request_id, const storage::AcceptRequest& request,
                std::uint32_t reply_time_hours, storage::Accepted accepted) {
  const auto worker = session->worker();
  v1::ServerFrame frame;
  auto& answer = *frame.mutable_accepted();
  answer.set_message_id(storage::to_bytes(request.message));
  answer.set_store_epoch(to_string(worker->epoch));
  answer.mutable_verdict()->ParseFromString(accepted.verdict);
  answer.set_duplicate(accepted.duplicate);
  answer.set_first_in_closed_period(accepted.first_in_closed_period);
  answer.set_reply_time_hours(reply_time_hours);
  worker->gateway.metrics.send_answered(outcome_of(accepted, answer.verdict()));
  if (request.held && !accepted.duplicate) session->notices().held_until(request.held->promise);
  session->reply(request_id, std::move(frame));
  co_await hint_recipients(worker, request.practice, request.sender.account, request.relationship,
                           request.lane, std::move(accepted.copies));
}

storage::Answer<storage::Accepted, storage::AcceptFault> accept(std::shared_ptr<Worker> worker,
                                                                storage::AcceptRequest request,
                                                                storage::Deadline deadline) {
  const StoreTimer timer(worker->gateway.metrics);
  co_return co_await worker->queues.accept(std::move(request), deadline);
}

void refuse(Session& session, std::uint64_t request_id, v1::Error error) {
  session.worker()->gateway.metrics.send_answered(name(error.code()));
  session.reply(request_id, std::move(error));
}

}  // namespace

Handled handle_send(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto deadline = request_deadline();

  auto offer = read_send(who, frame.send());
  if (!offer.has_value()) co_return refuse(*session, id, std::move(offer.error()));
  const auto& request = offer->request;
  if (request.lane != boundary::Lane::urgent) {
    const auto wait = worker->gateway.limits.take_send(who.device, monotonic_now());
    if (wait) co_return refuse(*session, id, rate_limited(*wait));
  }
  if (!worker->accepting()) co_return refuse(*session, id, unavailable());

  for (int attempt = 1;; ++attempt) {
    const auto known = session->known_facts(request.relationship);
    const auto snapshot = co_await take_snapshot(worker, who.practice, request.relationship,
                                                 who.device.account, known, deadline);
    if (!snapshot.has_value()) co_return refuse(*session, id, to_error(snapshot.error()));
    session->remember_facts(snapshot->facts);
    const auto now = worker->store_now();
    if (!now) co_return refuse(*session, id, unavailable());
    auto decision = decide_send(*snapshot, *offer, *now);
    if (decision.refusal &&
        known) {  // the store will not check a refusal, so old facts are not enough for one
      session->forget_facts(request.relationship);
      continue;
    }
    auto accepted = co_await accept(worker, request, deadline);
    if (accepted.has_value()) {
      co_await confirm(session, id, request, reply_time(*snapshot, who), std::move(*accepted));
      co_return;
    }
    const auto& fault = accepted.error();
    if (decision.refusal && fault.error == storage::AcceptError::stale) {
      worker->gateway.metrics.send_refused(decision.reason);
      co_return refuse(*session, id, std::move(*decision.refusal));
    }
    session->forget_facts(request.relationship);
    if (fault.error == storage::AcceptError::displaced) session->end(EndReason::displaced);
    if (fault.error != storage::AcceptError::stale || attempt == kDecisionsMax)
      co_return refuse(*session, id, to_error(fault));
    if (attempt > 1) {
      boost::asio::steady_timer timer_to_edge(session->connection().executor(), kEdgeWait);
      co_await timer_to_edge.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }
}

}  // namespace holdspace::gateway
