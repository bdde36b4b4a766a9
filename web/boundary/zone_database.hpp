// What a page hands in before it asks anything: the rules of the zones that its policies name, and
// the release of the database that they come from. Zone (boundary/time.hpp) finds them here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace holdspace::web {

// At most this many zones are kept. Ours: three times what the database has, so that no page grows
// without end.
inline constexpr std::size_t kZonesMax = 2000;

enum class ZoneAdded : std::uint8_t {
  added,
  already_there,  // the rules that were given first stay: a Zone never changes
  bad_name,       // empty, longer than 64 bytes, or "localtime"
  bad_rules,      // not a TZif file
  too_many,       // kZonesMax are there
};

// `tzif`: a file of the system's database (RFC 8536), as the gateway's machine has it.
[[nodiscard]] ZoneAdded add_zone(std::string_view name, std::span<const std::uint8_t> tzif);

// "2026b". Until it is called, boundary::tzdb_version() is "unknown".
void set_tzdb_version(std::string_view version);

}  // namespace holdspace::web
