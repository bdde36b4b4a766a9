// Months of a practice in a moment: messages are written, hours change, journeys and emergencies
// come, and a model of the queue passes on what the gate lets pass. Afterwards every promise is
// held against what happened.
#include <gtest/gtest.h>

#include <memory>

#include "boundary/change.hpp"
#include "tests/boundary/random_version.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using testing::Chance;

constexpr int kEvents = 60;  // at most three days apart: about three months

struct Message {
  Facts facts;
  Instant accepted{};
  Instant checked_from{};       // the last change that its way has seen
  std::optional<Instant> due;   // when the queue passes it on, as the gates stand
  std::optional<Instant> told;  // the promise that the sender holds
  std::optional<Instant> released;
};

// What belongs to one client.
struct Client {
  std::unique_ptr<Gate> hours;
  LanePauses pauses;
};

class Practice {
 public:
  explicit Practice(std::uint64_t seed)
      : chance_(seed), now_(chance_.within(testing::at("2026-01-01T00:00Z"), days{600})) {
    therapist_ = std::make_unique<Gate>(testing::gate(testing::random_policy(chance_, now_)));
  }

  void live() {
    for (int i = 0; i < kEvents && !::testing::Test::HasFatalFailure(); ++i) {
      advance(chance_.within(now_, days{3}));
      const std::size_t what = chance_.below(20);
      if (what < 13) {
        write();
      } else if (what < 17) {
        change_policy();
      } else if (what < 19) {
        change_client();
      } else {
        change_policy_in_an_emergency();
      }
    }
    lift_everything();
    advance(now_ + days{30});
    for (const Message& message : messages_) {
      ASSERT_TRUE(message.released) << format_instant(message.accepted);
    }
  }

 private:
  [[nodiscard]] Client& client_of(const Facts& facts) {
    return clients_[facts.relationship_id->back() - 1U];
  }

  [[nodiscard]] Gates gates_for(const Facts& facts) {
    return {*therapist_, client_of(facts).hours.get()};
  }

  void write() {
    Facts facts{.lane = testing::random_lane(chance_),
                .direction = testing::random_direction(chance_)};
    facts.relationship_id = testing::relationship(
        static_cast<std::uint8_t>(1 + chance_.below(testing::kRelationships)));
    facts.pauses = client_of(facts).pauses;
    const Verdict verdict = decide(gates_for(facts), facts, now_);
    ASSERT_TRUE(verdict.rule.id.rfind("kept-", 0) != 0) << "a kept promise is not for new messages";
    if (verdict.outcome == Outcome::refuse) {
      ASSERT_EQ(verdict.reason, Reason::closed_too_long);
      return;
    }
    facts.moment = Moment::release;
    facts.accepted_version = therapist_->policy().version;
    Message message{.facts = facts, .accepted = now_, .due = {}, .told = now_, .released = {}};
    if (verdict.outcome == Outcome::hold) {
      message.told = verdict.promise;
      ASSERT_LE(*message.told - now_, max_hold(therapist_->policy()));
    }
    look_at(message);
    messages_.push_back(message);
    advance(now_);
  }

  // The queue: passes on each message at the first instant at which its way is open.
  void advance(Instant until) {
    for (Message& message : messages_) {
      if (message.released) {
        continue;
      }
      if (message.due && *message.due <= until) {
        ASSERT_NO_FATAL_FAILURE(release(message, *message.due));
      }
    }
    now_ = until;
  }

  void release(Message& message, Instant at) {
    ASSERT_FALSE(message.released) << "released twice";
    message.released = at;
    ASSERT_TRUE(open(message.facts, {at, at + milliseconds{1}})) << "delivered in a shut window";
    ASSERT_FALSE(open(message.facts, {message.checked_from, at})) << "an opening was missed";
    ASSERT_TRUE(message.told) << "nobody was told when";
    ASSERT_LE(at, *message.told) << "later than promised: " << format_instant(*message.told);
  }

  // Whether the way is open at any time of the span, by the lists of openings: another path than
  // that of the verdicts.
  [[nodiscard]] bool open(const Facts& facts, Interval span) {
    const Question question{facts.lane, facts.direction, facts.relationship_id,
                            facts.accepted_version};
    std::vector<Interval> ways = therapist_->openings(question, span);
    const Client& client = client_of(facts);
    if (facts.direction == Direction::to_client && client.hours) {
      std::vector<Interval> both;
      for (const Interval& way : ways) {
        for (const Interval& part : client.hours->openings(question, way)) {
          both.push_back(part);
        }
      }
      ways = both;
    }
    const std::optional<Interval> pause = facts.pauses.of(facts.lane);
    return std::any_of(ways.begin(), ways.end(), [&pause](const Interval& way) {
      return !pause || way.from < pause->from || pause->until < way.until;
    });
  }

  [[nodiscard]] std::vector<Message*> waiting_messages() {
    std::vector<Message*> waiting;
    for (Message& message : messages_) {
      if (!message.released) {
        waiting.push_back(&message);
      }
    }
    return waiting;
  }

  void tell(Message& message, const PromiseMove& move) {
    ASSERT_TRUE(message.told);
    ASSERT_LT(now_, *message.told) << "renewed after its instant";
    message.told = move.after;
  }

  void change_policy() {
    Policy proposed = therapist_->policy();
    for (std::size_t i = 1 + chance_.below(4); i > 0; --i) {
      testing::change_something(chance_, proposed, now_);
    }
    adopt(std::move(proposed));
  }

  void change_policy_in_an_emergency() {
    Policy proposed = therapist_->policy();
    testing::change_closures(chance_, proposed, now_);
    adopt(std::move(proposed));
  }

  void adopt(Policy proposed) {
    ++proposed.version;
    const std::vector<Message*> messages = waiting_messages();
    std::vector<Waiting> waiting;
    for (const Message* message : messages) {
      waiting.push_back({message->facts, client_of(message->facts).hours.get()});
    }
    auto next = next_version(therapist_.get(), std::move(proposed), now_, waiting);
    ASSERT_TRUE(next.has_value()) << describe(next.error());
    for (const Renewal& renewal : promise_renewals(*therapist_, *next, now_, waiting)) {
      ASSERT_TRUE(closed_at(*next, *renewal.move.before)) << "this promise could have been kept";
      ASSERT_NO_FATAL_FAILURE(tell(*messages[renewal.waiting], renewal.move));
    }
    therapist_ = std::make_unique<Gate>(*std::move(next));
    for (Message* message : messages) {
      look_at(*message);
    }
    advance(now_);
  }

  // The queue looks at a message when it comes and whenever a gate on its way has changed. Who was
  // told that nothing opens any more is told when something does.
  void look_at(Message& message) {
    const Verdict verdict = decide(gates_for(message.facts), message.facts, now_);
    message.due = verdict.outcome == Outcome::release_now ? now_ : verdict.promise;
    message.checked_from = now_;
    if (!message.told) {
      message.told = message.due;
    }
  }

  static bool closed_at(const Gate& gate, Instant at) {
    const auto& closures = gate.policy().closures;
    return std::any_of(closures.begin(), closures.end(), [at](const Closure& closure) {
      return Interval{closure.from, closure.until.value_or(Instant::max())}.contains(at);
    });
  }

  // The client's own hours, or a pause that both agreed to: the sender is told of every promise
  // that moves.
  void change_client() {
    const auto number = static_cast<std::uint8_t>(1 + chance_.below(testing::kRelationships));
    Client& client = clients_[number - 1U];
    std::unique_ptr<Gate> hours = std::move(client.hours);
    if (chance_.one_in(2)) {
      client.hours = random_hours();
    } else {
      const Instant from = chance_.within(now_, days{1});
      client.pauses.routine = {from, from + std::chrono::hours{1 + chance_.below(48)}};
      client.hours = hours ? std::make_unique<Gate>(*hours) : nullptr;
    }
    for (Message* message : waiting_messages()) {
      if (message->facts.relationship_id != testing::relationship(number)) {
        continue;
      }
      const Standing before{{*therapist_, hours.get()}, message->facts};
      message->facts.pauses = client.pauses;
      const Standing after{{*therapist_, client.hours.get()}, message->facts};
      const PromiseMove move = promise_move(before, after, now_);
      if (move.breaks()) {
        ASSERT_NO_FATAL_FAILURE(tell(*message, move));
      }
      look_at(*message);
    }
    advance(now_);
  }

  [[nodiscard]] std::unique_ptr<Gate> random_hours() {
    if (chance_.one_in(3)) {
      return nullptr;
    }
    Policy hours{.version = 1, .zone = "America/New_York", .windows = {}, .exceptions = {}};
    for (const Lane lane : {Lane::routine, Lane::logistics}) {
      for (unsigned day = 0; day < 7; ++day) {
        const auto start = static_cast<std::uint32_t>(60 * chance_.below(10));
        hours.windows.push_back(
            {lane, Direction::to_client, std::chrono::weekday{day}, start, start + 840});
      }
    }
    return std::make_unique<Gate>(testing::gate(hours));
  }

  void lift_everything() {
    for (Client& client : clients_) {
      client.hours.reset();
    }
    Policy open{.version = therapist_->policy().version,
                .zone = "Etc/UTC",
                .windows = {},
                .exceptions = {}};
    for (const Lane lane : {Lane::routine, Lane::logistics}) {
      for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
        const std::vector<WeeklyWindow> week = open_all_week(lane, direction);
        open.windows.insert(open.windows.end(), week.begin(), week.end());
      }
    }
    adopt(std::move(open));
  }

  Chance chance_;
  Instant now_;
  std::unique_ptr<Gate> therapist_;
  std::array<Client, testing::kRelationships> clients_;
  std::vector<Message> messages_;
};

void run_seed(std::uint64_t seed) {
  SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
  Practice(seed).live();
}

TEST(Simulation, keeps_or_renews_every_promise_and_passes_each_message_on_once_in_open_hours) {
  testing::for_each_seed(1000, run_seed);
}

}  // namespace
}  // namespace holdspace::boundary
