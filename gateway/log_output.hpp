// Where the log's lines go: a file descriptor that may be a pipe with a stalled reader behind it.
#pragma once

#include <memory>

namespace spdlog::sinks {
class sink;
}

namespace holdspace::gateway {

// Writes lines to `fd`, which stays open and the caller's. Never waits for a reader: a line that
// the pipe has no room for is dropped, and the next one that fits is preceded by
// {"event":"log_lines_lost","lines":N}, because a stopped collector of logs must not stop the
// delivery of messages. Any thread. docs/operations.md, "Logs".
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> log_output(int fd);

}  // namespace holdspace::gateway
