// See answer_write.hpp. nanopb encodes through pointers that are not const and changes nothing
// behind them.
#include "web/boundary/answer_write.hpp"

#include <algorithm>

#include "boundary/names.hpp"
#include "web/boundary/calls.pb.h"
#include "web/boundary/enumerators.hpp"
#include "web/boundary/messages.hpp"

namespace holdspace::web {
namespace {

char* pointer(const std::string& text) {
  return const_cast<char*>(text.c_str());
}

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

// An id in the form that nanopb wants for bytes; `size` comes before them.
struct IdBytes {
  pb_size_t size;
  std::uint8_t bytes[16];
};
static_assert(offsetof(IdBytes, bytes) == offsetof(pb_bytes_array_t, bytes));

// The texts of a verdict while it is encoded.
struct VerdictTexts {
  std::string reason;
  std::string rule;
  std::vector<std::string> losing;
  std::vector<char*> losing_pointers;
  IdBytes cover{};

  explicit VerdictTexts(const boundary::Verdict& verdict)
      : reason(boundary::name(verdict.reason)), rule(boundary::format_rule(verdict.rule)) {
    for (const auto& loser : verdict.losing) losing.push_back(boundary::format_rule(loser));
    for (const auto& text : losing) losing_pointers.push_back(pointer(text));
    if (!verdict.cover_account_id) return;
    cover.size = sizeof cover.bytes;
    std::copy(verdict.cover_account_id->begin(), verdict.cover_account_id->end(), cover.bytes);
  }
};

void fill(holdspace_v1_Verdict& wire, const boundary::Verdict& verdict, VerdictTexts& texts,
          const boundary::Policy& policy) {
  wire.outcome = to_wire(verdict.outcome);
  wire.reason = pointer(texts.reason);
  wire.rule = pointer(texts.rule);
  wire.losing_rules = texts.losing_pointers.data();
  wire.losing_rules_count = texts.losing_pointers.size();
  wire.has_promise_ms = verdict.promise.has_value();
  if (verdict.promise) wire.promise_ms = to_ms(*verdict.promise);
  wire.valid_from_ms = to_ms(verdict.valid.from);
  wire.valid_until_ms = to_ms(verdict.valid.until);
  wire.policy_version = verdict.policy_version;
  wire.zone = pointer(policy.zone);
  wire.tzdb_version = pointer(boundary::tzdb_version());
  if (verdict.cover_account_id)
    wire.cover_account_id = reinterpret_cast<pb_bytes_array_t*>(&texts.cover);
  if (verdict.cover_until) wire.cover_until_ms = to_ms(*verdict.cover_until);
}

}  // namespace

Answer write_nothing_wrong() {
  return encode(holdspace_web_v1_Answer{});
}

Answer write_fault(const Fault& fault) {
  holdspace_web_v1_Answer answer{};
  answer.which_result = holdspace_web_v1_Answer_fault_tag;
  answer.result.fault = {pointer(fault.field), pointer(fault.rule), pointer(fault.other),
                         pointer(fault.words)};
  return encode(answer);
}

Answer write_preview(const boundary::Verdict& verdict, const boundary::Policy& policy,
                     const std::vector<boundary::Instant>& next_changes) {
  VerdictTexts texts(verdict);
  std::vector<std::int64_t> changes;
  for (const auto at : next_changes) changes.push_back(to_ms(at));
  holdspace_web_v1_Answer answer{};
  answer.which_result = holdspace_web_v1_Answer_preview_tag;
  answer.result.preview = {};
  auto& preview = answer.result.preview;
  preview.has_verdict = true;
  fill(preview.verdict, verdict, texts, policy);
  preview.next_changes_ms = changes.data();
  preview.next_changes_ms_count = changes.size();
  preview.tzdb_version = pointer(boundary::tzdb_version());
  return encode(answer);
}

Answer write_changes(const std::vector<Change>& changes, boundary::Instant followed_until) {
  std::vector<holdspace_web_v1_Change> wire;
  for (const auto& change : changes) wire.push_back({to_ms(change.at), to_wire(change.outcome)});
  holdspace_web_v1_Answer answer{};
  answer.which_result = holdspace_web_v1_Answer_changes_tag;
  answer.result.changes = {static_cast<pb_size_t>(wire.size()), wire.data(), to_ms(followed_until)};
  return encode(answer);
}

}  // namespace holdspace::web
