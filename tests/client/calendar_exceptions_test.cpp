#include "client/calendar/exceptions.hpp"

#include <gtest/gtest.h>

namespace holdspace::client::calendar {
namespace {

using Ids = std::vector<std::string>;
using std::chrono::minutes;

BusySpan span(const char* day, int start, int length) {
  const auto from = boundary::LocalMinute(*boundary::parse_date(day)) + minutes(start);
  return {from, from + minutes(length)};
}

Ids ids(const std::vector<v1::Exception>& exceptions) {
  Ids out;
  for (const auto& exception : exceptions) out.push_back(exception.id());
  return out;
}

TEST(CalendarExceptions, have_ids_that_say_their_days_and_hours) {
  EXPECT_EQ(ids(to_exceptions({span("2026-12-24", 0, 9 * 1440), span("2026-11-03", 545, 85),
                               span("2026-11-10", 1320, 480), span("2026-11-11", 1320, 480),
                               span("2026-11-20", 0, 1440)},
                              "busy")),
            (Ids{"busy-2026-11-03-0905-1030", "busy-2026-11-10-to-2026-11-12-2200-3000",
                 "busy-2026-11-20", "busy-2026-12-24-to-2027-01-02"}));
  EXPECT_TRUE(is_id_prefix("work-2"));
  for (const auto* const wrong : {"", "Work", "a_b", "a b", "abcdefghijklmnopqrstuvwxy"})
    EXPECT_FALSE(is_id_prefix(wrong)) << wrong;
}

TEST(CalendarExceptions, put_in_again_change_nothing) {
  v1::Policy policy;
  policy.set_version(7);
  policy.add_exceptions()->set_id("own");
  const auto imported =
      to_exceptions({span("2026-11-03", 540, 60), span("2026-12-24", 0, 1440)}, "busy");
  EXPECT_EQ(replace_imported(policy, imported, "busy").added, ids(imported));
  const auto once = policy.SerializeAsString();
  const auto again = replace_imported(policy, imported, "busy");
  EXPECT_EQ(policy.SerializeAsString(), once);
  EXPECT_EQ(again.unchanged, ids(imported));
  EXPECT_TRUE(again.added.empty() && again.removed.empty() && again.kept.empty());
}

TEST(CalendarExceptions, take_the_place_of_earlier_ones_with_the_same_prefix_alone) {
  v1::Policy policy;
  replace_imported(policy, to_exceptions({span("2026-11-03", 540, 60)}, "busy"), "busy");
  replace_imported(policy, to_exceptions({span("2026-11-03", 540, 60)}, "busy-2"), "busy-2");
  policy.add_exceptions()->set_id("busy-week");
  const auto done =
      replace_imported(policy, to_exceptions({span("2026-11-04", 540, 60)}, "busy"), "busy");
  EXPECT_EQ(done.removed, Ids{"busy-2026-11-03-0900-1000"});
  EXPECT_EQ(done.added, Ids{"busy-2026-11-04-0900-1000"});
  EXPECT_EQ(ids({policy.exceptions().begin(), policy.exceptions().end()}),
            (Ids{"busy-2-2026-11-03-0900-1000", "busy-week", "busy-2026-11-04-0900-1000"}));
}

TEST(CalendarExceptions, leave_alone_what_was_changed_by_hand) {
  v1::Policy policy;
  const auto imported = to_exceptions({span("2026-11-03", 540, 60)}, "busy");
  replace_imported(policy, imported, "busy");
  policy.mutable_exceptions(0)->add_lanes(v1::ROUTINE);
  const auto changed = policy.SerializeAsString();
  EXPECT_EQ(replace_imported(policy, imported, "busy").kept, ids(imported));
  EXPECT_EQ(policy.SerializeAsString(), changed);
  EXPECT_TRUE(replace_imported(policy, {}, "busy").removed.empty());
  EXPECT_EQ(policy.SerializeAsString(), changed);
}

}  // namespace
}  // namespace holdspace::client::calendar
