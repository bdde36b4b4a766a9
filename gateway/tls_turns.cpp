#include "gateway/tls_turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>

#include "gateway/limits.hpp"

namespace holdspace::gateway {

namespace asio = boost::asio;

namespace {

Monotonic now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

TlsTurns::TlsTurns(asio::io_context& io, double share)
    : io_(io), share_(share), seconds_(kTlsBurstSeconds, now()), pause_(io) {}

asio::awaitable<void> TlsTurns::wait() {
  if (waiting_.empty() && free_in() <= Monotonic::duration::zero()) co_return;
  asio::steady_timer turn(io_, Monotonic::max());
  waiting_.push_back(&turn);
  if (!serving_) serve();
  co_await turn.async_wait(asio::as_tuple(asio::use_awaitable));
}

void TlsTurns::spent(std::chrono::nanoseconds time) {
  seconds_.charge(share_, kTlsBurstSeconds, now(), std::chrono::duration<double>(time).count());
}

Monotonic::duration TlsTurns::free_in() const {
  const auto at = now();
  return seconds_.solvent_at(share_, at) - at;
}

// One at a time, because only its step tells what is left for the next one.
void TlsTurns::serve() {
  serving_ = !waiting_.empty();
  if (!serving_) return;
  if (const auto left = free_in(); left > Monotonic::duration::zero()) {
    pause_.expires_after(left);
    pause_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) serve();
    });
    return;
  }
  waiting_.front()->cancel();
  waiting_.pop_front();
  asio::post(io_, [this] { serve(); });  // behind the step of the one that was woken
}

std::chrono::nanoseconds thread_time() {
  std::timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace holdspace::gateway
