// The functions that boundary.wasm exports. Arguments are addresses and lengths in the module's
// memory, which the page gets from malloc() and gives back with free(). One thread.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "boundary/time.hpp"
#include "web/boundary/calls.hpp"
#include "web/boundary/zone_database.hpp"

#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))

namespace boundary = holdspace::boundary;
namespace web = holdspace::web;

namespace {

// The bytes of the last answer, until the next call.
std::vector<std::uint8_t> answer;

// The answer's length; -1: the module's memory is full.
std::int32_t keep(web::Answer made) {
  if (!made) return -1;
  answer = std::move(*made);
  return static_cast<std::int32_t>(answer.size());
}

std::optional<boundary::Zone> find_zone(const char* name, std::size_t size) {
  const auto zone = boundary::Zone::locate({name, size});
  return zone.has_value() ? std::optional(*zone) : std::nullopt;
}

// No instant that a page can ask about: the page names its zone before it asks.
constexpr std::int64_t kNoZone = INT64_MIN;

}  // namespace

// 0 when the zone is there, else the enumerator of web::ZoneAdded.
EXPORTED(add_zone)
std::int32_t add_zone(const char* name, std::size_t name_size, const std::uint8_t* tzif,
                      std::size_t tzif_size) {
  return static_cast<std::int32_t>(web::add_zone({name, name_size}, {tzif, tzif_size}));
}

EXPORTED(set_tzdb_version)
void set_tzdb_version(const char* text, std::size_t size) {
  web::set_tzdb_version({text, size});
}

// Seconds that the wall is ahead of UTC at `at_ms`; kNoZone for a zone that was not added.
EXPORTED(zone_offset)
std::int64_t zone_offset(const char* name, std::size_t size, std::int64_t at_ms) {
  const auto zone = find_zone(name, size);
  return zone ? zone->offset(boundary::Instant(std::chrono::milliseconds(at_ms))).count() : kNoZone;
}

// The first and the last instant (ms since 1970 UTC) at which the wall shows `local` (minutes since
// 1970-01-01 00:00 on that wall); kNoZone for a zone that was not added.
EXPORTED(zone_earliest)
std::int64_t zone_earliest(const char* name, std::size_t size, std::int64_t local) {
  const auto zone = find_zone(name, size);
  const boundary::LocalMinute wall{std::chrono::minutes(local)};
  return zone ? zone->earliest(wall).time_since_epoch().count() : kNoZone;
}
EXPORTED(zone_latest)
std::int64_t zone_latest(const char* name, std::size_t size, std::int64_t local) {
  const auto zone = find_zone(name, size);
  const boundary::LocalMinute wall{std::chrono::minutes(local)};
  return zone ? zone->latest(wall).time_since_epoch().count() : kNoZone;
}

// A PreviewCall, a ChangesCall, a Policy in; the length of the Answer out, which lies at
// answer_address(). -1: the module's memory is full.
EXPORTED(preview) std::int32_t preview(const std::uint8_t* call, std::size_t size) {
  return keep(web::preview({call, size}));
}
EXPORTED(changes) std::int32_t changes(const std::uint8_t* call, std::size_t size) {
  return keep(web::changes({call, size}));
}
EXPORTED(validate) std::int32_t validate(const std::uint8_t* document, std::size_t size) {
  return keep(web::validate({document, size}));
}
EXPORTED(answer_address) const std::uint8_t* answer_address() {
  return answer.data();
}
