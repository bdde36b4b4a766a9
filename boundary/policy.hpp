// One person's boundary policy as plain values: a therapist's, a client's own hours, or a
// practice's proposal. Not the rules that it must meet (validate.hpp), not the compiled form
// (gate.hpp), not the wire form (proto/holdspace/v1/policy.proto, same field names).
// docs/boundary.md, section "The policy".
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "boundary/time.hpp"

namespace holdspace::boundary {

// 16 random bytes each, as on the wire. All zero is never the id of anything.
using AccountId = std::array<std::uint8_t, 16>;
using RelationshipId = std::array<std::uint8_t, 16>;

enum class Lane : std::uint8_t {
  routine,    // gated by its windows
  logistics,  // appointments and the like; gated by windows of its own
  urgent,     // never gated and never held: it passes to people on call or is refused at once
};

enum class Direction : std::uint8_t { to_therapist, to_client };

// One weekly opening [start, end) in the policy's zone. Windows of one lane and direction may touch
// (they act as one) and must not overlap. A lane and direction without any window is shut except
// for open exceptions.
struct WeeklyWindow {
  Lane lane = Lane::routine;  // routine or logistics
  Direction direction = Direction::to_therapist;
  std::chrono::weekday weekday = std::chrono::Monday;  // the day on which it starts
  std::uint32_t start_minute = 0;                      // minutes after local midnight, 0..1439
  std::uint32_t end_minute =
      0;  // start + 1 .. start + 1440; 1440 is 24:00, more runs into the next day

  friend bool operator==(const WeeklyWindow&, const WeeklyWindow&) = default;
};

enum class ExceptionKind : std::uint8_t {
  closed,  // shut for its span, whatever the weekly windows say
  open,    // open for its span on hours that the weekly windows leave shut
};

// Part of each day [start, end), with the bounds of a weekly window.
struct DayPart {
  std::uint32_t start_minute = 0;
  std::uint32_t end_minute = 0;

  friend bool operator==(const DayPart&, const DayPart&) = default;
};

enum class Repeats : std::uint8_t {
  never,   // once
  yearly,  // in the year of from_date and in every later one up to kLastYear
};

// What a yearly exception from 29 February does in a year without that day.
enum class LeapDay : std::uint8_t {
  february_28,  // begins on the 28th
  skip,         // does not come
};

// Easter Sunday of the western churches, and days counted from it: -2 is Good Friday.
struct EasterDay {
  std::int32_t easter_offset_days = 0;  // -kEasterOffsetMax..kEasterOffsetMax

  friend bool operator==(const EasterDay&, const EasterDay&) = default;
};

// The nth weekday of a month: {11, Thursday, 4} is Thanksgiving.
struct NthWeekday {
  std::uint32_t month = 1;  // 1..12
  std::chrono::weekday weekday = std::chrono::Monday;
  std::int32_t nth = 1;  // 1..5 (a month without a fifth: not in that year), or -1: the last

  friend bool operator==(const NthWeekday&, const NthWeekday&) = default;
};

// A holiday whose date moves; it comes in every year from kFirstYear to kLastYear.
struct Moveable {
  std::variant<EasterDay, NthWeekday> day;
  std::uint32_t days = 1;  // how many days it lasts, 1..kMoveableDaysMax

  friend bool operator==(const Moveable&, const Moveable&) = default;
};

// A dated closing or opening that goes before the weekly windows for its span: the days [from_date,
// until_date) on the owner's wall, whole or one part of each. At equal rank closed beats open,
// unless the open one lifts the closed one. A yearly one takes month and day of both dates; each
// of its years ends with the year kLastYear at the latest.
struct DatedException {
  std::string id;  // 1..64 characters [a-z0-9-], unique in the list
  ExceptionKind kind = ExceptionKind::closed;
  LocalDate from_date{};                // with `moveable`: none, that is LocalDate{}
  LocalDate until_date{};               // exclusive; likewise
  std::optional<DayPart> part{};        // none: whole days
  std::vector<Lane> lanes{};            // empty: every gated lane
  std::vector<Direction> directions{};  // empty: both
  std::string lifts{};  // open only: id of the closed exception that this one lifts; empty: none
  Repeats repeats = Repeats::never;
  // Given exactly when the exception is yearly and from_date is 29 February.
  std::optional<LeapDay> leap_day = std::nullopt;
  std::optional<Moveable> moveable = std::nullopt;  // instead of the two dates and `repeats`
  // Closed only: the colleague who is named to senders whom this closing refuses.
  std::optional<AccountId> cover_account_id = std::nullopt;

  friend bool operator==(const DatedException&, const DatedException&) = default;
};

// For [from, until) the owner's wall shows another zone: windows and exceptions keep their
// wall-clock times and are read on that wall, for the instants inside and no others.
struct Travel {
  Instant from{};
  Instant until{};
  std::string zone;  // IANA name

  friend bool operator==(const Travel&, const Travel&) = default;
};

// Weekly windows for one relationship: for each lane and direction of which there is at least one
// here, they replace Policy::windows. Exceptions and all other rules stay.
struct RelationshipRules {
  RelationshipId relationship_id{};
  std::vector<WeeklyWindow> windows;  // at least one; the bounds of Policy::windows

  friend bool operator==(const RelationshipRules&, const RelationshipRules&) = default;
};

// An emergency closure shuts every gated lane in both directions for [from, until).
struct Closure {
  std::string id;  // 1..64 characters [a-z0-9-], unique in the list
  Instant from{};
  std::optional<Instant> until;  // none: until a later version leaves it out
  std::optional<AccountId> cover_account_id;

  friend bool operator==(const Closure&, const Closure&) = default;
};

enum class OpeningReason : std::uint8_t {
  kept_promise,  // made by the gateway alone, when a new version would break a promise
  crisis_follow_up,
  agreed_with_client,
  session_moved,
  send_now,
  leaving,  // before the owner's keys are revoked
  other,
};

// An override: for [from, until) the owner's gate of one lane and direction is open, whatever
// exceptions and windows say. Not against an emergency closure, an agreed pause or the other
// side's own hours.
struct Opening {
  std::string id;  // 1..64 characters [a-z0-9-], unique in the list
  std::optional<RelationshipId> relationship_id{};  // none: every relationship
  Lane lane = Lane::routine;                        // routine or logistics
  Direction direction = Direction::to_therapist;
  Instant from{};
  Instant until{};  // at most kOpeningMax after `from`
  // 0: any message. Else only messages accepted under this version or an earlier one, so never one
  // that is offered by its sender now; always so with kept_promise.
  std::uint64_t accepted_through_version = 0;
  OpeningReason reason = OpeningReason::other;

  friend bool operator==(const Opening&, const Opening&) = default;
};

struct Limits {
  std::uint32_t max_hold_hours = 0;    // 1..kMaxHoldHoursMax; 0: kMaxHoldDefault
  std::uint32_t reply_time_hours = 0;  // told to senders at present; 0: unstated

  friend bool operator==(const Limits&, const Limits&) = default;
};

enum class UrgentReader : std::uint8_t { own_therapist, on_call_colleague, supervisor };

// What the contact agreement binds, beside the hours themselves. Read by the agreement's text; no
// decision here depends on it.
struct Terms {
  std::vector<Lane> lanes{};           // offered to the client; each at most once
  std::uint32_t reply_time_hours = 0;  // the answer that is promised; 0: no promise
  std::uint32_t retention_days = 0;    // 0: unstated
  bool lane_pause_allowed = false;
  std::uint32_t hours_notice_days = 0;         // notice before fewer hours take effect
  std::vector<UrgentReader> urgent_readers{};  // each at most once

  friend bool operator==(const Terms&, const Terms&) = default;
};

// One immutable version of a policy. Copying a policy and changing the copy is how the next version
// begins.
struct Policy {
  std::uint64_t version = 0;  // set by the store, rising; 0 is a policy that was never stored
  std::string zone;           // IANA name, "Europe/London"
  std::vector<WeeklyWindow> windows;
  std::vector<DatedException> exceptions;
  std::vector<Travel> travels{};
  std::vector<RelationshipRules> relationship_rules{};
  std::vector<Closure> closures{};
  std::vector<Opening> openings{};
  Limits limits{};
  Terms terms{};

  friend bool operator==(const Policy&, const Policy&) = default;
};

// The longest that a new message of this policy's relationships may be held.
[[nodiscard]] std::chrono::hours max_hold(const Policy& policy);

// Seven windows that keep one lane and direction open all week: for a side that sets itself no
// hours.
[[nodiscard]] std::vector<WeeklyWindow> open_all_week(Lane lane, Direction direction);

// Bounds, all ours. Seven windows a day and one to spare is more than any practice's week; a
// thousand exceptions is three closed days a day for a year; the span cap keeps a compiled policy
// under a megabyte.
inline constexpr std::size_t kWindowsMax = 50;  // for each lane and direction
inline constexpr std::size_t kExceptionsMax = 1000;
inline constexpr std::size_t kExceptionSpansMax =
    4000;  // spans of all exceptions in all years; one with a part has one for each day
inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr int kFirstYear = 2000;
inline constexpr int kLastYear = 2037;  // the system's zone files list no clock change after it
inline constexpr std::chrono::days kYearlyMax{365};  // a longer one would meet itself
// Septuagesima to Corpus Christi and a few days more; stays inside Easter's own year.
inline constexpr std::int32_t kEasterOffsetMax = 70;
inline constexpr std::uint32_t kMoveableDaysMax = 31;  // a month of fasting is the longest
inline constexpr std::size_t kTravelsMax = 64;         // more than one journey a week for a year
inline constexpr std::size_t kRelationshipRulesMax = 256;  // more clients than one person sees
inline constexpr std::size_t kClosuresMax = 32;            // expired ones leave the next version
inline constexpr std::size_t kOpeningsInPolicyMax = 128;   // likewise
inline constexpr std::chrono::days kOpeningMax{14};        // longer is a change of the windows
inline constexpr std::chrono::hours kMaxHoldDefault{96};   // a long weekend
inline constexpr std::uint32_t kMaxHoldHoursMax = 960;     // 40 days, under the queue's life
inline constexpr std::uint32_t kReplyTimeHoursMax = 720;   // a month
inline constexpr std::uint32_t kRetentionDaysMax = 36'500;
inline constexpr std::uint32_t kHoursNoticeDaysMax = 90;

}  // namespace holdspace::boundary
