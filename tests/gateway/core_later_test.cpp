// What happens after hours and weeks, with the time of day of Redis and the gateways moved by the
// clock shim.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "storage/redis_keys.hpp"
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;

// The housekeeper comes to a practice at least so often.
constexpr auto kVisit = 27s;

// Every program that is started while it lives runs by this time of day.
class MovedClock {
 public:
  MovedClock() {
    auto path = (std::filesystem::temp_directory_path() / "holdspace-clock-XXXXXX").string();
    file_ = mkstemp(path.data());
    path_ = path;
    move(std::chrono::hours(0));
    setenv("LD_PRELOAD", HOLDSPACE_CLOCK_SHIM, 1);
    // AddressSanitizer otherwise insists on being loaded before the shim, which allocates nothing.
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
    setenv("HOLDSPACE_CLOCK_OFFSET_FILE", path.c_str(), 1);
  }
  ~MovedClock() {
    unsetenv("LD_PRELOAD");
    unsetenv("HOLDSPACE_CLOCK_OFFSET_FILE");
    close(file_);
    std::filesystem::remove(path_);
  }
  MovedClock(const MovedClock&) = delete;
  MovedClock& operator=(const MovedClock&) = delete;

  void move(std::chrono::nanoseconds by) {
    offset_ += by.count();
    EXPECT_EQ(pwrite(file_, &offset_, sizeof offset_, 0), static_cast<ssize_t>(sizeof offset_));
  }

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t offset_ = 0;
};

struct WithClock {
  MovedClock clock;
};

// The clock is there before the world that runs by it.
class Later : public WithClock, public LifeTest {
 protected:
  // What somebody at the store sees.
  std::string redis(std::vector<std::string> command) {
    command.insert(command.begin(), {"/usr/bin/redis-cli", "-s", world.redis.socket_path()});
    return run(command).out;
  }
  storage::keys::Practice names() { return storage::keys::Practice({world.admin.practice}); }
  std::string records() { return redis({"LLEN", names().audit()}); }
  std::string signed_records() { return redis({"HGET", names().audit_checkpoint(), "count"}); }
  // Two visits at most.
  static bool in_time(const std::function<bool()>& fact) {
    const auto end = std::chrono::steady_clock::now() + 2 * kVisit;
    while (std::chrono::steady_clock::now() < end) {
      if (fact()) return true;
      std::this_thread::sleep_for(500ms);
    }
    return false;
  }
};

TEST_F(Later, the_senders_notice_carries_the_promised_instant_and_not_the_one_of_its_arrival) {
  shut();
  const auto client = log_in(world.client);
  const auto held = write(*client, world.client).accepted().verdict();
  ASSERT_EQ(held.outcome(), v1::HELD);
  clock.move(milliseconds(held.promise_ms() - world.store_now_ms() + 1'000));
  const auto notice = next(*client, v1::Notice::kReleased);
  EXPECT_EQ(notice.at_ms(), held.promise_ms());
  EXPECT_EQ(notice.released().accepted_before_ms(), held.promise_ms());
}

// The opening came, one message waited for it and another was answered RELEASED, the recipient was
// not there, and the clock of the machine is set back to before the opening.
TEST_F(Later, a_step_back_of_the_stores_clock_takes_no_opening_back) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  clock.move(2h);
  (void)next(*client, v1::Notice::kReleased);
  ASSERT_EQ(client->request(withdraw(message)).error().code(), v1::ALREADY_RELEASED);
  ASSERT_EQ(write(*client, world.client).accepted().verdict().outcome(), v1::RELEASED);

  clock.move(-2min);
  // Longer than a step pauses releases: the withdrawal is refused all the time, and in the end the
  // gateway serves no gate at all.
  v1::ServerFrame answer;
  for (const auto end = std::chrono::steady_clock::now() + 6s;
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(100ms)) {
    answer = client->request(withdraw(message));
    ASSERT_TRUE(answer.has_error()) << answer.ShortDebugString();
  }
  EXPECT_EQ(answer.error().code(), v1::UNAVAILABLE);
  EXPECT_EQ(write(*client, world.client).error().code(), v1::UNAVAILABLE);
  EXPECT_NE(world.gateways[0]->page("/readyz").find("clock_unknown_or_off"), std::string::npos);
  const auto inbox = log_in(world.therapist);
  EXPECT_TRUE(inbox->silent(1s)) << "neither the messages nor that nothing waits";

  clock.move(2min);
  EXPECT_EQ(inbox->next_push().deliver().items_size(), 2);
  EXPECT_EQ(client->request(withdraw(message)).error().code(), v1::ALREADY_RELEASED);
}

TEST_F(Later, a_sender_who_was_away_over_the_opening_and_the_closing_is_told_of_that_opening) {
  shut();
  std::int64_t promise = 0;
  {
    const auto client = log_in(world.client);
    promise = write(*client, world.client).accepted().verdict().promise_ms();
  }
  clock.move(24h);  // the gate was open for an hour, and is shut again
  const auto client = log_in(world.client);
  EXPECT_EQ(next(*client, v1::Notice::kReleased).at_ms(), promise);
}

TEST_F(Later, what_nobody_collects_for_thirty_days_after_its_release_goes_back) {
  open();
  auto client = log_in(world.client);
  const auto message = crypto::random_array<16>();
  ASSERT_EQ(write(*client, world.client, 'x', message).accepted().verdict().outcome(),
            v1::RELEASED);
  clock.move(29 * 24h);
  std::this_thread::sleep_for(kVisit);
  (void)log_in(world.therapist);
  EXPECT_EQ(world.therapist.welcome.queued(), 1U);
  clock.move(25h);
  client = log_in(world.client);
  const auto returned = next(*client, v1::Notice::kReturned, 60s).returned();
  EXPECT_EQ(returned.why(), v1::Returned::NEVER_COLLECTED);
  EXPECT_EQ(returned.message_id(), text(message));
  (void)log_in(world.therapist);
  EXPECT_EQ(world.therapist.welcome.queued(), 0U);
}

TEST_F(Later, a_practice_that_nobody_is_connected_to_is_looked_after_all_the_same) {
  open();
  const auto message = crypto::random_array<16>();
  {
    const auto client = log_in(world.client);
    ASSERT_EQ(write(*client, world.client, 'x', message).accepted().verdict().outcome(),
              v1::RELEASED);
    ASSERT_TRUE(move(*client, Change::END).has_relationship_changed());
    world.gateways[0]->kill();  // before it has signed that
  }
  world.start_gateway();  // and nobody logs in there
  auto& gateway = *world.gateways[1];
  clock.move(31 * 24h);
  EXPECT_TRUE(in_time([&] {
    return gateway.page("/metrics").find("holdspace_expired_total 1") != std::string::npos;
  })) << gateway.page("/metrics");
  EXPECT_TRUE(in_time([&] { return records() == signed_records(); }))
      << records() << " records, " << signed_records() << " signed";
  EXPECT_EQ(gateway.log().find("session_opened"), std::string::npos);
  const auto client = world.client.log_in(world.port(1));
  EXPECT_EQ(next(*client, v1::Notice::kReturned).returned().message_id(), text(message));
}

TEST_F(Later, a_practice_that_was_made_before_there_was_a_list_is_listed_by_a_login) {
  ASSERT_EQ(redis({"DEL", std::string(storage::keys::kPractices)}), "1\n");
  const auto client = log_in(world.client);
  EXPECT_TRUE(in_time([&] {
    return redis({"ZCARD", std::string(storage::keys::kPractices)}) == "1\n";
  }));
}

TEST_F(Later, a_held_message_lives_thirty_days_from_its_opening_and_not_from_its_acceptance) {
  shut();
  auto client = log_in(world.client);
  const auto held = write(*client, world.client).accepted().verdict();
  ASSERT_EQ(held.outcome(), v1::HELD);
  // Thirty days after acceptance, and one hour before thirty days after the opening.
  clock.move(milliseconds(held.promise_ms() - world.store_now_ms()) + 30 * 24h - 1h);
  client = log_in(world.client);
  EXPECT_EQ(next(*client, v1::Notice::kReleased).at_ms(), held.promise_ms());
  std::this_thread::sleep_for(kVisit);
  while (!client->without_notice(500ms))
    EXPECT_NE(client->next_notice().kind_case(), v1::Notice::kReturned);
  clock.move(2h);
  client = log_in(world.client);
  const auto returned = next(*client, v1::Notice::kReturned, 60s).returned();
  EXPECT_EQ(returned.why(), v1::Returned::NEVER_COLLECTED);
}

}  // namespace
}  // namespace holdspace::gateway::tests
