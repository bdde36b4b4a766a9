// See log_output.hpp.
#include "gateway/log_output.hpp"

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <limits.h>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace holdspace::gateway {
namespace {

// A pipe is writable when it has room for PIPE_BUF bytes, so lines up to that never block and are
// never torn. Ours are far shorter: fields are numbers, literals, pseudonyms and cut foreign text.
constexpr std::size_t kLineBytesMax = PIPE_BUF;

class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (lost_ > 0) {
      const std::string report =
          R"({"event":"log_lines_lost","lines":)" + std::to_string(lost_) + "}\n";
      if (write_line(report)) lost_ = 0;
    }
    if (lost_ > 0 || !write_line({line.data(), line.size()})) ++lost_;
  }

  void flush_() override {}  // nothing is buffered here

  // False when the reader has left no room, or is gone.
  bool write_line(std::string_view line) const {
    if (line.size() > kLineBytesMax) return false;
    pollfd ready{fd_, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || ready.revents != POLLOUT) return false;
    ssize_t written = 0;
    do {
      written = ::write(fd_, line.data(), line.size());
    } while (written < 0 && errno == EINTR);
    return written == static_cast<ssize_t>(line.size());
  }

  int fd_;
  std::uint64_t lost_ = 0;
};

}  // namespace

std::shared_ptr<spdlog::sinks::sink> log_output(int fd) {
  return std::make_shared<DescriptorSink>(fd);
}

}  // namespace holdspace::gateway
