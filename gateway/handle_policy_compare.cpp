// ComparePolicy: which messages of the last 65 days another version would have treated otherwise,
// asked of the same function as the gate. docs/boundary.md, "A change of the policy".
#include <utility>
#include <vector>

#include "boundary/change.hpp"
#include "gateway/account_check.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_request.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr std::size_t kDifferencesMax = 200;  // stated on the wire
static_assert(kDifferencesMax <= storage::kSentPerPage);
// Ours: at most 1,000 messages for each frame, which two gates judge within some ten milliseconds.
constexpr int kPagesMax = 5;
// Ours: half of what a client takes in one frame; the longest line is far shorter than the rest.
constexpr std::size_t kLinesBytesMax = std::size_t{128} * 1024;

constexpr const char* kAccountPath = "compare_policy.account_id";
constexpr const char* kVersionPath = "compare_policy.version";
constexpr const char* kAfterPath = "compare_policy.after";

// A place on the wire: the instant, and in the low bits the number among those of that millisecond.
// Ours: no store accepts 4,095 messages in one.
constexpr unsigned kNthBits = 12;

std::uint64_t from_place(const storage::SentPlace& place) {
  const auto at = static_cast<std::uint64_t>(place.at.time_since_epoch().count());
  return (at << kNthBits) | place.nth;
}

storage::SentPlace to_place(std::uint64_t after) {
  const auto at = std::chrono::milliseconds(after >> kNthBits);
  return {Instant(at), static_cast<std::uint32_t>(after & ((1U << kNthBits) - 1))};
}

struct Versions {
  GatePtr before;
  GatePtr after;
};

boost::asio::awaitable<boost::system::result<Versions, v1::Error>> versions_of(
    SessionPtr session, storage::AccountId owner, v1::ComparePolicy wire) {
  Versions versions;
  // First, because it costs no question to the store.
  if (wire.has_policy()) {
    auto offered = compile_offer(wire.policy(), "compare_policy.policy");
    if (!offered.has_value()) co_return std::move(offered.error());
    versions.after = std::move(*offered);
  }
  auto named = co_await fetch_gate(session, owner, wire.version());
  if (!named.has_value()) co_return std::move(named.error());
  versions.before = std::move(*named);
  if (versions.after == nullptr) {
    auto in_force = co_await fetch_gate(session, owner, 0);
    if (!in_force.has_value()) co_return std::move(in_force.error());
    versions.after = std::move(*in_force);
  }
  co_return versions;
}

// As the rules alone would have it: state, pauses and the client's own hours of that time are not
// remembered, and a refused message is not either.
std::vector<boundary::PastMessage> past_messages(const storage::RememberedPage& page) {
  std::vector<boundary::PastMessage> past;
  for (const auto& message : page.messages) {
    boundary::Facts facts;
    facts.lane = message.lane;
    facts.direction = message.direction;
    facts.relationship_id = message.relationship.bytes;
    past.push_back({facts, message.accepted_at});
  }
  return past;
}

v1::ComparedMessage to_line(const storage::RememberedMessage& message,
                            const boundary::Treatment& treatment, const Versions& versions) {
  v1::ComparedMessage line;
  line.set_relationship_id(storage::to_bytes(message.relationship));
  line.set_lane(to_wire(message.lane));
  line.set_direction(to_wire(message.direction));
  line.set_accepted_at_ms(message.accepted_at.time_since_epoch().count());
  *line.mutable_before() = to_wire(treatment.before, *versions.before);
  *line.mutable_after() = to_wire(treatment.after, *versions.after);
  return line;
}

// Adds what differs, as far as there is room; how many of the page were looked at.
std::size_t add_page(const Versions& versions, const storage::RememberedPage& page,
                     std::size_t& bytes, v1::PolicyComparison& comparison) {
  const auto past = past_messages(page);
  const auto differing = boundary::treated_differently(boundary::Gates{*versions.before, nullptr},
                                                       {*versions.after, nullptr}, past);
  for (const auto& treatment : differing) {
    auto line = to_line(page.messages[treatment.message], treatment, versions);
    bytes += line.ByteSizeLong();
    *comparison.add_messages() = std::move(line);
    if (bytes > kLinesBytesMax) return treatment.message + 1;
  }
  return page.messages.size();
}

boost::asio::awaitable<boost::system::result<v1::PolicyComparison, v1::Error>> compare(
    SessionPtr session, storage::AccountId owner, Versions versions, storage::SentPlace after) {
  const auto worker = session->worker();
  const auto practice = session->identity().practice;
  const auto deadline = request_deadline();
  v1::PolicyComparison comparison;
  std::size_t bytes = 0;
  for (int i = 0; i < kPagesMax; ++i) {
    // No more than there is room for, so that every page is answered as a whole.
    const auto most = kDifferencesMax - static_cast<std::size_t>(comparison.messages_size());
    if (most == 0 || bytes > kLinesBytesMax) break;
    const StoreTimer timer(worker->gateway.metrics);
    const auto page = co_await worker->sent.list_sent(practice, owner, after, most, deadline);
    if (!page.has_value()) co_return to_error(page.error());
    const auto looked = add_page(versions, *page, bytes, comparison);
    comparison.set_looked_at(comparison.looked_at() + looked);
    if (looked == page->messages.size() && !page->next) co_return comparison;
    after = looked < page->messages.size() ? page->messages[looked - 1].place : *page->next;
  }
  comparison.set_next(from_place(after));
  co_return comparison;
}

std::optional<std::string> wrong_field(const v1::ComparePolicy& wire) {
  Fields fields;
  fields.require(wire.version() != 0 || wire.has_policy(), kVersionPath);
  fields.require(to_place(wire.after()).at.time_since_epoch().count() < kInstantMax, kAfterPath);
  return fields.wrong();
}

}  // namespace

Handled handle_compare_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.compare_policy();
  const auto owner = read_therapist(who, kAccountPath, wire.account_id());
  if (!owner.has_value()) co_return session->reply(id, owner.error());
  if (const auto wrong = wrong_field(wire)) co_return session->reply(id, invalid_field(*wrong));
  if (who.role == storage::Role::admin) {
    const auto other = co_await check_therapist(worker, who.practice, *owner);
    if (other) co_return session->reply(id, *other);
  }
  const auto versions = co_await versions_of(session, *owner, wire);
  if (!versions.has_value()) co_return session->reply(id, versions.error());
  auto comparison = co_await compare(session, *owner, *versions, to_place(wire.after()));
  if (!comparison.has_value()) co_return session->reply(id, std::move(comparison.error()));
  v1::ServerFrame reply;
  *reply.mutable_policy_comparison() = std::move(*comparison);
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
