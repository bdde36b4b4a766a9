#include "client/cli/policy_gaps.hpp"

#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "boundary/names.hpp"
#include "client/cli/display.hpp"
#include "client/clock.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

using boundary::Gap;
using Json = nlohmann::ordered_json;

// Ours: a person reads them; `policy coverage` lists the others.
constexpr std::size_t kGapsShownMax = 10;

void list(const std::vector<Gap>& gaps) {
  for (std::size_t i = 0; i < gaps.size() && i < kGapsShownMax; ++i)
    std::cerr << "  " << boundary::describe(gaps[i], viewer_zone()) << '\n';
  if (gaps.size() > kGapsShownMax)
    std::cerr << "  ... and " << gaps.size() - kGapsShownMax << " times more.\n";
}

// A week comes again: the first of each lane, and how many there are.
void list_by_lane(const std::vector<Gap>& gaps) {
  for (const auto lane : {boundary::Lane::routine, boundary::Lane::logistics}) {
    const Gap* first = nullptr;
    std::size_t others = 0;
    for (const auto& gap : gaps) {
      if (gap.lane != lane) continue;
      if (first != nullptr) ++others;
      if (first == nullptr) first = &gap;
    }
    if (first == nullptr) continue;
    std::cerr << "  " << boundary::describe(*first, viewer_zone()) << '\n';
    if (others != 0) std::cerr << "  ... and " << others << " times more in 400 days.\n";
  }
}

void append(const std::vector<Gap>& gaps, std::string_view by, Json& rows) {
  for (const auto& gap : gaps)
    rows.push_back({{"lane", boundary::name(gap.lane)},
                    {"from", format_utc(gap.when.from)},
                    {"until", format_utc(gap.when.until)},
                    {"by", by}});
}

}  // namespace

client::Gaps gaps_from_now(const v1::Policy& policy) {
  const auto gate = client::compile_policy_file(policy);
  return gate.has_value() ? client::find_gaps(*gate, client::now()) : client::Gaps{};
}

void warn(const Globals& globals, const client::Gaps& gaps) {
  if (globals.output == Output::json || gaps.none()) return;
  if (!gaps.of_closings.empty()) {
    std::cerr << "Because of a closing that is longer than messages may wait:\n";
    list(gaps.of_closings);
  }
  if (!gaps.of_the_week.empty()) {
    std::cerr << "In the ordinary week:\n";
    list_by_lane(gaps.of_the_week);
  }
  for (std::size_t i = 0; i < gaps.skipped_windows.size() && i < kGapsShownMax; ++i)
    std::cerr << "The clocks jump over the window " << gaps.skipped_windows[i] << ".\n";
}

Json refusals_row(const client::Gaps& gaps) {
  auto rows = Json::array();
  append(gaps.of_closings, "a_closing", rows);
  append(gaps.of_the_week, "the_week", rows);
  return rows;
}

std::optional<std::string> missing_word(const client::Gaps& gaps, bool accepted) {
  if (accepted || gaps.of_closings.empty()) return std::nullopt;
  return "nothing was saved: " + boundary::describe(gaps.of_closings.front(), viewer_zone()) +
         " Name a colleague for that time (coverAccountId of a closing), or say --accept-refusals";
}

}  // namespace holdspace::cli
