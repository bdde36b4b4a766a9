// `policy import`: closed exceptions from the busy times of a calendar file.
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/calendar/exceptions.hpp"
#include "client/calendar/import.hpp"
#include "client/cli/command.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/clock.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
namespace calendar = client::calendar;
using client::Failure;
using client::FailureKind;

// What the import did, for the report.
struct Done {
  calendar::ImportedCalendar imported;
  calendar::Replacement replacement;
  boundary::LocalDate from{};
  boundary::LocalDate until{};
};

Failure bad(const std::string& text) {
  return {FailureKind::bad_input, text, {}};
}

// Each reason with its number, in the order of a report.
std::vector<std::pair<std::string, std::size_t>> reasons(const calendar::SkippedEvents& skipped) {
  return {{"cancelled", skipped.cancelled},
          {"shown as free", skipped.transparent},
          {"without length", skipped.without_length},
          {"outside these days", skipped.outside},
          {"not events", skipped.others}};
}

void print_ids(const std::string& what, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  std::cerr << what << ' ' << ids.size() << ":\n";
  for (const auto& id : ids) std::cerr << "  " << id << '\n';
}

// On standard error, so that the policy can be all of standard output.
void print_for_person(const Done& done, const v1::Policy& policy,
                      const ImportCalendarOptions& options) {
  std::cerr << done.imported.events << " events, " << done.imported.instances << " busy times from "
            << boundary::format_date(done.from) << " to before "
            << boundary::format_date(done.until) << " (" << policy.zone() << ").\n";
  print_ids("Added", done.replacement.added);
  print_ids("Removed", done.replacement.removed);
  print_ids("Changed by hand, so left alone", done.replacement.kept);
  std::cerr << "Unchanged " << done.replacement.unchanged.size() << ".\n";
  for (const auto& [reason, number] : reasons(done.imported.skipped))
    if (number != 0) std::cerr << "Skipped " << number << ": " << reason << ".\n";
  if (options.out.empty())
    std::cout << client::format_policy_file(policy);
  else
    std::cerr << "Written to " << options.out.string()
              << ". Use `holdspace policy apply` to put it in force.\n";
}

void print_json(const Done& done, const v1::Policy& policy, const ImportCalendarOptions& options) {
  nlohmann::ordered_json line;
  line["events"] = done.imported.events;
  line["instances"] = done.imported.instances;
  line["from"] = boundary::format_date(done.from);
  line["until"] = boundary::format_date(done.until);
  line["added"] = done.replacement.added;
  line["removed"] = done.replacement.removed;
  line["kept"] = done.replacement.kept;
  line["unchanged"] = done.replacement.unchanged.size();
  const auto& skipped = done.imported.skipped;
  line["skipped"] = {{"cancelled", skipped.cancelled},
                     {"transparent", skipped.transparent},
                     {"without_length", skipped.without_length},
                     {"outside", skipped.outside},
                     {"others", skipped.others}};
  if (options.out.empty())
    line["policy"] = nlohmann::ordered_json::parse(client::format_policy_file(policy));
  else
    line["file"] = options.out.string();
  std::cout << line.dump() << '\n';
}

boost::system::result<Done, Failure> merge(const ImportCalendarOptions& options,
                                           std::string_view bytes, v1::Policy& policy) {
  const auto zone = boundary::Zone::locate(policy.zone());
  if (!zone.has_value()) return bad("the policy's zone is not a known time zone");
  const auto today = std::chrono::floor<std::chrono::days>(zone->to_local(client::now()));
  const auto from =
      options.from.empty() ? std::optional(today) : boundary::parse_date(options.from);
  if (!from) return bad("--from is a day, YYYY-MM-DD");
  const calendar::ImportOptions import{*zone, *from, std::chrono::days(options.days),
                                       options.id_prefix};
  auto imported = calendar::parse_calendar(bytes, import);
  if (!imported.has_value())
    return bad(options.calendar.string() + ": " + calendar::describe(imported.error()));
  Done done{std::move(*imported), {}, *from, *from + import.days};
  done.replacement =
      calendar::replace_imported(policy, done.imported.exceptions, options.id_prefix);
  // The rules that the gateway applies, such as the greatest number of exceptions.
  const auto checked =
      client::preview_policy_file(policy, {v1::ROUTINE, v1::TO_THERAPIST, client::now()});
  if (!checked.has_value()) return bad("the policy with this calendar: " + checked.error().text);
  return done;
}

int finish(const Globals& globals, const ImportCalendarOptions& options, std::string_view bytes,
           v1::Policy policy) {
  const auto done = merge(options, bytes, policy);
  if (!done.has_value()) return fail(globals, done.error());
  if (!options.out.empty() && !write_policy(options.out, policy))
    return fail(globals, bad(options.out.string() + " cannot be written"));
  if (globals.output == Output::json)
    print_json(*done, policy, options);
  else
    print_for_person(*done, policy, options);
  return kOk;
}

asio::awaitable<int> into_policy_in_force(client::Client& device, Globals globals,
                                          ImportCalendarOptions options, std::string bytes) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  v1::FetchPolicy own;
  const auto reply = co_await device.fetch_policy(std::move(own));
  co_await device.disconnect();
  if (!reply.has_value()) co_return fail(globals, reply.error());
  if (!reply->has_policy())
    co_return fail(globals, bad("no policy was applied yet; write one and name it by --policy"));
  co_return finish(globals, options, bytes, reply->policy());
}

}  // namespace

int policy_import(const Globals& globals, const ImportCalendarOptions& options) {
  if (!calendar::is_id_prefix(options.id_prefix))
    return fail_usage(globals, "--id-prefix is 1 to 24 characters of a-z, 0-9 and -");
  if (!options.from.empty() && !boundary::parse_date(options.from))
    return fail_usage(globals, "--from is a day, YYYY-MM-DD");
  // One byte more, so that the import itself says what is too large.
  const auto bytes = read_file(options.calendar, calendar::kCalendarBytesMax + 1);
  if (!bytes)
    return fail(globals, bad(options.calendar.string() + " cannot be read, or is over 256 KiB"));
  if (options.policy.empty())
    return with_client(globals, {}, [&](client::Client& device) {
      return into_policy_in_force(device, globals, options, *bytes);
    });
  const auto policy = read_policy(options.policy);
  if (!policy.has_value()) return fail(globals, policy.error());
  return finish(globals, options, *bytes, *policy);
}

}  // namespace holdspace::cli
