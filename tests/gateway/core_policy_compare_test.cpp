// Which messages of the past another version would have treated otherwise, over sockets.
#include "tests/gateway/core_policy_world.hpp"

namespace holdspace::gateway::tests {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

class PolicyCompare : public PolicyTest {
 protected:
  // Yesterday at an hour of UTC by the store's clock.
  std::int64_t yesterday(int hour) {
    const auto day = world.store_now_ms() / (24 * kHourMs) - 1;
    return day * 24 * kHourMs + hour * kHourMs;
  }

  // What was accepted within the last hour was accepted `copies` times, from `at_ms` on one each
  // millisecond: the record of a message begins with 32 bytes of hash and 8 of instant.
  void lay_back(std::int64_t at_ms, int copies = 1) {
    const std::string script =
        "for _, order in ipairs(redis.call('KEYS', '*:sent_order:*')) do "
        "local sent = string.gsub(order, ':sent_order:', ':sent:') "
        "for _, id in ipairs(redis.call('LRANGE', order, 0, -1)) do "
        "local record = redis.call('HGET', sent, id) "
        "if struct.unpack('>I8', record, 33) > tonumber(ARGV[1]) then "
        "for i = 1, tonumber(ARGV[3]) do "
        "local name = i == 1 and id or string.sub(id, 1, 12) .. struct.pack('>I4', i) "
        "redis.call('HSET', sent, name, string.sub(record, 1, 32) .. "
        "struct.pack('>I8', tonumber(ARGV[2]) + i - 1) .. string.sub(record, 41)) "
        "if i > 1 then redis.call('RPUSH', order, name) end "
        "end end end end return 'laid back'";
    const auto done = run({"/usr/bin/redis-cli", "-s", world.redis.socket_path(), "EVAL", script,
                           "0", std::to_string(world.store_now_ms() - kHourMs),
                           std::to_string(at_ms), std::to_string(copies)});
    ASSERT_NE(done.out.find("laid back"), std::string::npos) << done.out;
  }

  // Open both ways every day from 8 until `end_hour` UTC.
  static v1::Policy until(std::uint32_t end_hour, std::uint64_t version = 2) {
    std::vector<v1::Window> windows;
    for (const auto direction : {v1::TO_THERAPIST, v1::TO_CLIENT})
      for (auto window : World::open_all_week(direction)) {
        window.set_start_minute(8 * 60);
        window.set_end_minute(end_hour * 60);
        windows.push_back(window);
      }
    return World::policy(windows, version);
  }

  static v1::ClientFrame compare(std::uint64_t version, const std::string& account = "") {
    v1::ClientFrame frame;
    frame.mutable_compare_policy()->set_version(version);
    frame.mutable_compare_policy()->set_account_id(account);
    return frame;
  }

  static v1::ClientFrame compare(const v1::Policy& document) {
    auto frame = compare(0);
    *frame.mutable_compare_policy()->mutable_policy() = document;
    return frame;
  }

  void apply(const v1::Policy& document) {
    const auto answer = log_in(world.therapist)->request(world.therapist.apply_policy(document));
    ASSERT_TRUE(answer.has_policy_applied()) << answer.ShortDebugString();
  }
};

TEST_F(PolicyCompare, names_exactly_the_message_of_the_afternoon_for_shorter_hours) {
  apply(until(18, 1));
  const auto client = log_in(world.client);
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(write(*client, world.client).has_accepted());
  lay_back(yesterday(9));
  ASSERT_TRUE(write(*therapist, world.therapist).has_accepted());
  lay_back(yesterday(15));
  const auto answer = therapist->request(compare(until(12)));
  ASSERT_TRUE(answer.has_policy_comparison()) << answer.ShortDebugString();
  const auto& found = answer.policy_comparison();
  EXPECT_EQ(found.looked_at(), 2U);
  EXPECT_EQ(found.next(), 0U);
  ASSERT_EQ(found.messages_size(), 1);
  const auto& message = found.messages(0);
  EXPECT_EQ(message.relationship_id(), text(world.relationship));
  EXPECT_EQ(message.lane(), v1::ROUTINE);
  EXPECT_EQ(message.direction(), v1::TO_CLIENT);
  EXPECT_EQ(message.accepted_at_ms(), yesterday(15));
  EXPECT_EQ(message.before().outcome(), v1::RELEASED);
  EXPECT_EQ(message.before().reason(), "inside_window");
  EXPECT_EQ(message.after().outcome(), v1::HELD);
  EXPECT_EQ(message.after().promise_ms(), yesterday(24 + 8));

  // The same two as versions, and by the admin, who has no policy.
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(until(12))).has_policy_applied());
  const auto versions = therapist->request(compare(1)).policy_comparison();
  ASSERT_EQ(versions.messages_size(), 1);
  EXPECT_EQ(versions.messages(0).after().policy_version(), 2U);
  EXPECT_EQ(therapist->request(compare(2)).policy_comparison().messages_size(), 0);
  const auto admin = log_in(world.admin);
  const auto asked = admin->request(compare(1, text(world.therapist.account())));
  EXPECT_EQ(asked.policy_comparison().SerializeAsString(), versions.SerializeAsString());
}

TEST_F(PolicyCompare, answers_two_hundred_at_a_time_and_each_message_once) {
  apply(until(18, 1));
  const auto client = log_in(world.client);
  ASSERT_TRUE(write(*client, world.client).has_accepted());
  lay_back(yesterday(15), 450);
  const auto therapist = log_in(world.therapist);
  auto frame = compare(until(12));
  std::int64_t expected = yesterday(15);
  std::uint64_t looked_at = 0;
  std::vector<int> pages;
  for (int i = 0; i < 10; ++i) {
    const auto answer = therapist->request(frame);
    ASSERT_TRUE(answer.has_policy_comparison()) << answer.ShortDebugString();
    const auto& page = answer.policy_comparison();
    pages.push_back(page.messages_size());
    looked_at += page.looked_at();
    for (const auto& message : page.messages()) ASSERT_EQ(message.accepted_at_ms(), expected++);
    if (page.next() == 0) break;
    frame.mutable_compare_policy()->set_after(page.next());
  }
  EXPECT_EQ(pages, (std::vector<int>{200, 200, 50}));
  EXPECT_EQ(looked_at, 450U);
}

TEST_F(PolicyCompare, looks_at_a_thousand_for_each_frame_where_nothing_differs) {
  apply(until(18, 1));
  const auto client = log_in(world.client);
  ASSERT_TRUE(write(*client, world.client).has_accepted());
  lay_back(yesterday(15), 1100);
  const auto therapist = log_in(world.therapist);
  auto frame = compare(until(17));
  const auto first = therapist->request(frame).policy_comparison();
  EXPECT_EQ(first.looked_at(), 1000U);
  EXPECT_EQ(first.messages_size(), 0);
  ASSERT_NE(first.next(), 0U);
  frame.mutable_compare_policy()->set_after(first.next());
  const auto second = therapist->request(frame).policy_comparison();
  EXPECT_EQ(second.looked_at(), 100U);
  EXPECT_EQ(second.next(), 0U);
}

TEST_F(PolicyCompare, ends_a_page_before_it_is_too_long_for_a_frame) {
  // Many exceptions, so that every verdict names many rules that lost.
  auto many = until(18, 1);
  for (int i = 0; i < 64; ++i) {
    auto& exception = *many.add_exceptions();
    exception.set_id("open-on-many-days-in-the-season-" + std::to_string(i));
    exception.set_kind(v1::Exception::OPEN);
    exception.set_from_date("2020-01-01");
    exception.set_until_date("2037-12-31");
  }
  apply(many);
  const auto client = log_in(world.client);
  ASSERT_TRUE(write(*client, world.client).has_accepted());
  lay_back(yesterday(15), 300);
  const auto therapist = log_in(world.therapist);
  auto frame = compare(until(12));
  std::int64_t expected = yesterday(15);
  int pages = 0;
  for (; pages < 20; ++pages) {
    const auto answer = therapist->request(frame);
    ASSERT_TRUE(answer.has_policy_comparison()) << answer.ShortDebugString();
    EXPECT_LT(answer.ByteSizeLong(), 150U * 1024);
    for (const auto& message : answer.policy_comparison().messages())
      ASSERT_EQ(message.accepted_at_ms(), expected++);
    if (answer.policy_comparison().next() == 0) break;
    frame.mutable_compare_policy()->set_after(answer.policy_comparison().next());
  }
  EXPECT_GT(pages, 2) << "the lines were to be long";
  EXPECT_EQ(expected, yesterday(15) + 300);
}

TEST_F(PolicyCompare, refuses_whom_it_does_not_concern_and_what_is_none) {
  apply(until(18, 1));
  EXPECT_EQ(log_in(world.client)->request(compare(1)).error().code(), v1::PERMISSION_DENIED);
  const auto therapist = log_in(world.therapist);
  EXPECT_EQ(therapist->request(compare(7)).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(therapist->request(compare(0)).error().field(), "compare_policy.version");
  EXPECT_EQ(therapist->request(compare(1, text(world.client.account()))).error().code(),
            v1::PERMISSION_DENIED);
  auto document = until(12);
  document.set_zone("nowhere");
  EXPECT_EQ(therapist->request(compare(document)).error().field(), "compare_policy.policy.zone");
  auto far = compare(1);
  far.mutable_compare_policy()->set_after(~std::uint64_t{0});
  EXPECT_EQ(therapist->request(far).error().field(), "compare_policy.after");
  const auto admin = log_in(world.admin);
  EXPECT_EQ(admin->request(compare(1)).error().field(), "compare_policy.account_id");
  EXPECT_EQ(admin->request(compare(1, text(world.client.account()))).error().code(), v1::NOT_FOUND);
}

}  // namespace
}  // namespace holdspace::gateway::tests
