// Where time zones are read: the system's folder of compiled zones, or another one that the
// environment names. The zones and the name of their release come from the same folder. Internal to
// boundary/; others use time.hpp.
#pragma once

#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace holdspace::boundary {

// The zone of exactly this name, or null; it lives as long as the process. Throws
// std::runtime_error when there is no database at all. Any thread.
[[nodiscard]] const date::time_zone* find_zone(std::string_view name);

// The name that it was found by.
[[nodiscard]] std::string_view zone_name(const date::time_zone& zone);

// The name of the release, "2026b", or "unknown". Read at the first call. Any thread.
[[nodiscard]] const std::string& database_version();

// Reads every zone, so that a folder which is changed later changes nothing in this process.
void read_every_zone();

}  // namespace holdspace::boundary
