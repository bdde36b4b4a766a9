// The questions that a page may ask, each a message of calls.proto in and an Answer out. The rules
// are boundary/'s, and so are the answers; nothing is kept between two calls but zones.
#pragma once

#include <cstdint>
#include <span>

#include "web/boundary/answer_write.hpp"

namespace holdspace::web {

// At most this many changes in one answer. Ours: more than a year of two openings a day.
inline constexpr std::size_t kChangesMax = 1000;

// A PreviewCall: what would become of one message at one instant, and when the gate turns next.
[[nodiscard]] Answer preview(std::span<const std::uint8_t> call);

// A ChangesCall: every change of the outcome in (from, until).
[[nodiscard]] Answer changes(std::span<const std::uint8_t> call);

// A serialised Policy: the first rule that it breaks.
[[nodiscard]] Answer validate(std::span<const std::uint8_t> document);

}  // namespace holdspace::web
