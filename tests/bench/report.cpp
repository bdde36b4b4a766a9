// See report.hpp.
#include "tests/bench/report.hpp"

#include <fmt/format.h>

namespace holdspace::bench {
namespace {

bool is_floor(const Result& result) {
  return !result.target.starts_with("gateway");
}

std::optional<double> sum_us(const Result& result) {
  if (!result.server_us && !result.store_us) return std::nullopt;
  return result.server_us.value_or(0) + result.store_us.value_or(0);
}

std::string cell(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string cell(const std::optional<Percentiles>& value) {
  return value
             ? fmt::format("{:.2f} / {:.2f} / {:.2f}", value->p50_ms, value->p99_ms, value->p999_ms)
             : "-";
}

std::optional<double> ratio(const std::vector<Result>& results, const Result& result) {
  const auto floor = floor_us(results, result.workload);
  const auto own = sum_us(result);
  if (is_floor(result) || !floor || !own || *floor <= 0) return std::nullopt;
  return *own / *floor;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

void append(std::string& out, const char* key, const std::optional<double>& value) {
  if (value) out += fmt::format(", \"{}\": {:.3f}", key, *value);
}

void append(std::string& out, const char* key, const std::optional<Percentiles>& value) {
  if (value)
    out += fmt::format(
        ", \"{}\": {{\"p50\": {:.4f}, \"p99\": {:.4f}, \"p999\": {:.4f}, \"max\": {:.4f}}}", key,
        value->p50_ms, value->p99_ms, value->p999_ms, value->max_ms);
}

}  // namespace

std::optional<double> floor_us(const std::vector<Result>& results, const std::string& workload) {
  std::optional<double> sum;
  for (const Result& result : results)
    if (is_floor(result) && result.workload == workload)
      if (const auto us = sum_us(result)) sum = sum.value_or(0) + *us;
  return sum;
}

std::string table_of(const std::vector<Result>& results) {
  constexpr auto row = "{:<15} {:<12} {:>7} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7}  {:<22} {:<22}\n";
  std::string out =
      fmt::format(row, "workload", "server", "done", "each/s", "us srv", "us redis", "us sum",
                  "x floor", "KiB", "accept p50/p99/p99.9 ms", "deliver p50/p99/p99.9 ms");
  std::string last;
  for (const Result& result : results) {
    if (!last.empty() && last != result.workload) out += '\n';
    last = result.workload;
    out += fmt::format(row, result.workload, result.target, result.done,
                       fmt::format("{:.0f}", result.per_second()), cell(result.server_us, 1),
                       cell(result.store_us, 1), cell(sum_us(result), 1),
                       cell(ratio(results, result), 2), cell(result.server_kib, 1),
                       cell(result.accept), cell(result.deliver));
    if (result.duplicates > 0) out += fmt::format("  delivered twice: {}\n", result.duplicates);
    if (!result.failure.empty()) out += fmt::format("  FAILED: {}\n", result.failure);
  }
  return out;
}

std::string json_of(const std::vector<Result>& results) {
  std::string out = "{\"results\": [";
  const char* separator = "\n";
  for (const Result& result : results) {
    out += separator;
    separator = ",\n";
    out += fmt::format(
        "  {{\"workload\": {}, \"target\": {}, \"unit\": {}, \"planned\": {}, \"done\": {}, "
        "\"duplicates\": {}, \"seconds\": {:.4f}, \"per_second\": {:.1f}",
        quoted(result.workload), quoted(result.target), quoted(result.unit), result.planned,
        result.done, result.duplicates, result.seconds, result.per_second());
    append(out, "server_us", result.server_us);
    append(out, "store_us", result.store_us);
    append(out, "ratio_to_floor", ratio(results, result));
    append(out, "server_kib", result.server_kib);
    append(out, "accept_ms", result.accept);
    append(out, "deliver_ms", result.deliver);
    if (!result.failure.empty()) out += ", \"failure\": " + quoted(result.failure);
    out += "}";
  }
  return out + "\n]}\n";
}

}  // namespace holdspace::bench
