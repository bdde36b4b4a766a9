// The connections of an enrolment, each with one purpose, and how some of them run at once. Part of
// enrolment.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/invite.hpp"
#include "crypto/keys.hpp"
#include "tests/bench/conversation.hpp"

namespace holdspace::bench {

inline constexpr std::size_t kTasksAtOnce = 32;
inline constexpr std::size_t kRequestsAtOnce = 16;
inline constexpr Nanos kTaskMax = 60 * kSecond;  // generous: a machine that also compiles

// Milliseconds since 1970 UTC, to the second.
[[nodiscard]] std::int64_t wall_clock_ms();

// One connection with one purpose.
class Task : protected Conversation::Listener {
 public:
  virtual ~Task() = default;
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 protected:
  Task(Loop& loop, const Endpoint& endpoint) : conversation(loop, endpoint, *this) {}
  void finish() { done_ = true; }
  void fail(const std::string& why) {
    if (!done_ && failure_.empty()) failure_ = why;
  }
  void fail(const v1::ServerFrame& frame) {
    fail("the gateway answered " + frame.ShortDebugString());
  }

  Conversation conversation;

 private:
  void on_pong() override {}
  void on_closed(const std::string& why) override { fail(why); }

  bool done_ = false;
  std::string failure_;
};

// Redeems one invite and so becomes a member.
class RedeemTask final : public Task {
 public:
  RedeemTask(Loop& loop, const Endpoint& endpoint, const crypto::InviteSecret& invite)
      : Task(loop, endpoint),
        invite_(invite),
        host_(endpoint.host),
        enrolment_(crypto::enrol(crypto::Platform::native,
                                 crypto::Instant(std::chrono::milliseconds(wall_clock_ms())))) {}

  // After done(): the new member, and the packet that the inviter had sealed.
  [[nodiscard]] Member member() {
    return {enrolment_.device.address().account_id, enrolment_.device.signing_key.clone(), {}, {}};
  }
  [[nodiscard]] const std::string& packet() const { return packet_; }

 private:
  void on_open() override;
  void on_frame(const v1::ServerFrame& frame) override;

  const crypto::InviteSecret& invite_;
  std::string host_;
  crypto::Enrolment enrolment_;
  std::string packet_;
};

// Logs in and makes some requests, each of which must succeed.
class RequestTask final : public Task {
 public:
  RequestTask(Loop& loop, const Endpoint& endpoint, const Practice& practice, const Member& member,
              std::vector<v1::ClientFrame> requests)
      : Task(loop, endpoint),
        practice_(practice),
        member_(member),
        requests_(std::move(requests)) {}

 private:
  void on_open() override { conversation.log_in(practice_, member_); }

  void on_frame(const v1::ServerFrame& frame) override;
  void send_next();

  const Practice& practice_;
  const Member& member_;
  std::vector<v1::ClientFrame> requests_;
  std::size_t sent_ = 0;
  std::size_t answered_ = 0;
};

// Runs tasks 0..count-1, some at once; `finished` gets each when it is done.
void run_tasks(Loop& loop, std::size_t count,
               const std::function<std::unique_ptr<Task>(std::size_t)>& make,
               const std::function<void(std::size_t, Task&)>& finished);

}  // namespace holdspace::bench
