// See backlog_turns.hpp.
#include "gateway/backlog_turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace holdspace::gateway {

namespace asio = boost::asio;

// In the line for as long as it lives: also when its coroutine is destroyed while it waits.
class BacklogTurns::Place {
 public:
  explicit Place(BacklogTurns& turns)
      : turns_(turns), timer_(turns.executor_, asio::steady_timer::time_point::max()) {
    place_ = turns_.waiting_.insert(turns_.waiting_.end(), this);
  }
  ~Place() {
    if (in_line_) turns_.waiting_.erase(place_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] asio::steady_timer& timer() { return timer_; }
  void call() {
    in_line_ = false;
    turns_.waiting_.erase(place_);
    timer_.cancel();
  }

 private:
  BacklogTurns& turns_;
  asio::steady_timer timer_;
  std::list<Place*>::iterator place_;
  bool in_line_ = true;
};

asio::awaitable<BacklogTurns::Turn> BacklogTurns::take() {
  if (taken_ < most_) {
    ++taken_;
    co_return Turn(*this);
  }
  Place place(*this);
  co_await place.timer().async_wait(asio::as_tuple(asio::use_awaitable));
  co_return Turn(*this);
}

// The turn goes over to whoever has waited longest.
void BacklogTurns::give_back() {
  if (waiting_.empty()) {
    --taken_;
    return;
  }
  waiting_.front()->call();
}

}  // namespace holdspace::gateway
