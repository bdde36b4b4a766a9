#include "client/cli/display.hpp"

#include <gtest/gtest.h>

#include "client/cli/command.hpp"
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

TEST(Display, gives_scripts_an_exit_code_for_each_state) {
  EXPECT_EQ(exit_code(row_in(client::records::ACCEPTED_RELEASED)), 0);
  EXPECT_EQ(exit_code(row_in(client::records::ACCEPTED_HELD)), 0);
  EXPECT_EQ(exit_code(row_in(client::records::REFUSED)), 3);
  EXPECT_EQ(exit_code(row_in(client::records::NOT_CONFIRMED)), 4);
  EXPECT_EQ(exit_code(row_in(client::records::WAITING)), 4);
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
