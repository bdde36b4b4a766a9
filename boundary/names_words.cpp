// The words for people in names.hpp, and everything about the rules of a policy.
#include <cassert>

#include "boundary/names.hpp"

namespace holdspace::boundary {

namespace {

struct RuleText {
  std::string_view name;
  std::string_view words;
};

RuleText text_of(PolicyRule rule) {
  switch (rule) {
    case PolicyRule::zone_unknown:
      return {"zone_unknown", "this is not a known time zone; use a name such as Europe/London"};
    case PolicyRule::too_many_windows:
      return {"too_many_windows", "there can be at most 50 windows for one lane and direction"};
    case PolicyRule::urgent_has_no_windows:
      return {"urgent_has_no_windows", "the urgent lane has no hours: nothing can open or shut it"};
    case PolicyRule::weekday_invalid:
      return {"weekday_invalid", "this is not a day of the week"};
    case PolicyRule::start_out_of_range:
      return {"start_out_of_range", "the start must be between 00:00 and 23:59"};
    case PolicyRule::end_not_after_start:
      return {"end_not_after_start", "the end must be later than the start"};
    case PolicyRule::window_too_long:
      return {"window_too_long", "a window can last at most 24 hours"};
    case PolicyRule::windows_overlap:
      return {"windows_overlap", "two windows of the same lane and direction must not overlap"};
    case PolicyRule::too_many_exceptions:
      return {"too_many_exceptions", "there can be at most 1000 exceptions"};
    case PolicyRule::id_malformed:
      return {"id_malformed", "a name has 1 to 64 characters: a-z, 0-9 and -"};
    case PolicyRule::id_duplicate:
      return {"id_duplicate", "each one in a list needs a name of its own"};
    case PolicyRule::exception_dates_reversed:
      return {"exception_dates_reversed",
              "the first day after the exception must come after its first day"};
    case PolicyRule::exception_date_out_of_range:
      return {"exception_date_out_of_range", "dates must be in the years 2000 to 2037"};
    case PolicyRule::too_many_exception_spans:
      return {"too_many_exception_spans",
              "exceptions with hours or that come every year can cover at most 4000 spans in all"};
    case PolicyRule::listed_twice:
      return {"listed_twice", "each one can be listed once"};
    case PolicyRule::lifts_needs_open:
      return {"lifts_needs_open", "only an open exception can lift another"};
    case PolicyRule::lifts_unknown:
      return {"lifts_unknown", "no exception has this name"};
    case PolicyRule::lifts_not_closed:
      return {"lifts_not_closed", "only a closed exception can be lifted"};
    case PolicyRule::yearly_too_long:
      return {"yearly_too_long", "an exception that comes every year can last at most 365 days"};
    case PolicyRule::leap_day_unanswered:
      return {"leap_day_unanswered",
              "29 February is missing in most years: choose 28 February or skip"};
    case PolicyRule::leap_day_needless:
      return {"leap_day_needless",
              "this choice is for exceptions that begin on 29 February of every year"};
    case PolicyRule::moveable_has_dates:
      return {"moveable_has_dates",
              "a moveable holiday has its dates from its rule and comes every year by itself"};
    case PolicyRule::easter_offset_out_of_range:
      return {"easter_offset_out_of_range", "a day can be at most 70 days from Easter Sunday"};
    case PolicyRule::month_out_of_range:
      return {"month_out_of_range", "the month must be 1 to 12"};
    case PolicyRule::nth_out_of_range:
      return {"nth_out_of_range", "the place in the month must be 1 to 5, or -1 for the last"};
    case PolicyRule::moveable_days_out_of_range:
      return {"moveable_days_out_of_range", "a moveable holiday can last 1 to 31 days"};
    case PolicyRule::cover_needs_closed:
      return {"cover_needs_closed", "only a closing can name a colleague"};
    case PolicyRule::instant_out_of_range:
      return {"instant_out_of_range", "instants must be in the years 2000 to 2037"};
    case PolicyRule::until_not_after_from:
      return {"until_not_after_from", "the end must be later than the beginning"};
    case PolicyRule::too_many_travels:
      return {"too_many_travels", "there can be at most 64 journeys"};
    case PolicyRule::travels_overlap:
      return {"travels_overlap", "two journeys must not overlap"};
    case PolicyRule::too_many_relationship_rules:
      return {"too_many_relationship_rules",
              "there can be at most 256 relationships with windows of their own"};
    case PolicyRule::relationship_listed_twice:
      return {"relationship_listed_twice",
              "each relationship can have one list of windows of its own"};
    case PolicyRule::relationship_without_windows:
      return {"relationship_without_windows",
              "a list of windows for one relationship needs at least one window"};
    case PolicyRule::too_many_closures:
      return {"too_many_closures", "there can be at most 32 emergency closures"};
    case PolicyRule::too_many_openings:
      return {"too_many_openings", "there can be at most 128 openings"};
    case PolicyRule::opening_too_long:
      return {"opening_too_long",
              "an opening can last at most 14 days; for longer, change the windows"};
    case PolicyRule::kept_promise_without_version:
      return {"kept_promise_without_version",
              "a kept promise must say for which version it was made"};
    case PolicyRule::max_hold_out_of_range:
      return {"max_hold_out_of_range", "a message can be held for at most 960 hours"};
    case PolicyRule::reply_time_out_of_range:
      return {"reply_time_out_of_range", "a reply time can be at most 720 hours"};
    case PolicyRule::retention_out_of_range:
      return {"retention_out_of_range", "a retention time can be at most 36500 days"};
    case PolicyRule::hours_notice_out_of_range:
      return {"hours_notice_out_of_range", "a notice can be at most 90 days"};
  }
  assert(false && "value outside its enum");
  return {"?", "?"};
}

}  // namespace

std::string_view name(PolicyRule rule) {
  return text_of(rule).name;
}

std::string_view describe(PolicyRule rule) {
  return text_of(rule).words;
}

std::string describe(const PolicyError& error) {
  std::string text = error.field + ": " + std::string(describe(error.rule));
  if (!error.other.empty()) {
    text += " (see " + error.other + ")";
  }
  return text;
}

std::string_view describe(Reason reason) {
  switch (reason) {
    case Reason::same_account_copy:
      return "A copy for your own devices.";
    case Reason::inside_opening:
      return "Messages pass at this time because it was opened for them.";
    case Reason::inside_window:
      return "Messages pass at this time.";
    case Reason::inside_open_exception:
      return "Messages pass at this time by a special opening.";
    case Reason::emergency_closure:
      return "There is an unplanned closure. The message is kept safe until it ends.";
    case Reason::lane_paused:
      return "You both agreed to pause these messages. This one is kept safe until the pause ends.";
    case Reason::outside_client_hours:
      return "The other person has quiet hours. The message is kept safe until they end.";
    case Reason::outside_windows:
      return "These are quiet hours. The message is kept safe until they end.";
    case Reason::closed_exception:
      return "This is time away. The message is kept safe until it ends.";
    case Reason::no_opening_in_horizon:
      return "No opening is planned. The message is kept safe until one is.";
    case Reason::closed_too_long:
      return "The next opening is too far away for a message to wait. It was not sent.";
    case Reason::covered:
      return "The next opening is too far away for a message to wait. It was not sent. A colleague "
             "is there for you in this time.";
    case Reason::urgent_unavailable:
      return "Nobody is on call for urgent messages. It was not sent. Please use the crisis card.";
    case Reason::relationship_invited:
      return "The agreement is not in force yet, so messages cannot be sent.";
    case Reason::relationship_paused:
      return "The work is paused. Messages about appointments can still be sent.";
    case Reason::relationship_ending:
      return "The work is ending. Messages about appointments can still be sent.";
    case Reason::relationship_ended:
    case Reason::relationship_severed:
      return "The work has ended, so messages cannot be sent.";
  }
  assert(false && "value outside its enum");
  return "?";
}

}  // namespace holdspace::boundary
