#include "client/calendar/exceptions.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "boundary/policy.hpp"

namespace holdspace::client::calendar {
namespace {

using boundary::DayPart;
using boundary::kMinutesPerDay;
using boundary::LocalDate;
using std::chrono::days;

struct Closed {
  LocalDate from{};
  LocalDate until{};
  std::optional<DayPart> part;
};

std::string clock(std::uint32_t minute) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "-%02u%02u", minute / 60, minute % 60);
  return text.data();
}

v1::Exception to_exception(const Closed& closed, std::string_view id_prefix) {
  v1::Exception out;
  auto id = std::string(id_prefix) + "-" + boundary::format_date(closed.from);
  if (closed.until != closed.from + days(1)) id += "-to-" + boundary::format_date(closed.until);
  if (closed.part) id += clock(closed.part->start_minute) + clock(closed.part->end_minute);
  out.set_id(id);
  out.set_kind(v1::Exception::CLOSED);
  out.set_from_date(boundary::format_date(closed.from));
  out.set_until_date(boundary::format_date(closed.until));
  if (closed.part) {
    out.set_start_minute(closed.part->start_minute);
    out.set_end_minute(closed.part->end_minute);
  }
  return out;
}

std::vector<BusySpan> merged(std::vector<BusySpan> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const BusySpan& a, const BusySpan& b) { return a.from < b.from; });
  std::vector<BusySpan> out;
  for (const auto& span : spans) {
    if (!out.empty() && span.from <= out.back().until)
      out.back().until = std::max(out.back().until, span.until);
    else
      out.push_back(span);
  }
  return out;
}

std::uint32_t minutes_into(LocalDate day, boundary::LocalMinute at) {
  return static_cast<std::uint32_t>((at - boundary::LocalMinute(day)).count());
}

// A part of a day may run into the next one, but not for longer than a day: a longer span is the
// rest of its first day, whole days, and the beginning of its last.
void split(const BusySpan& span, std::vector<Closed>& out) {
  auto first = std::chrono::floor<days>(span.from);
  const auto last = std::chrono::floor<days>(span.until);
  const auto start = minutes_into(first, span.from);
  const auto end = minutes_into(first, span.until);
  if (end - start <= kMinutesPerDay && (start != 0 || end < kMinutesPerDay)) {
    out.push_back({first, first + days(1), DayPart{start, end}});
    return;
  }
  if (start != 0) {
    out.push_back({first, first + days(1), DayPart{start, kMinutesPerDay}});
    first += days(1);
  }
  if (first < last) out.push_back({first, last, std::nullopt});
  if (const auto rest = minutes_into(last, span.until); rest != 0)
    out.push_back({last, last + days(1), DayPart{0, rest}});
}

std::vector<Closed> joined(const std::vector<Closed>& pieces) {
  std::vector<Closed> out;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> latest;
  for (const auto& piece : pieces) {
    if (!piece.part) {
      out.push_back(piece);
      continue;
    }
    const auto [found, first] =
        latest.try_emplace({piece.part->start_minute, piece.part->end_minute}, out.size());
    if (!first && out[found->second].until == piece.from) {
      out[found->second].until = piece.until;
      continue;
    }
    found->second = out.size();
    out.push_back(piece);
  }
  return out;
}

bool says_what_its_id_says(const v1::Exception& exception, std::string_view id_prefix) {
  const auto from = boundary::parse_date(exception.from_date());
  const auto until = boundary::parse_date(exception.until_date());
  if (!from || !until) return false;
  Closed closed{*from, *until, {}};
  if (exception.has_start_minute())
    closed.part = DayPart{exception.start_minute(), exception.end_minute()};
  return to_exception(closed, id_prefix).SerializeAsString() == exception.SerializeAsString();
}

}  // namespace

bool is_id_prefix(std::string_view text) {
  return !text.empty() && text.size() <= kIdPrefixBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::vector<v1::Exception> to_exceptions(std::vector<BusySpan> spans, std::string_view id_prefix) {
  std::vector<Closed> pieces;
  for (const auto& span : merged(std::move(spans))) split(span, pieces);
  std::vector<v1::Exception> out;
  for (const auto& closed : joined(pieces)) out.push_back(to_exception(closed, id_prefix));
  return out;
}

Replacement replace_imported(v1::Policy& policy, const std::vector<v1::Exception>& imported,
                             std::string_view id_prefix) {
  Replacement out;
  std::map<std::string, const v1::Exception*> wanted;
  for (const auto& exception : imported) wanted.emplace(exception.id(), &exception);
  v1::Policy merged = policy;
  merged.clear_exceptions();
  for (const auto& exception : policy.exceptions()) {
    const bool ours = says_what_its_id_says(exception, id_prefix);
    const bool again = wanted.erase(exception.id()) != 0;
    if (ours && !again) {
      out.removed.push_back(exception.id());
      continue;
    }
    if (again) (ours ? out.unchanged : out.kept).push_back(exception.id());
    *merged.add_exceptions() = exception;
  }
  for (const auto& exception : imported) {
    if (wanted.find(exception.id()) == wanted.end()) continue;
    out.added.push_back(exception.id());
    *merged.add_exceptions() = exception;
  }
  policy = std::move(merged);
  return out;
}

}  // namespace holdspace::client::calendar
