#include "client/cli/display.hpp"

#include <gtest/gtest.h>

#include "client/cli/command.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/terminal.hpp"
#include "client/wire_bytes.hpp"
#include "holdspace/v1/error.pb.h"

namespace holdspace::cli {
namespace {

using client::records::OutboxRow;

boundary::Zone zone(std::string_view name) {
  return *boundary::Zone::locate(name);
}

OutboxRow row_in(client::records::OutboxState state) {
  OutboxRow row;
  row.set_state(state);
  return row;
}

TEST(Display, shows_a_time_in_the_zone_of_the_viewer_and_names_it) {
  const auto at = *boundary::parse_instant("2026-03-30T08:00Z");
  EXPECT_EQ(format_time(zone("America/New_York"), at), "Mon 30 Mar 2026 04:00 (America/New_York)");
  EXPECT_EQ(format_time(zone("Europe/London"), at), "Mon 30 Mar 2026 09:00 (Europe/London)");
  EXPECT_EQ(format_utc(at), "2026-03-30T08:00:00.000Z");
}

TEST(Display, reads_a_time_in_the_zone_of_the_viewer_or_in_utc) {
  const auto expected = *boundary::parse_instant("2026-12-25T04:10Z");
  EXPECT_EQ(parse_time(zone("America/New_York"), "2026-12-24 23:10"), expected);
  EXPECT_EQ(parse_time(zone("America/New_York"), "2026-12-24T23:10"), expected);
  EXPECT_EQ(parse_time(zone("America/New_York"), "2026-12-25T04:10Z"), expected);
  for (const auto* wrong : {"", "tomorrow", "2026-02-30 10:00", "2026-12-24", "2026-12-24 25:00"})
    EXPECT_FALSE(parse_time(zone("Etc/UTC"), wrong)) << wrong;
}

TEST(Display, says_one_honest_state) {
  const auto london = zone("Europe/London");
  EXPECT_EQ(describe_state(row_in(client::records::ACCEPTED_RELEASED), london), "released");
  auto held = row_in(client::records::ACCEPTED_HELD);
  held.set_reason("outside_windows");
  held.set_promise_ms(client::to_ms(*boundary::parse_instant("2026-03-30T08:00Z")));
  EXPECT_EQ(describe_state(held, zone("America/New_York")),
            "held until Mon 30 Mar 2026 04:00 (America/New_York) - outside the agreed hours");
  held.clear_promise_ms();
  held.set_reason("no_opening_in_horizon");
  EXPECT_EQ(describe_state(held, london), "held - no opening is planned yet");
  auto refused = row_in(client::records::REFUSED);
  refused.set_error_code(v1::QUOTA);
  EXPECT_EQ(describe_state(refused, london),
            "refused: too many messages are waiting for the recipient");
  EXPECT_EQ(describe_state(row_in(client::records::NOT_CONFIRMED), london),
            "not confirmed yet - will be sent again");
  EXPECT_EQ(describe_state(row_in(client::records::WAITING), london),
            "not sent yet - kept here, will be sent");
}

TEST(Display, says_what_became_of_a_message_after_its_acceptance) {
  const auto london = zone("Europe/London");
  const auto nine = client::to_ms(*boundary::parse_instant("2026-03-30T08:00Z"));
  auto row = row_in(client::records::ACCEPTED_RELEASED);
  row.set_released_at_ms(nine);
  EXPECT_EQ(describe_state(row, london), "released Mon 30 Mar 2026 09:00 (Europe/London)");
  row = row_in(client::records::ACCEPTED_HELD);
  row.set_promise_ms(nine);
  row.set_reason("emergency_closure");
  row.set_promise_renewed(true);
  EXPECT_EQ(describe_state(row, london),
            "held until Mon 30 Mar 2026 09:00 (Europe/London) - closed for an emergency; the time "
            "has changed");
  row = row_in(client::records::RETURNED);
  row.set_returned_why(v1::Returned::COVERED);
  row.set_cover_account_id(std::string(16, '\x11'));
  EXPECT_EQ(describe_state(row, london),
            "returned: somebody else is there for it; account 11111111111111111111111111111111 "
            "covers");
  EXPECT_EQ(describe_state(row_in(client::records::UNSIGNED), london),
            "not sent - both have to sign the terms first: read and sign them");
  row = row_in(client::records::WITHDRAWN);
  row.set_message_ordinal(1);
  EXPECT_EQ(describe_state(row, london), "withdrawn");
  row.clear_message_ordinal();
  EXPECT_EQ(describe_state(row, london), "withdrawn - sent anew under another id");
}

TEST(Display, tells_the_first_sender_of_a_closed_period_when_it_opens_and_scolds_nobody) {
  auto row = row_in(client::records::ACCEPTED_HELD);
  row.set_promise_ms(client::to_ms(*boundary::parse_instant("2026-03-30T08:00Z")));
  row.set_reply_time_hours(48);
  EXPECT_EQ(closed_notice(row, zone("America/New_York")),
            "Your message is safe here and needs nothing more from you. The next opening is Mon 30 "
            "Mar 2026 04:00 (America/New_York). An answer usually takes up to 2 days.");
  row.clear_promise_ms();
  row.clear_reply_time_hours();
  EXPECT_EQ(closed_notice(row, zone("Etc/UTC")),
            "Your message is safe here and needs nothing more from you.");
}

TEST(Display, reads_spans_and_the_last_day_of_a_contact) {
  EXPECT_EQ(parse_span("90m"), std::chrono::minutes(90));
  EXPECT_EQ(parse_span("24h"), std::chrono::hours(24));
  EXPECT_EQ(parse_span("3d"), std::chrono::hours(72));
  for (const auto* wrong : {"", "h", "0h", "24", "-1h", "1.5h", "1w", "1000000h", "24 h"})
    EXPECT_FALSE(parse_span(wrong)) << wrong;
  EXPECT_EQ(end_of_day(zone("Europe/London"), "2026-03-29"),
            boundary::parse_instant("2026-03-29T23:00Z"))
      << "the day on which the clocks go forward";
  EXPECT_FALSE(end_of_day(zone("Europe/London"), "2026-02-30"));
}

TEST(Display, gives_scripts_an_exit_code_for_each_state) {
  EXPECT_EQ(exit_code(row_in(client::records::ACCEPTED_RELEASED)), 0);
  EXPECT_EQ(exit_code(row_in(client::records::ACCEPTED_HELD)), 0);
  EXPECT_EQ(exit_code(row_in(client::records::REFUSED)), 3);
  EXPECT_EQ(exit_code(row_in(client::records::NOT_CONFIRMED)), 4);
  EXPECT_EQ(exit_code(row_in(client::records::WAITING)), 4);
  EXPECT_EQ(exit_code(row_in(client::records::UNSIGNED)), 4);
  EXPECT_EQ(exit_code(row_in(client::records::WITHDRAWN)), 0);
  EXPECT_EQ(exit_code(row_in(client::records::RETURNED)), 3);
}

TEST(Terminal, is_not_commanded_by_what_others_wrote) {
  const auto check = [](std::string_view text, std::string_view shown) {
    EXPECT_EQ(printable(text, "  "), shown);
  };
  check("plain \xc3\xa4\xe2\x82\xac", "plain \xc3\xa4\xe2\x82\xac");
  check("two\nlines", "two\n  lines");
  check("\x1b[2J", "\\x1b[2J");
  check("a\rb\x7f", "a\\x0db\\x7f");
  check(
      "\xc2\x9b"
      "31m",
      "\\xc2\\x9b31m");
  check(
      "\xe2\x80\xae"
      "abc",
      "\\xe2\\x80\\xaeabc");
  check("\xe2\x81\xa6", "\\xe2\\x81\\xa6");
}

}  // namespace
}  // namespace holdspace::cli
