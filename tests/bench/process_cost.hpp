// What a server process costs, read from /proc: processor time (user and system) and resident
// memory.
#pragma once

#include <sys/types.h>

#include <vector>

namespace holdspace::bench {

// Microseconds of user and system time of the processes since their start: of all their threads to
// the nanosecond, and of children that ended (Redis rewrites its file in one) to the clock tick.
// Throws std::runtime_error when a process is gone.
[[nodiscard]] double processor_us(const std::vector<pid_t>& processes);

// KiB of resident memory of the processes.
[[nodiscard]] double resident_kib(const std::vector<pid_t>& processes);

}  // namespace holdspace::bench
