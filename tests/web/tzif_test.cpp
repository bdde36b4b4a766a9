// The browser's reading of a zone against the gate's own, for every zone of this system; and bytes
// that are no zone.
#include "web/boundary/tzif.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "boundary/time.hpp"

namespace holdspace::web {
namespace {

using boundary::Instant;
using boundary::LocalMinute;
using boundary::Zone;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

const std::filesystem::path kDatabase = "/usr/share/zoneinfo";

std::vector<std::uint8_t> bytes_of(const std::string& zone) {
  std::ifstream in(kDatabase / zone, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kDatabase)) {
    const std::string name = std::filesystem::relative(entry.path(), kDatabase).string();
    if (entry.is_regular_file() && Zone::locate(name).has_value()) names.push_back(name);
  }
  return names;
}

sys_seconds day(int year, unsigned month, unsigned number) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(number));
}

// Every quarter of an hour of the days around `at`; the number of differences.
int differences_around(const Zone& zone, const TzifWall& wall, sys_seconds at) {
  int differences = 0;
  const sys_seconds middle = std::chrono::floor<days>(at);
  for (sys_seconds local = middle - days(2); local < middle + days(3); local += minutes(15)) {
    const seconds shown = local.time_since_epoch();
    const LocalMinute same{std::chrono::floor<minutes>(shown)};
    if (zone.earliest(same) != wall.earliest(shown)) ++differences;
    if (zone.latest(same) != wall.latest(shown)) ++differences;
    if (zone.offset(Instant{local}) != wall.offset(local)) ++differences;
  }
  return differences;
}

// Days on which the clocks change, and two in each year.
TEST(TzifWall, shows_in_every_zone_what_the_gate_sees_from_1999_to_2045) {
  const auto names = zone_names();
  EXPECT_GT(names.size(), 300U);
  for (const std::string& name : names) {
    const Zone zone = *Zone::locate(name);
    const auto wall = TzifWall::read(bytes_of(name));
    ASSERT_TRUE(wall.has_value()) << name;
    int differences = 0;
    seconds before = zone.offset(Instant{day(1999, 1, 1)});
    for (sys_seconds at = day(1999, 1, 1); at < day(2045, 1, 1); at += days(1)) {
      const seconds after = zone.offset(Instant{at + days(1)});
      const bool changes = after != std::exchange(before, after);
      const auto in_year = (at - day(1999, 1, 1)) % days(183);
      if (changes || in_year == seconds(0)) differences += differences_around(zone, *wall, at);
    }
    EXPECT_EQ(differences, 0) << name;
  }
}

// The law that the file's footer tells of later years is not applied by the gate, so not here.
TEST(TzifWall, stays_after_2037_as_the_last_change_left_it) {
  const auto london = TzifWall::read(bytes_of("Europe/London"));
  EXPECT_EQ(london->offset(day(2037, 7, 1)), std::chrono::hours(1));
  EXPECT_EQ(london->offset(day(2038, 7, 1)), std::chrono::hours(0));
  const auto auckland = TzifWall::read(bytes_of("Pacific/Auckland"));
  EXPECT_EQ(auckland->offset(day(2037, 7, 1)), std::chrono::hours(12));
  EXPECT_EQ(auckland->offset(day(2038, 7, 1)), std::chrono::hours(13));
}

TEST(TzifWall, is_none_of_a_file_that_is_cut_anywhere_before_its_footer) {
  const auto file = bytes_of("Europe/London");
  const auto footer = std::string(file.begin(), file.end()).rfind('\n', file.size() - 2);
  for (std::size_t size = 0; size < footer; ++size)
    EXPECT_FALSE(TzifWall::read(std::span(file).first(size)).has_value()) << size;
  EXPECT_TRUE(TzifWall::read(file).has_value());
}

// Sanitizers see what a wrong count would read.
TEST(TzifWall, reads_nothing_outside_of_a_file_with_any_byte_changed) {
  const auto file = bytes_of("Australia/Lord_Howe");
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      auto changed = file;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ mask);
      const auto wall = TzifWall::read(changed);
      if (!wall) continue;
      const auto offset = wall->offset(day(2026, 7, 1));
      EXPECT_LT(offset, days(1));
      EXPECT_LE(wall->earliest(day(2026, 4, 5).time_since_epoch()),
                wall->latest(day(2026, 4, 5).time_since_epoch()));
    }
  }
}

}  // namespace
}  // namespace holdspace::web
