// Whose turn it is to read from a backlog. When a gate opens for thousands at once, few of them
// read at a time, one page each and then the next ones, so that the store has time for what just
// came. Not a limit on what is pushed: that is delivery_fsm.hpp's window. docs/performance.md, W6.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <list>
#include <utility>

namespace holdspace::gateway {

// Reads of backlogs under way, for each io thread. One of 16 envelopes keeps the store busy for
// about a millisecond: so long, four times, may something else have to wait; and the store has
// always one to go on with.
inline constexpr std::size_t kBacklogReadsAtOnce = 4;

// One thread: that of the executor. Outlives its turns.
class BacklogTurns {
 public:
  explicit BacklogTurns(boost::asio::any_io_executor executor,
                        std::size_t most = kBacklogReadsAtOnce)
      : executor_(std::move(executor)), most_(most) {}

  // Given back when it ends.
  class Turn {
   public:
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(turns_, other.turns_);
      return *this;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_back();
    }

   private:
    friend class BacklogTurns;
    explicit Turn(BacklogTurns& turns) : turns_(&turns) {}
    BacklogTurns* turns_;
  };

  // At once while fewer than `most` have a turn, otherwise in the order of the calls. A session
  // waits once at a time, so no more wait than the thread has sessions.
  [[nodiscard]] boost::asio::awaitable<Turn> take();

 private:
  class Place;
  void give_back();

  boost::asio::any_io_executor executor_;
  std::size_t most_;
  std::size_t taken_ = 0;
  std::list<Place*> waiting_;  // each in its waiter's coroutine
};

}  // namespace holdspace::gateway
