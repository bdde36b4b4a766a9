// The log against a reader that stops reading.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/random.hpp"
#include "gateway/log.hpp"
#include "gateway/log_output.hpp"

namespace holdspace::gateway {
namespace {

struct Pipe {
  Pipe() {
    crypto::init();
    if (::pipe(ends.data()) != 0) std::abort();
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  // All that waits in the pipe.
  [[nodiscard]] std::string drain() const {
    std::string all;
    std::array<char, 4096> part{};
    for (;;) {
      const ssize_t got = ::read(ends[0], part.data(), part.size());
      if (got <= 0) return all;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
  }
  std::array<int, 2> ends{};
};

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

TEST(LogOutputTest, a_reader_that_keeps_up_gets_every_line) {
  const Pipe pipe;
  const Log log(log_output(pipe.ends[1]), LogLevel::info);
  log.event(Event::started);
  log.event(Event::stopping, {{"sessions", 3}});
  const std::string text = pipe.drain();
  EXPECT_EQ(count(text, "\n"), 2U);
  EXPECT_EQ(count(text, "log_lines_lost"), 0U);
}

TEST(LogOutputTest, a_stalled_reader_costs_lines_and_never_a_wait_and_is_told_how_many) {
  constexpr std::size_t kEvents = 20'000;  // far more than a pipe holds (64 KiB)
  const Pipe pipe;
  const Log log(log_output(pipe.ends[1]), LogLevel::info);
  for (std::size_t i = 0; i < kEvents; ++i) log.event(Event::session_opened, {{"n", i}});
  const std::string before = pipe.drain();
  const std::size_t kept = count(before, "session_opened");
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, kEvents);
  EXPECT_TRUE(before.ends_with("}\n")) << "the last line is torn";

  log.event(Event::stopped);
  const std::string after = pipe.drain();
  EXPECT_TRUE(after.starts_with(R"({"event":"log_lines_lost","lines":)" +
                                std::to_string(kEvents - kept) + "}\n"))
      << after;
  EXPECT_EQ(count(after, "stopped"), 1U);
}

}  // namespace
}  // namespace holdspace::gateway
