// Reads the fields of a message while it remembers the first one that is wrong. Part of
// policy_read.cpp; nobody else needs it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boundary/time.hpp"
#include "holdspace/v1/policy.pb.h"
#include "web/boundary/messages.hpp"

namespace holdspace::web {

using Id = std::array<std::uint8_t, 16>;

// The elements of a repeated field.
template <class Wire>
[[nodiscard]] std::span<const Wire> elements(const Wire* first, pb_size_t count) {
  return {first, count};
}

inline std::string element(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

class FieldReader {
 public:
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

  void require(bool right, const std::string& field) {
    if (!right && !fault_) fault_ = field;
  }

  // The first value of the table after a fault.
  template <class Wire, class Value, std::size_t N>
  Value value(const std::pair<Wire, Value> (&table)[N], Wire wire, const std::string& field) {
    for (const auto& row : table)
      if (row.first == wire) return row.second;
    require(false, field);
    return table[0].second;
  }

  template <class Wire, class Value, std::size_t N>
  std::vector<Value> values(const std::pair<Wire, Value> (&table)[N], std::span<const Wire> wire,
                            const std::string& field) {
    std::vector<Value> out;
    for (const Wire one : wire) out.push_back(value(table, one, field));
    return out;
  }

  Id id(const pb_bytes_array_t* wire, const std::string& field) {
    const auto bytes = view(wire);
    Id id{};
    require(bytes.size() == id.size(), field);
    if (bytes.size() == id.size()) std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
  }

  std::optional<Id> id_or_none(const pb_bytes_array_t* wire, const std::string& field) {
    return view(wire).empty() ? std::nullopt : std::optional(id(wire, field));
  }

  // The rules of a policy refuse instants that are far away; this bound keeps their sums whole.
  boundary::Instant instant(std::int64_t ms, const std::string& field) {
    constexpr std::int64_t kInstantMax = std::int64_t{1} << 48;  // the year 10889
    const bool near = -kInstantMax <= ms && ms <= kInstantMax;
    require(near, field);
    return boundary::Instant(std::chrono::milliseconds(near ? ms : 0));
  }

  boundary::LocalDate date(const char* text, const std::string& field) {
    const auto date = boundary::parse_date(view(text));
    require(date.has_value(), field);
    return date.value_or(boundary::LocalDate{});
  }

  // The wire counts Monday 1 to Sunday 7, which std::chrono::weekday takes as it is.
  std::chrono::weekday weekday(holdspace_v1_Weekday day, const std::string& field) {
    const bool known = day >= holdspace_v1_Weekday_MONDAY && day <= holdspace_v1_Weekday_SUNDAY;
    require(known, field);
    return std::chrono::weekday(known ? static_cast<unsigned>(day) : 0);
  }

 private:
  std::optional<std::string> fault_;
};

}  // namespace holdspace::web
