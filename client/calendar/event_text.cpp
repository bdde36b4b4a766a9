#include "client/calendar/event_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "client/utf8.hpp"

namespace holdspace::client::calendar {
namespace {

using boost::system::result;

constexpr std::array<std::string_view, 11> kKept = {
    "DTSTART", "DTEND",         "DURATION", "RRULE",  "RDATE", "EXDATE",
    "EXRULE",  "RECURRENCE-ID", "STATUS",   "TRANSP", "UID"};

std::string_view words_for(CalendarProblem problem) {
  switch (problem) {
    case CalendarProblem::too_large:
      return "the calendar is larger than 256 KiB";
    case CalendarProblem::line_too_long:
      return "the line is longer than 8 KiB";
    case CalendarProblem::not_utf8:
      return "this is not UTF-8 text";
    case CalendarProblem::malformed:
      return "this is not what an iCalendar file (RFC 5545) says there";
    case CalendarProblem::nested_too_deep:
      return "components are nested more than 4 deep";
    case CalendarProblem::too_many_events:
      return "there are more than 2000 events";
    case CalendarProblem::too_many_instances:
      return "there are more than 5000 busy times; ask for fewer days";
    case CalendarProblem::too_much_work:
      return "the rules take too long to work out";
    case CalendarProblem::zone_unknown:
      return "the time zone is not a name such as Europe/London";
    case CalendarProblem::bad_duration:
      return "it ends before it starts, or lasts more than 400 days";
    case CalendarProblem::repeats_within_day:
      return "it repeats by the hour, minute or second";
    case CalendarProblem::unsupported:
      return "this way of repeating or this kind of calendar is not understood";
    case CalendarProblem::duplicate_event:
      return "an earlier event has the same UID";
  }
  return "unknown";
}

// Content lines, unfolded: a break before a space or tab belongs to the line before it.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : rest_(bytes) {}

  // Where the line begins, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }

  // The next line in `text`; false at the end.
  result<bool, CalendarError> next(std::string& text) {
    text.clear();
    if (rest_.empty()) return false;
    number_ = read_;
    do {
      const auto physical = take();
      if (physical.size() > kLineBytesMax)
        return CalendarError{CalendarProblem::line_too_long, read_ - 1, {}};
      text += read_ - 1 == number_ ? physical : physical.substr(1);
    } while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'));
    // After unfolding, because old programs fold in the middle of a character.
    if (!is_utf8(text)) return CalendarError{CalendarProblem::not_utf8, number_, {}};
    return true;
  }

 private:
  std::string_view take() {
    const auto end = rest_.find('\n');
    auto line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++read_;
    return line;
  }

  std::string_view rest_;
  std::size_t read_ = 1;
  std::size_t number_ = 1;
};

// Nothing when there is no name or no colon outside quotes.
std::optional<ContentLine> split(std::string_view text, std::size_t number) {
  const auto name_end = text.find_first_of(";:");
  if (name_end == std::string_view::npos || name_end == 0) return std::nullopt;
  bool quoted = false;
  auto colon = name_end;
  while (colon < text.size() && (quoted || text[colon] != ':')) quoted ^= text[colon++] == '"';
  if (colon == text.size()) return std::nullopt;
  return ContentLine{number, capitals(text.substr(0, name_end)),
                     std::string(text.substr(name_end, colon - name_end)),
                     std::string(text.substr(colon + 1))};
}

class Reader {
 public:
  result<CalendarText, CalendarError> read(std::string_view bytes) {
    Lines lines(bytes);
    std::string text;
    for (;;) {
      const auto more = lines.next(text);
      if (!more.has_value()) return more.error();
      if (!*more) break;
      if (text.empty()) continue;
      auto line = split(text, lines.number());
      if (!line) return CalendarError{CalendarProblem::malformed, lines.number(), {}};
      const auto taken = take(std::move(*line), text.size());
      if (!taken.has_value()) return taken.error();
    }
    if (!open_.empty() || !any_)
      return CalendarError{CalendarProblem::malformed, lines.number(), {}};
    return std::move(out_);
  }

 private:
  result<void, CalendarError> take(ContentLine line, std::size_t bytes) {
    if (line.name == "BEGIN") return begin(line);
    if (line.name == "END") return end(line);
    if (open_.empty()) return CalendarError{CalendarProblem::malformed, line.line, {}};
    if (open_.size() == 1) return check_calendar(line);
    const bool in_event = open_.size() == 2 && open_.back() == "VEVENT";
    if (!in_event || std::find(kKept.begin(), kKept.end(), line.name) == kKept.end()) return {};
    if (bytes > kLineBytesMax)
      return CalendarError{CalendarProblem::line_too_long, line.line, line.name};
    const bool control = std::any_of(line.value.begin(), line.value.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (control) return CalendarError{CalendarProblem::malformed, line.line, line.name};
    out_.events.back().lines.push_back(std::move(line));
    return {};
  }

  result<void, CalendarError> begin(const ContentLine& line) {
    auto component = capitals(line.value);
    const bool calendar = component == "VCALENDAR";
    if (open_.size() == kNestingMax)
      return CalendarError{CalendarProblem::nested_too_deep, line.line, {}};
    if (!line.parameters.empty() || (open_.empty() && !calendar))
      return CalendarError{CalendarProblem::malformed, line.line, {}};
    if (component == "VEVENT") {
      if (open_.size() != 1 || open_.back() != "VCALENDAR")
        return CalendarError{CalendarProblem::malformed, line.line, {}};
      if (out_.events.size() == kEventsMax)
        return CalendarError{CalendarProblem::too_many_events, line.line, {}};
      out_.events.push_back({line.line, {}});
    } else if (open_.size() == 1 && component != "VTIMEZONE") {
      ++out_.others;
    }
    any_ = true;
    open_.push_back(std::move(component));
    return {};
  }

  result<void, CalendarError> end(const ContentLine& line) {
    if (open_.empty() || open_.back() != capitals(line.value))
      return CalendarError{CalendarProblem::malformed, line.line, {}};
    open_.pop_back();
    return {};
  }

  // A message that cancels or answers is not a calendar to take over; years other than Gregorian
  // ones would be read wrongly.
  static result<void, CalendarError> check_calendar(const ContentLine& line) {
    const auto value = capitals(line.value);
    const bool foreign = (line.name == "METHOD" && value != "PUBLISH" && value != "REQUEST") ||
                         (line.name == "CALSCALE" && value != "GREGORIAN");
    if (foreign) return CalendarError{CalendarProblem::unsupported, line.line, line.name};
    return {};
  }

  CalendarText out_;
  std::vector<std::string> open_;  // components begun and not ended; at most kNestingMax
  bool any_ = false;
};

}  // namespace

std::string capitals(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string describe(const CalendarError& error) {
  std::string where;
  if (error.line != 0) where = "line " + std::to_string(error.line);
  if (!error.field.empty()) where += (where.empty() ? "" : ", ") + error.field;
  return (where.empty() ? "" : where + ": ") + std::string(words_for(error.problem));
}

result<CalendarText, CalendarError> read_calendar_text(std::string_view bytes) {
  if (bytes.size() > kCalendarBytesMax) return CalendarError{CalendarProblem::too_large, 0, {}};
  if (bytes.find('\0') != std::string_view::npos)
    return CalendarError{CalendarProblem::not_utf8, 0, {}};
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return Reader().read(bytes);
}

}  // namespace holdspace::client::calendar
