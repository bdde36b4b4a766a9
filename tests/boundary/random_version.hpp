// Random policies, and what might come after them, around one instant. For tests that follow a
// policy from version to version; a policy is always valid.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "boundary/gate.hpp"
#include "boundary/policy.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary::testing {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename T, std::size_t N>
  T of(const T (&values)[N]) {
    return values[below(N)];
  }
  // Unlike any other one, as good as always.
  std::string id(const std::string& stem) { return stem + std::to_string(below(1'000'000'000)); }
  // Up to `longest` after `from`, on a whole minute more often than not.
  Instant within(Instant from, std::chrono::minutes longest) {
    const Instant at =
        from + std::chrono::minutes{below(static_cast<std::size_t>(longest.count()))};
    return one_in(4) ? at + std::chrono::milliseconds{below(60'000)} : at;
  }

 private:
  std::mt19937_64 engine_;
};

// Two that may have windows of their own, and one that never has.
inline RelationshipId relationship(std::uint8_t number) {
  RelationshipId id{};
  id.back() = number;
  return id;
}
inline constexpr std::uint8_t kRelationships = 3;

inline Lane random_lane(Chance& chance) {
  return chance.one_in(3) ? Lane::logistics : Lane::routine;
}

inline Direction random_direction(Chance& chance) {
  return chance.one_in(3) ? Direction::to_client : Direction::to_therapist;
}

inline WeeklyWindow random_window(Chance& chance) {
  static constexpr std::uint32_t kLengths[] = {15, 60, 240, 480, 720, 1440};
  const auto start = static_cast<std::uint32_t>(chance.below(kMinutesPerDay / 15) * 15);
  return {random_lane(chance), random_direction(chance),
          std::chrono::weekday{static_cast<unsigned>(chance.below(7))}, start,
          start + chance.of(kLengths)};
}

inline DatedException random_exception(Chance& chance, Instant now) {
  DatedException made;
  made.id = chance.id("x");
  made.kind = chance.one_in(3) ? ExceptionKind::open : ExceptionKind::closed;
  made.from_date = LocalDate{std::chrono::floor<std::chrono::days>(now).time_since_epoch()} +
                   std::chrono::days{chance.below(20)};
  made.until_date = made.from_date + std::chrono::days{1 + chance.below(5)};
  if (chance.one_in(3)) {
    const auto start = static_cast<std::uint32_t>(chance.below(kMinutesPerDay));
    made.part = DayPart{start, start + 30 + static_cast<std::uint32_t>(chance.below(600))};
  }
  if (chance.one_in(4)) {
    made.lanes = {random_lane(chance)};
  }
  return made;
}

inline Opening random_opening(Chance& chance, const Policy& policy, Instant now) {
  Opening made;
  made.id = chance.id("o");
  made.lane = random_lane(chance);
  made.direction = random_direction(chance);
  made.from = chance.within(now, std::chrono::days{6});
  made.until = made.from + std::chrono::minutes{15 + chance.below(600)};
  if (chance.one_in(2)) {
    made.relationship_id =
        relationship(static_cast<std::uint8_t>(1 + chance.below(kRelationships)));
  }
  if (chance.one_in(3) && policy.version > 0) {
    made.accepted_through_version = 1 + chance.below(policy.version);
  }
  return made;
}

// Appends, unless that would break a rule.
template <typename T>
void try_append(Policy& policy, std::vector<T> Policy::*list, T one) {
  (policy.*list).push_back(std::move(one));
  if (validate(policy).has_error()) {
    (policy.*list).pop_back();
  }
}

template <typename T>
void drop_one(Chance& chance, std::vector<T>& list) {
  if (!list.empty()) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(chance.below(list.size())));
  }
}

inline void change_relationship_rules(Chance& chance, Policy& policy) {
  if (chance.one_in(3)) {
    drop_one(chance, policy.relationship_rules);
    return;
  }
  RelationshipRules rules{relationship(static_cast<std::uint8_t>(1 + chance.below(2))), {}};
  for (std::size_t i = 1 + chance.below(3); i > 0; --i) {
    rules.windows.push_back(random_window(chance));
  }
  try_append(policy, &Policy::relationship_rules, std::move(rules));
}

// One thing that a person may do to a policy.
inline void change_something(Chance& chance, Policy& policy, Instant now) {
  static const char* const kZones[] = {"Europe/London", "America/New_York", "Australia/Lord_Howe",
                                       "Africa/Cairo", "Pacific/Honolulu"};
  switch (chance.below(10)) {
    case 0:
    case 1:
      try_append(policy, &Policy::windows, random_window(chance));
      break;
    case 2:
    case 3:
      drop_one(chance, policy.windows);
      break;
    case 4:
      try_append(policy, &Policy::exceptions, random_exception(chance, now));
      break;
    case 5:
      drop_one(chance, policy.exceptions);
      break;
    case 6:
      change_relationship_rules(chance, policy);
      break;
    case 7:
      if (chance.one_in(2)) {
        try_append(policy, &Policy::openings, random_opening(chance, policy, now));
      } else {
        drop_one(chance, policy.openings);
      }
      break;
    case 8: {
      const Instant from = chance.within(now, std::chrono::days{10});
      try_append(policy, &Policy::travels,
                 Travel{from, from + std::chrono::hours{1 + chance.below(200)}, chance.of(kZones)});
      break;
    }
    default:
      policy.zone = chance.one_in(4) ? chance.of(kZones) : policy.zone;
      break;
  }
}

// A closure, or the end of all of them.
inline void change_closures(Chance& chance, Policy& policy, Instant now) {
  if (!policy.closures.empty()) {
    policy.closures.clear();
    return;
  }
  const Instant from = chance.one_in(2) ? now : chance.within(now, std::chrono::days{3});
  policy.closures.push_back({chance.id("c"), from,
                             chance.one_in(4)
                                 ? std::nullopt
                                 : std::optional(from + std::chrono::hours{1 + chance.below(100)}),
                             std::nullopt});
}

inline Policy random_policy(Chance& chance, Instant now) {
  Policy made{.version = 1, .zone = "Europe/London", .windows = {}, .exceptions = {}};
  for (int i = 0; i < 12; ++i) {
    try_append(made, &Policy::windows, random_window(chance));
  }
  for (std::size_t i = chance.below(12); i > 0; --i) {
    change_something(chance, made, now);
  }
  return made;
}

// A seed that repeats a failure, or how many to try: HOLDSPACE_SEED, HOLDSPACE_SEEDS.
template <typename Run>
void for_each_seed(std::uint64_t usual, const Run& run) {
  if (const char* chosen = std::getenv("HOLDSPACE_SEED")) {
    run(std::strtoull(chosen, nullptr, 10));
    return;
  }
  const char* wanted = std::getenv("HOLDSPACE_SEEDS");
  const std::uint64_t count = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
  for (std::uint64_t seed = 1; seed <= count && !::testing::Test::HasFatalFailure(); ++seed) {
    run(seed);
  }
}

}  // namespace holdspace::boundary::testing
