// The wall of one zone, from a TZif file (RFC 8536): plain arithmetic, no names and no database. A
// file comes over the network, so every count is checked against the bytes that are there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace holdspace::web {

// Immutable. It says what boundary/zone_system.cpp says of the same file, whose library ignores the
// rule for later years in the footer: after the last change that the file lists, the wall stays as
// it is for ever. A preview must say what the gate will do, so the footer is not read here either.
class TzifWall {
 public:
  // None: the bytes are no TZif file, hold a leap second, which no wall here has, or an offset of a
  // day or more.
  [[nodiscard]] static std::optional<TzifWall> read(std::span<const std::uint8_t> file);

  // How far the wall is ahead of UTC at `at`.
  [[nodiscard]] std::chrono::seconds offset(std::chrono::sys_seconds at) const;

  // The first and the last instant at which the wall shows `wall` (since 1970-01-01 00:00 on it);
  // for a time that it never shows, the first instant after the gap.
  [[nodiscard]] std::chrono::sys_seconds earliest(std::chrono::seconds wall) const;
  [[nodiscard]] std::chrono::sys_seconds latest(std::chrono::seconds wall) const;

 private:
  // From `from` until the next stretch begins, the wall is `offset` ahead of UTC.
  struct Stretch {
    std::chrono::sys_seconds from;
    std::chrono::seconds offset;
  };
  // The bytes of one block behind its header.
  struct Block;
  using Stretches = std::vector<Stretch>;

  explicit TzifWall(Stretches stretches) : stretches_(std::move(stretches)) {}
  [[nodiscard]] static std::optional<TzifWall> read_block(const Block& block);
  [[nodiscard]] Stretches::const_iterator first_after(std::chrono::sys_seconds at) const;
  [[nodiscard]] std::chrono::sys_seconds find(std::chrono::seconds wall, bool last) const;

  // In order of time, never empty; the first begins before everything. Neighbours have different
  // offsets.
  Stretches stretches_;
};

}  // namespace holdspace::web
