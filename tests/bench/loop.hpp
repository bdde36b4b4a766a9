// The generator's one thread: an epoll loop with nanosecond waits, so that a planned instant is met
// without spinning. Not the gateway's loop: the generator shares no code with what it measures.
// docs/performance.md, "The generator".
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <vector>

namespace holdspace::bench {

// Nanoseconds of the monotonic clock.
using Nanos = std::int64_t;
[[nodiscard]] Nanos now();
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;

class Loop {
 public:
  // Something with a descriptor in the loop. It leaves the loop (remove) before it is destroyed.
  class Source {
   public:
    virtual void on_ready(std::uint32_t events) = 0;
    // Called once at the end of a turn after flush_later(): everything that was queued goes out in
    // one write.
    virtual void on_flush() = 0;

   protected:
    ~Source() = default;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Throws std::system_error when the kernel refuses the descriptor.
  void add(int descriptor, Source& source, std::uint32_t events);
  void change(int descriptor, Source& source, std::uint32_t events);
  void remove(int descriptor, Source& source);
  void flush_later(Source& source) { to_flush_.push_back(&source); }

  // Flushes, waits for events until `until` at most, and handles one batch of them.
  void turn(Nanos until);

  // Turns until `done()` or the instant; true when done.
  template <class Done>
  bool run(Nanos until, Done done) {
    while (!done()) {
      const Nanos at = now();
      if (at >= until) return false;
      turn(until < at + kTurnMax ? until : at + kTurnMax);
    }
    return true;
  }

 private:
  static constexpr Nanos kTurnMax = 50 * kMillisecond;  // how late a deadline is noticed at most
  static constexpr std::size_t kBatch = 256;  // events of one turn; more wait in the kernel

  void flush();

  int epoll_ = -1;
  std::array<epoll_event, kBatch> batch_{};
  std::size_t batch_size_ = 0;
  std::vector<Source*> to_flush_;
  std::vector<Source*> flushing_;
};

}  // namespace holdspace::bench
