// See calls.hpp.
#include "web/boundary/calls.hpp"

#include <optional>
#include <utility>

#include "boundary/decide.hpp"
#include "boundary/names.hpp"
#include "web/boundary/calls.pb.h"
#include "web/boundary/messages.hpp"
#include "web/boundary/policy_read.hpp"

namespace holdspace::web {
namespace {

using boost::system::result;

// Transitions shown by a preview: the wire's bound.
constexpr std::size_t kNextChangesMax = 6;

std::string joined(const std::string& owner, const std::string& field) {
  return owner.empty() || field.empty() ? owner + field : owner + "." + field;
}

Fault malformed(const std::string& owner, const FieldFault& fault) {
  return {joined(owner, fault.field), "malformed", "", "missing, or not a known value"};
}

// `owner`: the path of the document in the call; empty: it is the call.
result<boundary::Gate, Fault> compile(std::span<const std::uint8_t> document,
                                      const std::string& owner) {
  auto policy = read_policy(document);
  if (!policy.has_value()) return malformed(owner, policy.error());
  auto gate = boundary::Gate::compile(std::move(*policy));
  if (gate.has_value()) return std::move(*gate);
  const auto& error = gate.error();
  return Fault{joined(owner, error.field), std::string(boundary::name(error.rule)),
               error.other.empty() ? std::string() : joined(owner, error.other),
               std::string(boundary::describe(error.rule))};
}

// The gates and the facts of one question.
struct Standing {
  boundary::Gate therapist;
  std::optional<boundary::Gate> client;
  boundary::Facts facts;

  [[nodiscard]] boundary::Gates gates() const { return {therapist, client ? &*client : nullptr}; }
};

result<Standing, Fault> read_standing(const holdspace_web_v1_Documents& documents,
                                      const holdspace_web_v1_Facts& wire) {
  const auto facts = read_facts(wire);
  if (!facts.has_value()) return malformed("facts", facts.error());
  auto therapist = compile(view(documents.policy), "policy");
  if (!therapist.has_value()) return therapist.error();
  Standing standing{std::move(*therapist), std::nullopt, *facts};
  if (view(documents.hours).empty()) return standing;
  auto client = compile(view(documents.hours), "hours");
  if (!client.has_value()) return client.error();
  standing.client = std::move(*client);
  return standing;
}

Answer not_a_call() {
  return write_fault(malformed("", {}));
}

}  // namespace

Answer preview(std::span<const std::uint8_t> call) {
  Decoded<holdspace_web_v1_PreviewCall> wire;
  if (!wire.decode(call)) return not_a_call();
  const auto at = read_instant(wire->at_ms, "at_ms");
  if (!at.has_value()) return write_fault(malformed("", at.error()));
  const auto standing = read_standing(wire->documents, wire->facts);
  if (!standing.has_value()) return write_fault(standing.error());
  const auto gates = standing->gates();
  std::vector<boundary::Instant> next;
  auto change = boundary::next_change(gates, standing->facts, *at);
  while (change && next.size() < kNextChangesMax) {
    next.push_back(*change);
    change = boundary::next_change(gates, standing->facts, *change);
  }
  return write_preview(boundary::decide(gates, standing->facts, *at), standing->therapist.policy(),
                       next);
}

Answer changes(std::span<const std::uint8_t> call) {
  Decoded<holdspace_web_v1_ChangesCall> wire;
  if (!wire.decode(call)) return not_a_call();
  const auto from = read_instant(wire->from_ms, "from_ms");
  if (!from.has_value()) return write_fault(malformed("", from.error()));
  const auto until = read_instant(wire->until_ms, "until_ms");
  if (!until.has_value()) return write_fault(malformed("", until.error()));
  const auto standing = read_standing(wire->documents, wire->facts);
  if (!standing.has_value()) return write_fault(standing.error());
  const auto gates = standing->gates();
  std::vector<Change> found;
  auto at = boundary::next_change(gates, standing->facts, *from);
  while (at && *at < *until && found.size() < kChangesMax) {
    found.push_back({*at, boundary::decide(gates, standing->facts, *at).outcome});
    at = boundary::next_change(gates, standing->facts, *at);
  }
  // What lies more than kHorizon behind the last change is not looked at.
  const auto looked = (found.empty() ? *from : found.back().at) + boundary::kHorizon;
  const bool more = at && *at < *until;
  return write_changes(found, more ? *at : std::min(*until, looked));
}

Answer validate(std::span<const std::uint8_t> document) {
  const auto gate = compile(document, "");
  return gate.has_value() ? write_nothing_wrong() : write_fault(gate.error());
}

}  // namespace holdspace::web
