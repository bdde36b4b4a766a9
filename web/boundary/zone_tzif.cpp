// Zones whose rules a page has handed in. See boundary/time.hpp and zone_database.hpp; the same
// answers as boundary/zone_system.cpp from the same files.
#include <map>
#include <memory>
#include <string>

#include "boundary/time.hpp"
#include "web/boundary/tzif.hpp"
#include "web/boundary/zone_database.hpp"

namespace holdspace::boundary {

class ZoneRules {
 public:
  std::string name;
  web::TzifWall wall;
};

namespace {

// A longer name is in no database; "localtime" is whatever a machine is set to.
constexpr std::size_t kZoneNameBytesMax = 64;
bool may_be_zone(std::string_view name) {
  return !name.empty() && name.size() <= kZoneNameBytesMax && name != "localtime";
}

// The module has one thread. Zones stay where they are: a Zone points to its rules.
struct Database {
  std::map<std::string, std::unique_ptr<const ZoneRules>, std::less<>> zones;
  std::string version = "unknown";
};

Database& database() {
  static Database database;
  return database;
}

}  // namespace

boost::system::result<Zone, ZoneError> Zone::locate(std::string_view name) {
  const auto found = database().zones.find(name);
  if (found == database().zones.end()) return ZoneError::unknown_name;
  return Zone(*found->second);
}

std::string_view Zone::name() const {
  return rules_->name;
}

Instant Zone::earliest(LocalMinute local) const {
  return rules_->wall.earliest(local.time_since_epoch());
}

Instant Zone::latest(LocalMinute local) const {
  return rules_->wall.latest(local.time_since_epoch());
}

std::chrono::seconds Zone::offset(Instant at) const {
  return rules_->wall.offset(std::chrono::floor<std::chrono::seconds>(at));
}

const std::string& tzdb_version() {
  return database().version;
}

}  // namespace holdspace::boundary

namespace holdspace::web {

using boundary::database;

ZoneAdded add_zone(std::string_view name, std::span<const std::uint8_t> tzif) {
  auto& zones = database().zones;
  if (!boundary::may_be_zone(name)) return ZoneAdded::bad_name;
  if (zones.contains(name)) return ZoneAdded::already_there;
  if (zones.size() >= kZonesMax) return ZoneAdded::too_many;
  auto wall = TzifWall::read(tzif);
  if (!wall) return ZoneAdded::bad_rules;
  boundary::ZoneRules rules{std::string(name), *std::move(wall)};
  zones.emplace(name, std::make_unique<const boundary::ZoneRules>(std::move(rules)));
  return ZoneAdded::added;
}

void set_tzdb_version(std::string_view version) {
  database().version = version;
}

}  // namespace holdspace::web
