// How long the gate takes to decide, with a year of exceptions in the policy. Target: 5 us, because
// every accepted message and every delivery asks. docs/performance.md, "Micro benchmarks".
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>

#include "boundary/decide.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr LocalDate kFirstDay{std::chrono::year{2026} / 1 / 1};
constexpr Instant kNewYear{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

// Office hours on five days for both lanes and directions.
Policy office_hours() {
  Policy policy;
  policy.version = 1;
  policy.zone = "Europe/London";
  for (const auto lane : {Lane::routine, Lane::logistics})
    for (const auto direction : {Direction::to_therapist, Direction::to_client})
      for (unsigned day = 1; day <= 5; ++day)
        policy.windows.push_back({lane, direction, std::chrono::weekday{day}, 540, 1020});
  return policy;
}

// Part of each day of the year is closed by an exception of its own.
Policy year_of_exceptions() {
  Policy policy = office_hours();
  for (int day = 0; day < 365; ++day) {
    DatedException closed;
    closed.id = "day-" + std::to_string(day);
    closed.from_date = kFirstDay + days{day};
    closed.until_date = closed.from_date + days{1};
    closed.part = DayPart{720, 780};
    policy.exceptions.push_back(std::move(closed));
  }
  return policy;
}

// Every day of the year is closed, each by an exception of its own: the promise lies behind them
// all.
Policy year_closed() {
  Policy policy = year_of_exceptions();
  for (DatedException& exception : policy.exceptions) exception.part.reset();
  return policy;
}

Gate compiled(Policy policy) {
  auto gate = Gate::compile(std::move(policy));
  if (!gate.has_value()) std::abort();
  return std::move(*gate);
}

void decide_at(benchmark::State& state, const Policy& policy, Instant at) {
  const Gate gate = compiled(policy);
  for (auto _ : state) benchmark::DoNotOptimize(decide({gate}, Facts{}, at));
}

void decide_in_open_window(benchmark::State& state) {
  decide_at(state, year_of_exceptions(), kNewYear + days{158} + hours{9});  // a Monday in June
}
BENCHMARK(decide_in_open_window)->Unit(benchmark::kMicrosecond);

void decide_at_night(benchmark::State& state) {
  decide_at(state, year_of_exceptions(), kNewYear + days{158} + hours{2});
}
BENCHMARK(decide_at_night)->Unit(benchmark::kMicrosecond);

void decide_at_any_time_of_the_year(benchmark::State& state) {
  const Gate gate = compiled(year_of_exceptions());
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> minute(0, 365 * 1440 - 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        decide({gate}, Facts{}, kNewYear + std::chrono::minutes{minute(random)}));
}
BENCHMARK(decide_at_any_time_of_the_year)->Unit(benchmark::kMicrosecond);

void decide_before_a_closed_year(benchmark::State& state) {
  decide_at(state, year_closed(), kNewYear + hours{10});
}
BENCHMARK(decide_before_a_closed_year)->Unit(benchmark::kMicrosecond);

// The dearest question: two sides that never meet, asked about to the end of the horizon.
void decide_where_two_sides_never_meet(benchmark::State& state) {
  const Gate therapist = compiled(office_hours());
  Policy saturdays;
  saturdays.zone = "America/New_York";
  saturdays.windows = {{Lane::routine, Direction::to_client, std::chrono::Saturday, 540, 1020}};
  const Gate client = compiled(saturdays);
  Facts reply;
  reply.direction = Direction::to_client;
  reply.moment = Moment::release;
  const Instant at = kNewYear + days{158} + hours{9};
  for (auto _ : state) benchmark::DoNotOptimize(decide({therapist, &client}, reply, at));
}
BENCHMARK(decide_where_two_sides_never_meet)->Unit(benchmark::kMicrosecond);

void next_change_in_a_year_of_exceptions(benchmark::State& state) {
  const Gate gate = compiled(year_of_exceptions());
  const Instant at = kNewYear + days{158} + hours{9};
  for (auto _ : state) benchmark::DoNotOptimize(next_change({gate}, Facts{}, at));
}
BENCHMARK(next_change_in_a_year_of_exceptions)->Unit(benchmark::kMicrosecond);

void compile_a_year_of_exceptions(benchmark::State& state) {
  const Policy policy = year_of_exceptions();
  for (auto _ : state) benchmark::DoNotOptimize(Gate::compile(policy));
}
BENCHMARK(compile_a_year_of_exceptions)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace holdspace::boundary

BENCHMARK_MAIN();
