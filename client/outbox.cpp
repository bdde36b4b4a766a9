#include "client/outbox.hpp"

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
  if (error.has_verdict()) row.set_reason(error.verdict().reason());
  return NextStep::done;
}

NextStep accept(records::OutboxRow& row, const v1::Accepted& accepted) {
  const auto& verdict = accepted.verdict();
  row.set_state(verdict.outcome() == v1::HELD ? records::ACCEPTED_HELD
                                              : records::ACCEPTED_RELEASED);
  row.set_promise_ms(verdict.outcome() == v1::HELD ? verdict.promise_ms() : 0);
  row.set_reason(verdict.reason());
  row.set_zone(verdict.zone());
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

}  // namespace

NextStep settle(records::OutboxRow& row, const v1::ServerFrame& answer) {
  if (answer.has_accepted() && answer.accepted().message_id() == row.message_id())
    return accept(row, answer.accepted());
  if (answer.has_error()) return settle_error(row, answer.error());
  return settle_unanswered(row);
}

NextStep settle_unanswered(records::OutboxRow& row) {
  row.set_state(records::NOT_CONFIRMED);
  return NextStep::resend;
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
    case records::REFUSED:
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
    case records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unknown";
}

}  // namespace holdspace::client
