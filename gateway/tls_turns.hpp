// Whose turn it is to work on a TLS handshake: the handshakes of one io thread together get a share
// of its processor time, so that a storm of them leaves the rest to the sessions. Not a limit on
// how many there are: that is admission.hpp. docs/operations.md, "TLS"; row 13.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>

#include "gateway/allowance.hpp"

namespace holdspace::gateway {

// One thread: that of `io`, which outlives it.
class TlsTurns {
 public:
  // `share`: of this thread's processor time, (0, 1].
  TlsTurns(boost::asio::io_context& io, double share);

  // Returns when the caller may do one step of a handshake: at once while the share is not used up
  // and nobody waits, otherwise in the order of the calls. A caller whose connection has ended
  // meanwhile spends nothing, and the next one's turn comes. At most as many wait as connections
  // are pending (TransportLimits::pending), each under its own deadline.
  [[nodiscard]] boost::asio::awaitable<void> wait();
  // What the step took of the thread's processor time.
  void spent(std::chrono::nanoseconds time);

 private:
  // Until the share allows the next step; not positive when it does now.
  [[nodiscard]] Monotonic::duration free_in() const;
  void serve();

  boost::asio::io_context& io_;
  const double share_;
  Allowance seconds_;                               // of processor time
  std::deque<boost::asio::steady_timer*> waiting_;  // each in its waiter's coroutine
  boost::asio::steady_timer pause_;
  bool serving_ = false;
};

// The processor time that the calling thread has used.
[[nodiscard]] std::chrono::nanoseconds thread_time();

}  // namespace holdspace::gateway
