#include "client/outbox.hpp"

#include <algorithm>

#include "client/content.hpp"
#include "client/wire_bytes.hpp"

namespace holdspace::client {
namespace {

void note_error(records::OutboxRow& row, const v1::Error& error) {
  row.set_error_code(static_cast<std::uint32_t>(error.code()));
  row.set_error_text(error.text());
}

NextStep refuse(records::OutboxRow& row, const v1::Error& error) {
  note_error(row, error);
  row.set_state(records::REFUSED);
  if (error.has_verdict()) {
    row.set_reason(error.verdict().reason());
    row.set_cover_account_id(error.verdict().cover_account_id());
    row.set_cover_until_ms(error.verdict().cover_until_ms());
  }
  return NextStep::done;
}

// When the message was accepted, for comparison with what notices say. A repeated answer says that
// it was before; the verdict stood at that instant in any case.
std::int64_t accepted_at(const records::OutboxRow& row, const v1::Accepted& accepted,
                         crypto::Instant store_now) {
  const auto& verdict = accepted.verdict();
  if (accepted.duplicate() && row.accepted_at_ms() != 0) return row.accepted_at_ms();
  const auto about = accepted.duplicate() ? row.created_at_ms() : to_ms(store_now);
  if (verdict.valid_until_ms() <= verdict.valid_from_ms()) return about;
  return std::clamp(about, verdict.valid_from_ms(), verdict.valid_until_ms() - 1);
}

NextStep accept(records::OutboxRow& row, const v1::Accepted& accepted, crypto::Instant store_now) {
  const auto& verdict = accepted.verdict();
  const bool held = verdict.outcome() == v1::HELD;
  row.set_state(held ? records::ACCEPTED_HELD : records::ACCEPTED_RELEASED);
  row.set_promise_ms(held ? verdict.promise_ms() : 0);
  row.set_promise_renewed(false);
  row.set_reason(verdict.reason());
  row.set_zone(verdict.zone());
  row.set_policy_version(verdict.policy_version());
  row.set_accepted_at_ms(accepted_at(row, accepted, store_now));
  row.set_first_in_closed_period(held && accepted.first_in_closed_period());
  row.set_reply_time_hours(accepted.reply_time_hours());
  row.set_store_epoch(accepted.store_epoch());
  row.clear_error_code();
  row.clear_error_text();
  return NextStep::done;
}

NextStep settle_error(records::OutboxRow& row, const v1::Error& error) {
  switch (error.code()) {
    case v1::MISMATCH:
      note_error(row, error);
      row.set_state(records::WAITING);
      return NextStep::reseal;
    case v1::AGREEMENT_NEEDED:
      note_error(row, error);
      row.set_state(records::UNSIGNED);
      return NextStep::reagree;
    case v1::UNCERTAIN:
      note_error(row, error);
      row.set_state(records::NOT_CONFIRMED);
      return NextStep::resend;
    // Definitely not done this time. Whether an earlier try of the same bytes was done stays as it
    // was.
    case v1::UNAVAILABLE:
    case v1::RATE_LIMITED:
    case v1::UNAUTHENTICATED:
    case v1::STALE_POLICY:
    case v1::STALE_LIST:
    case v1::STALE_RELATIONSHIP:
      note_error(row, error);
      return NextStep::later;
    case v1::INVALID_ARGUMENT:
    case v1::UNSUPPORTED_VERSION:
    case v1::TOO_LARGE:
    case v1::PERMISSION_DENIED:
    case v1::NOT_FOUND:
    case v1::CONFLICT:
    case v1::QUOTA:
    case v1::ENDED:
    case v1::REFUSED:
    case v1::ALREADY_RELEASED:
    case v1::HELD_ITEMS_LEFT:
    case v1::SIGNATURE_NEEDED:
    case v1::PAIR_EXISTS:
      return refuse(row, error);
    case v1::ERROR_CODE_UNSPECIFIED:
    case v1::ErrorCode_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ErrorCode_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  // A code of a newer gateway: not known to be final, so the message is kept.
  note_error(row, error);
  return NextStep::later;
}

template <class About>
bool is_held_in(const records::OutboxRow& row, const About& stream) {
  return row.state() == records::ACCEPTED_HELD &&
         row.relationship_id() == stream.relationship_id() &&
         to_wire(static_cast<crypto::Lane>(row.lane())) == stream.lane();
}

bool renew(records::OutboxRow& row, const v1::PromiseRenewed& renewed) {
  if (!is_held_in(row, renewed) || row.policy_version() > renewed.accepted_through_version())
    return false;
  row.set_promise_ms(renewed.promise_ms());
  row.set_promise_renewed(true);
  if (!renewed.reason().empty()) row.set_reason(renewed.reason());
  return true;
}

bool release(records::OutboxRow& row, const v1::Released& released, std::int64_t at_ms) {
  if (!is_held_in(row, released) || row.accepted_at_ms() >= released.accepted_before_ms())
    return false;
  row.set_state(records::ACCEPTED_RELEASED);
  row.set_released_at_ms(at_ms);
  return true;
}

bool give_back(records::OutboxRow& row, const v1::Returned& returned) {
  if (row.message_id() != returned.message_id()) return false;
  if (row.state() == records::WITHDRAWN || row.state() == records::RETURNED) return false;
  row.set_state(records::RETURNED);
  row.set_returned_why(static_cast<std::uint32_t>(returned.why()));
  row.set_cover_account_id(returned.cover_account_id());
  row.set_withdrawal(records::NONE);
  row.clear_replacement();
  return true;
}

}  // namespace

NextStep settle(records::OutboxRow& row, const v1::ServerFrame& answer, crypto::Instant store_now) {
  if (answer.has_accepted() && answer.accepted().message_id() == row.message_id())
    return accept(row, answer.accepted(), store_now);
  if (answer.has_error()) return settle_error(row, answer.error());
  return settle_unanswered(row);
}

NextStep settle_unanswered(records::OutboxRow& row) {
  row.set_state(records::NOT_CONFIRMED);
  return NextStep::resend;
}

bool take_notice(records::OutboxRow& row, const v1::Notice& notice) {
  if (notice.has_promise_renewed()) return renew(row, notice.promise_renewed());
  if (notice.has_released()) return release(row, notice.released(), notice.at_ms());
  if (notice.has_returned()) return give_back(row, notice.returned());
  return false;  // about a relationship, an agreement or a policy
}

bool has_answer(const records::OutboxRow& row) {
  switch (row.state()) {
    case records::ACCEPTED_RELEASED:
    case records::ACCEPTED_HELD:
    case records::REFUSED:
    case records::WITHDRAWN:
    case records::RETURNED:
      return true;
    case records::WAITING:
    case records::NOT_CONFIRMED:
    case records::UNSIGNED:
    case records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

bool was_never_sent(const records::OutboxRow& row) {
  return (row.state() == records::WAITING || row.state() == records::UNSIGNED) &&
         row.send().empty();
}

bool was_sent_anew(const records::OutboxRow& row) {
  return row.state() == records::WITHDRAWN && row.message_ordinal() == 0 && row.control() == 0;
}

bool due_at_login(records::OutboxRow& row, std::string_view store_epoch) {
  switch (row.state()) {
    case records::WAITING:
    case records::NOT_CONFIRMED:
      return true;
    case records::ACCEPTED_RELEASED:
    case records::ACCEPTED_HELD:
      if (row.store_epoch() == store_epoch) return false;
      row.set_state(records::WAITING);
      return true;
    case records::UNSIGNED:
      row.set_state(records::WAITING);
      return true;
    case records::WITHDRAWN:
      if (row.store_epoch().empty() || row.store_epoch() == store_epoch) return false;
      row.set_withdrawal(records::AGAIN);
      row.set_store_epoch(std::string(store_epoch));
      return true;
    case records::REFUSED:
    case records::RETURNED:
    case records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

bool is_over(const records::OutboxRow& row, crypto::Instant now) {
  return now >= from_ms(row.created_at_ms()) + kOutboxLife;
}

std::string_view state_name(records::OutboxState state) {
  switch (state) {
    case records::WAITING:
      return "waiting";
    case records::NOT_CONFIRMED:
      return "not_confirmed";
    case records::ACCEPTED_RELEASED:
      return "accepted_released";
    case records::ACCEPTED_HELD:
      return "accepted_held";
    case records::REFUSED:
      return "refused";
    case records::UNSIGNED:
      return "unsigned";
    case records::WITHDRAWN:
      return "withdrawn";
    case records::RETURNED:
      return "returned";
    case records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unknown";
}

}  // namespace holdspace::client
