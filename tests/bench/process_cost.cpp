// See process_cost.hpp.
#include "tests/bench/process_cost.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace holdspace::bench {
namespace {

std::filesystem::path folder_of(pid_t process) {
  return std::filesystem::path("/proc") / std::to_string(process);
}

[[noreturn]] void gone(pid_t process) {
  throw std::runtime_error("process " + std::to_string(process) + " is gone");
}

double threads_us(pid_t process) {
  double sum = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(folder_of(process) / "task", error)) {
    std::ifstream file(task.path() / "schedstat");
    double nanos = 0;
    if (file >> nanos) sum += nanos / 1e3;
  }
  if (error) gone(process);
  return sum;
}

double ended_children_us(pid_t process) {
  std::ifstream file(folder_of(process) / "stat");
  std::string line;
  if (!std::getline(file, line)) gone(process);
  // The name in brackets may hold anything; state is the field after it, cutime the 14th after.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 13; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

double processor_us(const std::vector<pid_t>& processes) {
  double sum = 0;
  for (const pid_t process : processes) sum += threads_us(process) + ended_children_us(process);
  return sum;
}

double resident_kib(const std::vector<pid_t>& processes) {
  double sum = 0;
  for (const pid_t process : processes) {
    std::ifstream file(folder_of(process) / "status");
    if (!file) gone(process);
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("VmRSS:")) sum += std::stod(line.substr(6));
  }
  return sum;
}

}  // namespace holdspace::bench
