#include "client/cli/message_state.hpp"

#include <algorithm>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/failure.hpp"
#include "client/outbox.hpp"
#include "client/wire_bytes.hpp"

namespace holdspace::cli {
namespace {

using client::records::OutboxRow;

// "outside the therapist's hours": short, after the instant.
std::string_view short_reason(std::string_view reason) {
  const auto known = boundary::parse_reason(reason);
  if (!known) return reason;
  switch (*known) {
    case boundary::Reason::outside_windows:
      return "outside the agreed hours";
    case boundary::Reason::closed_exception:
      return "time away";
    case boundary::Reason::no_opening_in_horizon:
      return "no opening is planned yet";
    case boundary::Reason::emergency_closure:
      return "closed for an emergency";
    case boundary::Reason::lane_paused:
      return "the agreed pause of this lane";
    case boundary::Reason::outside_client_hours:
      return "outside the client's own hours";
    case boundary::Reason::closed_too_long:
    case boundary::Reason::covered:
    case boundary::Reason::same_account_copy:
    case boundary::Reason::inside_opening:
    case boundary::Reason::inside_window:
    case boundary::Reason::inside_open_exception:
    case boundary::Reason::urgent_unavailable:
    case boundary::Reason::relationship_invited:
    case boundary::Reason::relationship_paused:
    case boundary::Reason::relationship_ending:
    case boundary::Reason::relationship_ended:
    case boundary::Reason::relationship_severed:
      break;
  }
  return boundary::describe(*known);
}

std::string cover_words(const OutboxRow& row, const boundary::Zone& zone) {
  if (row.cover_account_id().empty()) return {};
  auto words = "; account " + client::to_hex(client::view(row.cover_account_id())) + " covers";
  if (row.cover_until_ms() != 0)
    words += " until " + format_time(zone, client::from_ms(row.cover_until_ms()));
  return words;
}

std::string refusal(const OutboxRow& row, const boundary::Zone& zone) {
  if (!row.reason().empty())
    return "refused: " + std::string(short_reason(row.reason())) + cover_words(row, zone);
  if (!row.error_text().empty()) return "refused: " + row.error_text();
  return "refused: " + client::describe_code(static_cast<v1::ErrorCode>(row.error_code()));
}

std::string held(const OutboxRow& row, const boundary::Zone& zone) {
  std::string words = "held";
  if (row.promise_ms() != 0)
    words += " until " + format_time(zone, client::from_ms(row.promise_ms()));
  words += " - " + std::string(short_reason(row.reason()));
  if (row.promise_renewed()) words += "; the time has changed";
  if (row.withdrawal() == client::records::ASKED) words += "; being withdrawn";
  return words;
}

// "36h", "2 days": whole days are said as days.
std::string span_words(std::uint32_t hours) {
  if (hours % 24 == 0 && hours > 24) return std::to_string(hours / 24) + " days";
  return std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

}  // namespace

std::string_view returned_words(v1::Returned::Why why) {
  switch (why) {
    case v1::Returned::SEVERED:
      return "the relationship has ended";
    case v1::Returned::LEFT:
      return "the therapist has left";
    case v1::Returned::COVERED:
      return "somebody else is there for it";
    case v1::Returned::NEVER_COLLECTED:
      return "no device of the recipient has collected it";
    case v1::Returned::NO_DEVICE:
      return "the recipient has no device";
    case v1::Returned::WHY_UNSPECIFIED:
    case v1::Returned_Why_Returned_Why_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Returned_Why_Returned_Why_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "for a reason that this program does not know";
}

std::string returned_name(v1::Returned::Why why) {
  auto word = v1::Returned::Why_Name(why);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter; });
  return word;
}

std::string_view state_word(const OutboxRow& row) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
      return "released";
    case client::records::ACCEPTED_HELD:
      return "held";
    case client::records::REFUSED:
      return "refused";
    case client::records::NOT_CONFIRMED:
      return "not_confirmed";
    case client::records::UNSIGNED:
      return "unsigned";
    case client::records::WITHDRAWN:
      return "withdrawn";
    case client::records::RETURNED:
      return "returned";
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "waiting";
}

std::string describe_state(const OutboxRow& row, const boundary::Zone& zone) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
      if (row.released_at_ms() == 0) return "released";
      return "released " + format_time(zone, client::from_ms(row.released_at_ms()));
    case client::records::ACCEPTED_HELD:
      return held(row, zone);
    case client::records::REFUSED:
      return refusal(row, zone);
    case client::records::UNSIGNED:
      return "not sent - " + client::describe_code(v1::AGREEMENT_NEEDED);
    case client::records::WITHDRAWN:
      if (row.withdrawal() == client::records::ANEW)
        return "withdrawn for a moment - is sent again";
      return client::was_sent_anew(row) ? "withdrawn - sent anew under another id" : "withdrawn";
    case client::records::RETURNED:
      return "returned: " +
             std::string(returned_words(static_cast<v1::Returned::Why>(row.returned_why()))) +
             cover_words(row, zone);
    case client::records::NOT_CONFIRMED:
      return "not confirmed yet - will be sent again";
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "not sent yet - kept here, will be sent" +
         (row.error_text().empty() ? std::string() : " (" + row.error_text() + ")");
}

std::string closed_notice(const OutboxRow& row, const boundary::Zone& zone) {
  std::string line = "Your message is safe here and needs nothing more from you.";
  if (row.promise_ms() != 0)
    line += " The next opening is " + format_time(zone, client::from_ms(row.promise_ms())) + ".";
  if (row.reply_time_hours() != 0)
    line += " An answer usually takes up to " + span_words(row.reply_time_hours()) + ".";
  return line;
}

int exit_code(const OutboxRow& row) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
    case client::records::ACCEPTED_HELD:
    case client::records::WITHDRAWN:
      return kOk;
    case client::records::REFUSED:
    case client::records::RETURNED:
      return kRefused;
    case client::records::UNSIGNED:
    case client::records::NOT_CONFIRMED:
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return kNotConfirmed;
}

}  // namespace holdspace::cli
