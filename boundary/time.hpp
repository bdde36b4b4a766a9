// Instants, intervals and time zones: the only way from a clock on the wall to a point on the time
// line and back. Not a clock: nothing here reads the time of day. docs/boundary.md, section "Time".
//
// Once for the whole folder: every Instant is UTC; every interval is half-open, [from, until);
// times on the wall are minutes since 1970-01-01 00:00 on that wall and mean nothing without a
// Zone.
#pragma once

#include <algorithm>
#include <boost/system/result.hpp>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdspace::boundary {

// A point on the UTC time line, in milliseconds: the grain of the store's clock.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// A wall-clock time at the grain of windows (minutes), and a calendar day on the same wall.
using LocalMinute = std::chrono::local_time<std::chrono::minutes>;
using LocalDate = std::chrono::local_days;

inline constexpr std::uint32_t kMinutesPerDay = 1440;

// Half-open [from, until). An interval with until <= from is empty.
struct Interval {
  Instant from{};
  Instant until{};

  [[nodiscard]] constexpr bool empty() const { return until <= from; }
  [[nodiscard]] constexpr bool contains(Instant at) const { return from <= at && at < until; }
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

// What two intervals have in common; empty when they have nothing.
[[nodiscard]] constexpr Interval intersect(const Interval& a, const Interval& b) {
  return {std::max(a.from, b.from), std::min(a.until, b.until)};
}

enum class ZoneError : std::uint8_t {
  unknown_name,  // the time-zone database has no zone of this name: ask the person for another
};

// The rules of one zone, in the form of the platform: zone_system.cpp reads the system's database,
// web/boundary/zone_tzif.cpp what a page has handed in.
class ZoneRules;

// A named zone of the time-zone database ("Europe/London"): the system's, or the folder that the
// environment variable HOLDSPACE_ZONEINFO names. A small value: copies are cheap and stay valid for
// the life of the process. A zone is read once, at its first locate() or by read_time_zones();
// afterwards nothing changes, so a Zone may be used from any number of threads. Another release of
// the database takes effect at the next start of the program. The database's files list clock
// changes up to 2037; afterwards the wall stays as the last change left it: on standard time in
// the north, on summer time in the south.
class Zone {
 public:
  // Finds a zone by its exact IANA name. Throws std::runtime_error when the machine has no database
  // at all, which is a fault of the installation.
  [[nodiscard]] static boost::system::result<Zone, ZoneError> locate(std::string_view name);

  [[nodiscard]] std::string_view name() const;

  // The first instant at which the wall shows `local`: where a window begins. A time inside a gap,
  // which the wall never shows, becomes the first instant after the gap.
  [[nodiscard]] Instant earliest(LocalMinute local) const;

  // The last instant at which the wall shows `local`: where a window ends. Inside a gap the same as
  // earliest().
  [[nodiscard]] Instant latest(LocalMinute local) const;

  // What the wall shows at `at`, rounded down to the minute.
  [[nodiscard]] LocalMinute to_local(Instant at) const;

  // The offset of the wall from UTC at `at`; positive is east of Greenwich.
  [[nodiscard]] std::chrono::seconds offset(Instant at) const;

  friend bool operator==(const Zone&, const Zone&) = default;

 private:
  explicit Zone(const ZoneRules& rules) : rules_(&rules) {}

  const ZoneRules* rules_;  // owned by the process-wide database, never null
};

// The release of the time-zone database ("2026b"), or "unknown" when the system does not say. A
// promise that moves without a policy change is explained by two of these. Read once; any thread.
[[nodiscard]] const std::string& tzdb_version();

// Reads every zone of the database now. A program that runs for long does so at its start: a
// package that is replaced under it would otherwise mix two releases. Throws as Zone::locate().
void read_time_zones();

// "2026-03-30" to a day and back. Exactly ten characters and a real calendar day, or nothing.
[[nodiscard]] std::optional<LocalDate> parse_date(std::string_view text);
[[nodiscard]] std::string format_date(LocalDate date);

// "2026-03-30T08:00:00.000Z", RFC 3339 in UTC. Reading takes "YYYY-MM-DDTHH:MM[:SS[.mmm]]Z" and
// nothing else.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);
[[nodiscard]] std::string format_instant(Instant at);

// "2026-03-30 04:00 -04:00": what the wall of `zone` shows, for people.
[[nodiscard]] std::string format_local(const Zone& zone, Instant at);

}  // namespace holdspace::boundary
