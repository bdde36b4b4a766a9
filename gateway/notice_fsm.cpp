// See notice_fsm.hpp.
#include "gateway/notice_fsm.hpp"

#include <algorithm>

namespace holdspace::gateway {

NoticeAction NoticeFsm::next(boundary::Instant now, Releases releases) {
  NoticeAction action;
  const bool due = due_ && *due_ <= now;
  if ((settle_due_ || due) && releases == Releases::run) {
    settle_due_ = false;  // what changes while the store answers asks for another look
    settling_ = true;
    outstanding_ = false;
    due_.reset();
    action.kind = NoticeAction::Kind::settle;
    return action;
  }
  if (fetch_due_ && under_way_.size() < kNoticesUnderWay) {
    fetch_due_ = false;
    action.kind = NoticeAction::Kind::fetch;
    action.after = pushed_to_;
    action.count = kNoticesUnderWay - under_way_.size();
    return action;
  }
  if (releases == Releases::run) action.wake = due_;
  return action;
}

void NoticeFsm::settled(const Outstanding& outstanding) {
  settling_ = false;
  outstanding_ = outstanding_ || outstanding.any;
  if (outstanding.due) due_ = std::min(due_.value_or(*outstanding.due), *outstanding.due);
}

void NoticeFsm::settle_failed() {
  settling_ = false;
  settle_due_ = true;
}

void NoticeFsm::pushed(std::span<const std::uint64_t> ids, std::size_t asked_for) {
  for (const auto id : ids) {
    pushed_to_ = std::max(pushed_to_, id);
    under_way_.push_back(id);
  }
  if (ids.size() == asked_for) fetch_due_ = true;
}

void NoticeFsm::held_until(std::optional<boundary::Instant> promise) {
  outstanding_ = true;
  if (promise) due_ = std::min(due_.value_or(*promise), *promise);
}

void NoticeFsm::look_again() {
  fetch_due_ = true;
  settle_due_ = settle_due_ || outstanding_ || settling_;
}

void NoticeFsm::polled() {
  if (++polls_ % kNoticePollEvery == 0) look_again();
}

NoticeFsm::AckState NoticeFsm::ack_state(std::uint64_t id) const {
  if (id == 0 || id > pushed_to_) return AckState::never;
  return !under_way_.empty() && under_way_.front() <= id ? AckState::awaited : AckState::done;
}

void NoticeFsm::acknowledged(std::uint64_t id) {
  while (!under_way_.empty() && under_way_.front() <= id) under_way_.pop_front();
}

}  // namespace holdspace::gateway
