// See zone_database.hpp.
#include "boundary/zone_database.hpp"

#include <date/tz.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

namespace holdspace::boundary {

namespace {

constexpr const char* kSystemFolder = "/usr/share/zoneinfo";
constexpr const char* kFolderVariable = "HOLDSPACE_ZONEINFO";
// Climbs from the system's folder to the root, however deep that lies; more steps do no harm there.
constexpr const char* kToRoot = "../../../../../../../../../../../../";

// Empty: the system's.
const std::string& chosen_folder() {
  static const std::string folder = [] {
    const char* const named = std::getenv(kFolderVariable);
    return named == nullptr ? std::string() : std::string(named);
  }();
  return folder;
}

std::filesystem::path folder_in_use() {
  return chosen_folder().empty() ? std::filesystem::path(kSystemFolder)
                                 : std::filesystem::path(chosen_folder());
}

bool is_zone_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '/';
}

// What the library has to be told in front of a zone's name. It reads zones by their path below the
// system's folder alone, so another folder is reached by a path that climbs out of it.
const std::string& chosen_path() {
  static const std::string path =
      kToRoot + std::filesystem::absolute(chosen_folder()).relative_path().string() + "/";
  return path;
}

bool is_compiled_zone(const std::filesystem::path& file) {
  constexpr std::string_view kMagic = "TZif";
  if (!std::filesystem::is_regular_file(file)) return false;
  std::string magic(kMagic.size(), '\0');
  std::ifstream stream(file, std::ios::binary);
  return stream.read(magic.data(), static_cast<std::streamsize>(magic.size())) && magic == kMagic;
}

// The zones of a chosen folder.
class ChosenZones {
 public:
  const date::time_zone* find(std::string_view name) {
    const bool well_spelled =
        name.front() != '/' && std::all_of(name.begin(), name.end(), is_zone_letter);
    if (!well_spelled) return nullptr;
    const std::scoped_lock lock(mutex_);
    const auto known = zones_.find(name);
    if (known != zones_.end()) return known->second;
    // What is not there is not remembered: names come from outside, and there is no end of them.
    if (!is_compiled_zone(folder_in_use() / name)) return nullptr;
    return zones_.emplace(std::string(name), read(name)).first->second;
  }

 private:
  static const date::time_zone* read(std::string_view name) {
    // Never deleted: a Zone points to it, and the library keeps its destructor to itself.
    auto* const zone =
        new date::time_zone(chosen_path() + std::string(name), date::detail::undocumented{});
    static_cast<void>(zone->get_info(date::sys_seconds{}));
    return zone;
  }

  std::mutex mutex_;
  std::map<std::string, const date::time_zone*, std::less<>> zones_;
};

}  // namespace

const date::time_zone* find_zone(std::string_view name) {
  if (!chosen_folder().empty()) {
    static ChosenZones zones;
    return zones.find(name);
  }
  static_cast<void>(
      date::get_tzdb());  // throws when there is none, which is another fault than a bad name
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

std::string_view zone_name(const date::time_zone& zone) {
  std::string_view name = zone.name();
  if (!chosen_folder().empty()) name.remove_prefix(chosen_path().size());
  return name;
}

const std::string& database_version() {
  // The library's own field stays "unknown" on systems that keep the release only in this file's
  // first line.
  static const std::string version = [] {
    constexpr std::string_view kPrefix = "# version ";
    std::ifstream file(folder_in_use() / "tzdata.zi");
    std::string line;
    if (std::getline(file, line) && line.starts_with(kPrefix)) return line.substr(kPrefix.size());
    return chosen_folder().empty() ? date::get_tzdb().version : std::string("unknown");
  }();
  return version;
}

void read_every_zone() {
  static_cast<void>(database_version());
  if (chosen_folder().empty()) {
    for (const auto& zone : date::get_tzdb().zones)
      static_cast<void>(zone.get_info(date::sys_seconds{}));
    return;
  }
  const auto folder = folder_in_use();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      static_cast<void>(find_zone(std::filesystem::relative(entry, folder).string()));
}

}  // namespace holdspace::boundary
