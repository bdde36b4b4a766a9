// Zones of the time-zone database of this machine, through HowardHinnant/date. See time.hpp; where
// they are read: zone_database.hpp.
#include <date/tz.h>

#include "boundary/time.hpp"
#include "boundary/zone_database.hpp"

namespace holdspace::boundary {

namespace {

// A longer name is in no database; the bound keeps hostile input out of the search and out of error
// texts.
constexpr std::size_t kZoneNameBytesMax = 64;

// A ZoneRules is the library's zone under the name that the header knows: the pointer goes out and
// comes back, and nothing is read through the other type.
const ZoneRules& to_rules(const date::time_zone& zone) {
  return reinterpret_cast<const ZoneRules&>(zone);
}
const date::time_zone& to_library(const ZoneRules& rules) {
  return reinterpret_cast<const date::time_zone&>(rules);
}

Instant to_instant(date::sys_seconds at) {
  return Instant{at.time_since_epoch()};
}

date::sys_seconds to_sys(Instant at) {
  return date::sys_seconds{std::chrono::floor<std::chrono::seconds>(at).time_since_epoch()};
}

enum class Choice : std::uint8_t { earliest, latest };

Instant resolve(const date::time_zone& zone, LocalMinute local, Choice choice) {
  const date::local_seconds wall{std::chrono::seconds{local.time_since_epoch()}};
  const date::local_info info = zone.get_info(wall);
  if (info.result == date::local_info::nonexistent) {
    return to_instant(info.first.end);
  }
  const bool second = info.result == date::local_info::ambiguous && choice == Choice::latest;
  const date::sys_info& side = second ? info.second : info.first;
  return Instant{wall.time_since_epoch() - side.offset};
}

}  // namespace

boost::system::result<Zone, ZoneError> Zone::locate(std::string_view name) {
  // "localtime" is whatever this machine is set to: not a zone that two people can agree on.
  if (name.empty() || name.size() > kZoneNameBytesMax || name == "localtime") {
    return ZoneError::unknown_name;
  }
  const auto* const zone = find_zone(name);
  if (zone == nullptr) return ZoneError::unknown_name;
  return Zone(to_rules(*zone));
}

std::string_view Zone::name() const {
  return zone_name(to_library(*rules_));
}

Instant Zone::earliest(LocalMinute local) const {
  return resolve(to_library(*rules_), local, Choice::earliest);
}

Instant Zone::latest(LocalMinute local) const {
  return resolve(to_library(*rules_), local, Choice::latest);
}

std::chrono::seconds Zone::offset(Instant at) const {
  return to_library(*rules_).get_info(to_sys(at)).offset;
}

const std::string& tzdb_version() {
  return database_version();
}

void read_time_zones() {
  read_every_zone();
}

}  // namespace holdspace::boundary
