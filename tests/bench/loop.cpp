// See loop.hpp.
#include "tests/bench/loop.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace holdspace::bench {

Nanos now() {
  timespec at{};
  ::clock_gettime(CLOCK_MONOTONIC, &at);
  return Nanos{at.tv_sec} * kSecond + at.tv_nsec;
}

Loop::Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Loop::~Loop() {
  ::close(epoll_);
}

void Loop::add(int descriptor, Source& source, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &source;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl add");
}

void Loop::change(int descriptor, Source& source, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &source;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl mod");
}

void Loop::remove(int descriptor, Source& source) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  // Its events of the batch in hand, and its pending flush, must not reach a dead object.
  for (std::size_t i = 0; i < batch_size_; ++i)
    if (batch_[i].data.ptr == &source) batch_[i].data.ptr = nullptr;
  std::replace(to_flush_.begin(), to_flush_.end(), &source, static_cast<Source*>(nullptr));
  std::replace(flushing_.begin(), flushing_.end(), &source, static_cast<Source*>(nullptr));
}

void Loop::flush() {
  flushing_.swap(to_flush_);
  for (std::size_t i = 0; i < flushing_.size(); ++i)
    if (flushing_[i] != nullptr) flushing_[i]->on_flush();
  flushing_.clear();
}

void Loop::turn(Nanos until) {
  flush();
  const Nanos wait = std::max<Nanos>(0, until - now());
  timespec timeout{};
  timeout.tv_sec = wait / kSecond;
  timeout.tv_nsec = wait % kSecond;
  const int count =
      ::epoll_pwait2(epoll_, batch_.data(), static_cast<int>(kBatch), &timeout, nullptr);
  if (count < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
  batch_size_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  for (std::size_t i = 0; i < batch_size_; ++i)
    if (batch_[i].data.ptr != nullptr)
      static_cast<Source*>(batch_[i].data.ptr)->on_ready(batch_[i].events);
  batch_size_ = 0;
  flush();
}

}  // namespace holdspace::bench
