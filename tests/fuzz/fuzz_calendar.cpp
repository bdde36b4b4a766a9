// A calendar file. Whatever is taken is within its bounds, makes exceptions that a policy accepts,
// says no word of the file, and comes out the same twice.
#include <cstdlib>

#include "boundary/policy.hpp"
#include "client/calendar/exceptions.hpp"
#include "client/calendar/import.hpp"

namespace holdspace::client::calendar {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_exception(const v1::Exception& exception) {
  const auto from = boundary::parse_date(exception.from_date());
  const auto until = boundary::parse_date(exception.until_date());
  check(from && until && *from < *until);
  check(exception.kind() == v1::Exception::CLOSED);
  check(exception.id().size() <= boundary::kExceptionIdBytesMax);
  check(exception.has_start_minute() == exception.has_end_minute());
  if (!exception.has_start_minute()) return;
  check(exception.start_minute() < boundary::kMinutesPerDay);
  check(exception.start_minute() < exception.end_minute());
  check(exception.end_minute() <= exception.start_minute() + boundary::kMinutesPerDay);
}

void run(std::string_view bytes) {
  static const ImportOptions options{*boundary::Zone::locate("America/New_York"),
                                     *boundary::parse_date("2026-03-01"), kHorizonMax, "busy"};
  const auto imported = parse_calendar(bytes, options);
  if (!imported.has_value()) {
    check(!describe(imported.error()).empty());
    return;
  }
  check(imported->instances <= kInstancesMax && imported->events <= kEventsMax);
  for (const auto& exception : imported->exceptions) check_exception(exception);
  v1::Policy policy;
  const auto first = replace_imported(policy, imported->exceptions, options.id_prefix);
  check(first.added.size() == imported->exceptions.size());
  const auto again = replace_imported(policy, imported->exceptions, options.id_prefix);
  check(again.unchanged == first.added && again.added.empty() && again.removed.empty());
}

}  // namespace
}  // namespace holdspace::client::calendar

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::client::calendar::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
