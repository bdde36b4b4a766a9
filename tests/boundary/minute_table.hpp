// A slow second opinion about a policy: a table of every minute of kTableDays days, filled without
// the gate's code. Knows the wall of each minute, and finds edges by looking them up in it.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "boundary/decide.hpp"
#include "tests/boundary/random_policy.hpp"

namespace holdspace::boundary::testing {

inline constexpr std::size_t kTableMinutes = static_cast<std::size_t>(kTableDays) * kMinutesPerDay;

class MinuteTable {
 public:
  // What the document alone says for the messages that `facts` are about.
  MinuteTable(const Policy& policy, Instant start, const Facts& facts);

  [[nodiscard]] bool open(std::size_t minute) const { return open_[minute]; }

 private:
  using Marks = std::vector<bool>;
  using Wall = std::vector<LocalMinute>;

  [[nodiscard]] Instant at(std::size_t minute) const;
  [[nodiscard]] const std::string& zone_at(Instant t) const;
  const Wall& wall_of(const std::string& zone);
  void mark(Marks& marks, LocalMinute from, LocalMinute until);
  [[nodiscard]] Marks weekly();
  [[nodiscard]] Marks marks_of(const DatedException& exception);
  void apply_exceptions(Marks& open);
  void apply_overrides(Marks& open) const;

  const Policy& policy_;
  Instant start_;
  Facts facts_;
  std::map<std::string, Wall> walls_;
  Marks open_;
};

}  // namespace holdspace::boundary::testing
