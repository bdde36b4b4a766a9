#include "boundary/agreement.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "boundary/templates.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;

Policy therapy() {
  return make_policy(PolicyTemplate::therapy, "Europe/London");
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    found.push_back(line);
  }
  return found;
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST(Agreement, binds_exactly_this_text) {
  EXPECT_EQ(
      binding_text(therapy()),
      "Contact agreement, wording 1\n"
      "Routine messages are part of the work between sessions. They wait until the hours for "
      "them, and nobody watches for them as they arrive.\n"
      "Messages about appointments have hours of their own. They are for dates and other "
      "arrangements only.\n"
      "Urgent messages do not wait for hours. If nobody is on call you are told at once, the "
      "message is not sent, and you see the crisis card.\n"
      "Urgent messages may be read by:\n"
      "- the person you work with,\n"
      "- a colleague who is on call,\n"
      "and by nobody else.\n"
      "You get an answer within 72 hours, counted from when your message is passed on.\n"
      "How long your messages are kept is not part of this agreement.\n"
      "Messages cannot be paused.\n"
      "The hours may become fewer only 14 days after you were told. In an emergency they may "
      "become fewer at once.\n"
      "The hours may become more at any time. No change of hours needs a new signature.\n"
      "A message that waits has a time. It is passed on by then or earlier. If an emergency makes "
      "that impossible, you are told another time before.\n"
      "You can withdraw from this agreement at any time and at once. After that nothing new can "
      "be sent.\n"
      "This is no emergency service. In danger use the crisis card, which is always there.\n");
}

TEST(Agreement, stays_the_same_when_hours_and_all_other_things_change) {
  const std::vector<std::function<void(Policy&)>> changes{
      [](Policy& policy) { policy.version = 12; },
      [](Policy& policy) { policy.zone = "America/New_York"; },
      [](Policy& policy) { policy.windows.pop_back(); },
      [](Policy& policy) {
        policy.exceptions = {
            testing::exception("easter", ExceptionKind::closed, "2026-04-03", "2026-04-07")};
      },
      [](Policy& policy) {
        policy.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Asia/Tokyo"}};
      },
      [](Policy& policy) {
        policy.closures = {{"ill", at("2026-02-01T00:00Z"), std::nullopt, std::nullopt}};
      },
      [](Policy& policy) { policy.limits = {.max_hold_hours = 48, .reply_time_hours = 24}; },
      [](Policy& policy) { std::swap(policy.terms.lanes[0], policy.terms.lanes[1]); },
      [](Policy& policy) {
        std::swap(policy.terms.urgent_readers[0], policy.terms.urgent_readers[1]);
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Policy policy = therapy();
    changes[i](policy);
    EXPECT_EQ(binding_text(policy), binding_text(therapy())) << "change " << i;
  }
}

TEST(Agreement, is_another_one_whenever_a_bound_term_changes) {
  const std::vector<std::function<void(Terms&)>> changes{
      [](Terms&) {},
      [](Terms& terms) {
        terms.lanes = {Lane::routine, Lane::logistics};
      },
      [](Terms& terms) {
        terms.lanes = {Lane::routine, Lane::urgent};
      },
      [](Terms& terms) {
        terms.lanes = {Lane::logistics, Lane::urgent};
      },
      [](Terms& terms) { terms.reply_time_hours = 0; },
      [](Terms& terms) { terms.reply_time_hours = 1; },
      [](Terms& terms) { terms.retention_days = 1; },
      [](Terms& terms) { terms.retention_days = 365; },
      [](Terms& terms) { terms.lane_pause_allowed = true; },
      [](Terms& terms) { terms.hours_notice_days = 0; },
      [](Terms& terms) { terms.hours_notice_days = 1; },
      [](Terms& terms) { terms.urgent_readers = {}; },
      [](Terms& terms) { terms.urgent_readers = {UrgentReader::own_therapist}; },
      [](Terms& terms) { terms.urgent_readers = {UrgentReader::on_call_colleague}; },
      [](Terms& terms) { terms.urgent_readers = {UrgentReader::supervisor}; },
      [](Terms& terms) {
        terms.lanes = {Lane::routine, Lane::logistics};
        terms.urgent_readers = {};
      }};
  for (const TextStyle style : {TextStyle::standard, TextStyle::easy_read}) {
    std::vector<std::string> texts;
    for (const auto& change : changes) {
      Policy policy = therapy();
      change(policy.terms);
      texts.push_back(agreement_text(policy, style));
    }
    std::sort(texts.begin(), texts.end());
    EXPECT_EQ(std::unique(texts.begin(), texts.end()), texts.end());
  }
}

TEST(Agreement, begins_with_what_is_signed_and_then_says_the_hours_at_present) {
  Policy policy = testing::policy("Europe/London", {"sat 22:00-06:00", "mon 09:00-24:00"});
  policy.terms = therapy().terms;
  policy.exceptions = {
      testing::exception("a", ExceptionKind::closed, "2026-04-03", "2026-04-07"),
      testing::on_hours(testing::exception("b", ExceptionKind::open, "2026-05-02", "2026-05-03"),
                        "10:00", "12:00"),
      {.id = "c",
       .kind = ExceptionKind::closed,
       .lanes = {Lane::routine},
       .moveable = Moveable{EasterDay{-2}, 1}}};
  policy.closures = {{"d", at("2026-06-01T12:00Z"), std::nullopt, std::nullopt}};
  policy.limits.reply_time_hours = 24;
  EXPECT_EQ(agreement_text(policy, TextStyle::standard),
            binding_text(policy) +
                "\n"
                "Hours at present. They are not part of what you sign.\n"
                "All hours are on the clock of Europe/London.\n"
                "Hours for routine messages that you send: Monday 09:00 to 24:00, Saturday 22:00 "
                "to 06:00 the next day.\n"
                "There are no weekly hours for routine messages that you get.\n"
                "There are no weekly hours for messages about appointments that you send.\n"
                "There are no weekly hours for messages about appointments that you get.\n"
                "Closed from 3 April 2026 to 6 April 2026.\n"
                "Also open on 2 May 2026, 10:00 to 12:00.\n"
                "Closed every year from 2 days before Easter Sunday for 1 day, only routine "
                "messages.\n"
                "Closed without notice from 1 June 2026 13:00 to further notice.\n"
                "A message that would have to wait for more than 96 hours is not accepted, and "
                "you are told at once.\n"
                "At present answers usually take up to 24 hours.\n"
                "On some days the hours may differ. The time that you are told when you write is "
                "the one that counts.\n");
}

TEST(Agreement, shows_a_client_the_hours_of_its_own_relationship) {
  constexpr RelationshipId kOne{1};
  Policy policy = therapy();
  policy.relationship_rules = {{kOne, {testing::window("tue 18:00-19:00")}}};
  const std::string own = agreement_text(policy, TextStyle::standard, kOne);
  EXPECT_TRUE(says(own, "Hours for routine messages that you send: Tuesday 18:00 to 19:00.\n"));
  EXPECT_TRUE(says(own, "that you get: Monday 08:00 to 19:00"));
  EXPECT_FALSE(says(agreement_text(policy, TextStyle::standard), "18:00 to 19:00"));
}

TEST(Agreement, tells_nothing_of_journeys_and_names_nothing) {
  Policy policy = therapy();
  policy.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Asia/Tokyo"}};
  policy.exceptions = {
      testing::exception("secret-operation", ExceptionKind::closed, "2026-04-03", "2026-04-07")};
  policy.exceptions[0].cover_account_id = AccountId{0xab};
  for (const TextStyle style : {TextStyle::standard, TextStyle::easy_read}) {
    const std::string text = agreement_text(policy, style);
    EXPECT_FALSE(says(text, "Tokyo"));
    EXPECT_FALSE(says(text, "operation"));
    EXPECT_FALSE(says(text, "ab00"));
  }
}

TEST(Agreement, is_easy_to_read_in_its_easy_style) {
  for (const PolicyTemplate kind :
       {PolicyTemplate::therapy, PolicyTemplate::coaching, PolicyTemplate::dbt,
        PolicyTemplate::adolescent, PolicyTemplate::group_practice}) {
    Policy policy = make_policy(kind, "Europe/London");
    policy.terms.retention_days = 365;
    policy.limits.reply_time_hours = 24;
    for (const std::string& line : lines(agreement_text(policy, TextStyle::easy_read))) {
      if (line.empty()) {
        continue;  // between the two parts
      }
      const std::size_t end = line.find("] ");
      ASSERT_TRUE(line.front() == '[' && end != std::string::npos) << line;
      const std::string sentence = line.substr(end + 2);
      const auto words = 1 + std::count(sentence.begin(), sentence.end(), ' ');
      EXPECT_LE(words, 12) << line;
      EXPECT_EQ(sentence.find_first_of(".?"), sentence.size() - 1) << "one sentence: " << line;
    }
  }
}

TEST(Agreement, gives_the_same_bytes_for_the_same_policy) {
  EXPECT_EQ(agreement_text(therapy(), TextStyle::easy_read),
            agreement_text(therapy(), TextStyle::easy_read));
  EXPECT_TRUE(says(agreement_text(therapy(), TextStyle::easy_read),
                   "[bell] You can send an urgent message.\n"));
}

}  // namespace
}  // namespace holdspace::boundary
