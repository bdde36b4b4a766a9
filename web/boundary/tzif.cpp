// See tzif.hpp.
#include "web/boundary/tzif.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace holdspace::web {

using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kTypeBytes = 6;      // offset, whether it is summer time, abbreviation
constexpr std::chrono::days kFarthest{1};  // no wall is as far away from UTC

// Big-endian and signed; `bytes` has 4 or 8.
std::int64_t read_number(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = bytes[0] >= 0x80 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return static_cast<std::int64_t>(value);
}

struct WallType {
  seconds offset;
  bool summer;
};

}  // namespace

struct TzifWall::Block {
  std::size_t time_bytes;  // 4 in the first block, 8 in the second
  std::size_t changes;
  std::size_t types;
  std::size_t leap_seconds;
  std::span<const std::uint8_t> data;
  std::span<const std::uint8_t> rest;  // what follows the block

  // None: no header at the beginning of `file`, or one that promises more bytes than there are.
  static std::optional<Block> find(std::span<const std::uint8_t> file, std::size_t time_bytes) {
    constexpr std::uint8_t kMagic[] = {'T', 'Z', 'i', 'f'};
    if (file.size() < kHeaderBytes ||
        !std::equal(std::begin(kMagic), std::end(kMagic), file.begin()))
      return std::nullopt;
    const auto data = file.subspan(kHeaderBytes);
    // Six counts, each bounded by itself, so that their sum is whole.
    std::array<std::size_t, 6> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::int64_t count = read_number(file.subspan(20 + 4 * i, 4));
      if (count < 0 || static_cast<std::size_t>(count) > data.size()) return std::nullopt;
      counts[i] = static_cast<std::size_t>(count);
    }
    const auto [ut_flags, standard_flags, leap_seconds, changes, types, letters] = counts;
    const std::size_t size = changes * (time_bytes + 1) + types * kTypeBytes + letters +
                             leap_seconds * (time_bytes + 4) + standard_flags + ut_flags;
    if (size > data.size()) return std::nullopt;
    return Block{time_bytes, changes, types, leap_seconds, data.first(size), data.subspan(size)};
  }

  [[nodiscard]] sys_seconds time(std::size_t index) const {
    return sys_seconds(seconds(read_number(data.subspan(index * time_bytes, time_bytes))));
  }
  [[nodiscard]] std::size_t type_of(std::size_t index) const {
    return data[changes * time_bytes + index];
  }
  [[nodiscard]] WallType type(std::size_t index) const {
    const auto bytes = data.subspan(changes * (time_bytes + 1) + index * kTypeBytes, kTypeBytes);
    return {seconds(read_number(bytes.first(4))), bytes[4] != 0};
  }

  // Before the first change: the first type that is not summer time, as in the native library.
  [[nodiscard]] seconds first_offset() const {
    for (std::size_t i = 0; i < types; ++i)
      if (!type(i).summer) return type(i).offset;
    return type(0).offset;
  }
};

std::optional<TzifWall> TzifWall::read(std::span<const std::uint8_t> file) {
  const auto first = Block::find(file, 4);
  if (!first) return std::nullopt;
  const bool only_one = file[4] == 0;  // version 1: times of 32 bits alone
  if (only_one) return read_block(*first);
  const auto second = Block::find(first->rest, 8);
  return second ? read_block(*second) : std::nullopt;
}

std::optional<TzifWall> TzifWall::read_block(const Block& block) {
  if (block.types == 0 || block.leap_seconds != 0) return std::nullopt;
  for (std::size_t i = 0; i < block.types; ++i) {
    const seconds offset = block.type(i).offset;
    if (offset <= -kFarthest || offset >= kFarthest) return std::nullopt;
  }
  Stretches stretches{{sys_seconds::min(), block.first_offset()}};
  for (std::size_t i = 0; i < block.changes; ++i) {
    const sys_seconds at = block.time(i);
    if (block.type_of(i) >= block.types || at < stretches.back().from) return std::nullopt;
    const seconds offset = block.type(block.type_of(i)).offset;
    if (offset != stretches.back().offset) stretches.push_back({at, offset});
  }
  return TzifWall(std::move(stretches));
}

seconds TzifWall::offset(sys_seconds at) const {
  return std::prev(first_after(at))->offset;
}

sys_seconds TzifWall::earliest(seconds wall) const {
  return find(wall, false);
}

sys_seconds TzifWall::latest(seconds wall) const {
  return find(wall, true);
}

// Only the stretches within kFarthest of `wall` can show it. A time that none shows lies in the gap
// before the first stretch that begins too late for it.
sys_seconds TzifWall::find(seconds wall, bool last) const {
  const sys_seconds as_utc{wall};
  const auto end = first_after(as_utc + kFarthest);
  std::optional<sys_seconds> found;
  for (auto it = std::prev(first_after(as_utc - kFarthest)); it != end; ++it) {
    const sys_seconds shown = as_utc - it->offset;
    if (shown < it->from) return found.value_or(it->from);
    const auto next = std::next(it);
    if (next != stretches_.end() && shown >= next->from) continue;
    if (!last) return shown;
    found = shown;
  }
  return *found;
}

// Never the first of all, which begins before everything.
TzifWall::Stretches::const_iterator TzifWall::first_after(sys_seconds at) const {
  return std::upper_bound(
      std::next(stretches_.begin()), stretches_.end(), at,
      [](auto instant, const Stretch& stretch) { return instant < stretch.from; });
}

}  // namespace holdspace::web
