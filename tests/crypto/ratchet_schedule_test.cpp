// Random and exhaustive orders of delivery. A failure prints its seed; HOLDSPACE_SEED runs that one
// schedule again, HOLDSPACE_SCHEDULES sets how many there are.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <random>
#include <set>

#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::kNow;
using testing::make_person;
using testing::Person;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* value = std::getenv(variable);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

struct InFlight {
  Direct direct;
  std::string text;
};

// One side of a schedule: what is on its way to it, and what has arrived.
struct Side {
  End end;
  std::vector<InFlight> coming;
  std::vector<InFlight> delivered;
};

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed) {
    testing::seed_random(seed);
    people_.push_back(make_person(1));
    people_.push_back(make_person(1));
    sides_.push_back({End(people_[0], people_[1]), {}, {}});
    sides_.push_back({End(people_[1], people_[0]), {}, {}});
    EXPECT_TRUE(sides_[0].end.start(pick(2) ? Kem::one_time : Kem::last_resort));
    if (pick(4) == 0) {
      EXPECT_TRUE(sides_[1].end.start(Kem::one_time));
    }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Side& side = sides_[pick(2)];
      now_ += std::chrono::minutes{20};
      const auto action = pick(11);
      if (action < 4) {
        send(side);
      } else if (action < 8) {
        deliver(side);
      } else if (action == 8) {
        repeat(side);
      } else if (action == 9) {
        renew(side);
      } else if (!side.coming.empty()) {
        side.coming.erase(side.coming.begin() +
                          static_cast<std::ptrdiff_t>(pick(side.coming.size())));
      }
    }
    for (Side& side : sides_) {
      while (!side.coming.empty()) deliver(side);
    }
    // Whatever was lost, the two still understand each other, and agree on one session once both
    // have answered.
    for (int i = 0; i < 2; ++i) {
      for (Side& side : sides_) {
        if (!side.end.sessions().can_seal()) continue;
        send(side);
        Side& other = other_of(side);
        while (!other.coming.empty()) deliver(other);
      }
    }
    EXPECT_EQ(sides_[0].end.sessions().active_session(), sides_[1].end.sessions().active_session());
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  Side& other_of(Side& side) { return &side == &sides_[0] ? sides_[1] : sides_[0]; }

  void send(Side& side) {
    if (!side.end.sessions().can_seal()) return;
    const std::string text = "message " + std::to_string(++sent_);
    other_of(side).coming.push_back({side.end.send(text), text});
  }

  // Refused while the last one that it opened may still be accepted, and within an hour of it.
  void renew(Side& side) {
    if (side.end.sessions().can_seal()) (void)side.end.renew(Kem::last_resort, now_);
  }

  void deliver(Side& side) {
    if (side.coming.empty()) return;
    const auto at = side.coming.begin() + static_cast<std::ptrdiff_t>(pick(side.coming.size()));
    InFlight message = std::move(*at);
    side.coming.erase(at);
    const auto received = side.end.receive(message.direct, now_);
    ASSERT_FALSE(received.failure.has_value()) << static_cast<int>(received.failure->error);
    EXPECT_EQ(received.text, message.text);
    EXPECT_EQ(received.lost, 0U);
    side.delivered.push_back(std::move(message));
  }

  void repeat(Side& side) {
    if (side.delivered.empty()) return;
    const SecretBytes before = side.end.state();
    const auto again = side.end.receive(side.delivered[pick(side.delivered.size())].direct, now_);
    ASSERT_TRUE(again.failure.has_value());
    // A header key that is more than five chains old is gone, and with it the knowledge that this
    // was a repeat.
    EXPECT_TRUE(again.failure->error == OpenError::duplicate ||
                again.failure->error == OpenError::unknown_session);
    EXPECT_EQ(side.end.state(), before);
  }

  std::mt19937_64 random_;
  std::vector<Person> people_ = reserved();
  std::vector<Side> sides_;
  Instant now_ = kNow;
  int sent_ = 0;

  // The ends hold references into the vector.
  static std::vector<Person> reserved() {
    std::vector<Person> people;
    people.reserve(2);
    return people;
  }
};

TEST(RatchetSchedule, every_delivered_message_opens_once_in_any_order) {
  const std::uint64_t count = number_from("HOLDSPACE_SCHEDULES", 1000);
  const std::uint64_t first = number_from("HOLDSPACE_SEED", 1);
  for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    SCOPED_TRACE("HOLDSPACE_SEED=" + std::to_string(seed) + " HOLDSPACE_SCHEDULES=1");
    Schedule(seed).run(24);
  }
}

// Opens without erasing anything around the session, so that a state can be tried again from the
// same point.
std::optional<PeerSessions> opened(PeerSessions sessions, const InFlight& message, End& scratch) {
  scratch.replace(std::move(sessions));
  auto incoming = scratch.try_open(message.direct);
  if (!incoming || testing::text_of(incoming->content()) != message.text) return std::nullopt;
  return std::move(*incoming).after_durable_write().sessions;
}

PeerSessions copy_of(const PeerSessions& sessions) {
  return *PeerSessions::parse(sessions.encode());
}

// Every order in which the pending messages can reach one device; returns how many full orders
// opened completely.
std::uint64_t deliver_in_every_order(const PeerSessions& sessions,
                                     const std::vector<InFlight>& pending, unsigned used,
                                     End& scratch) {
  if (used == (1U << pending.size()) - 1) return 1;
  std::uint64_t orders = 0;
  for (unsigned i = 0; i < pending.size(); ++i) {
    if (used >> i & 1U) continue;
    const auto next = opened(copy_of(sessions), pending[i], scratch);
    EXPECT_TRUE(next.has_value()) << "message " << i << " after set " << used;
    if (!next) return 0;
    orders += deliver_in_every_order(*next, pending, used | 1U << i, scratch);
  }
  return orders;
}

std::uint64_t factorial(std::size_t n) {
  return n < 2 ? 1 : n * factorial(n - 1);
}

// `counts[t]` messages in turn t. Of each turn but the last, the receiver gets one message at once,
// so that it can turn; all others come at the end, in every order.
void try_every_order(const std::vector<int>& counts) {
  Person a = make_person();
  Person b = make_person();
  End ends[2] = {End(a, b), End(b, a)};
  ASSERT_TRUE(ends[0].start(Kem::last_resort));
  std::vector<InFlight> pending[2];
  for (std::size_t turn = 0; turn < counts.size(); ++turn) {
    End& sender = ends[turn % 2];
    const std::size_t receiver = (turn + 1) % 2;
    std::vector<InFlight> sent;
    for (int i = 0; i < counts[turn]; ++i) {
      const std::string text = std::to_string(turn) + "." + std::to_string(i);
      sent.push_back({sender.send(text), text});
    }
    if (turn + 1 < counts.size()) {
      const InFlight last = std::move(sent.back());
      sent.pop_back();
      ASSERT_EQ(ends[receiver].receive(last.direct).text, last.text);
    }
    for (InFlight& message : sent) pending[receiver].push_back(std::move(message));
  }
  for (std::size_t side = 0; side < 2; ++side) {
    const PeerSessions start = copy_of(ends[side].sessions());
    EXPECT_EQ(deliver_in_every_order(start, pending[side], 0, ends[side]),
              factorial(pending[side].size()));
  }
}

void for_each_split(int total, std::size_t turns, std::vector<int>& counts,
                    const std::function<void()>& visit) {
  if (counts.size() + 1 == turns) {
    counts.push_back(total);
    visit();
    counts.pop_back();
    return;
  }
  const int rest = static_cast<int>(turns - counts.size()) - 1;
  for (int here = 1; here <= total - rest; ++here) {
    counts.push_back(here);
    for_each_split(total - here, turns, counts, visit);
    counts.pop_back();
  }
}

// HOLDSPACE_PERMUTED sets the size; each one more takes some ten times as long.
TEST(RatchetSchedule, all_orders_of_up_to_seven_messages_over_up_to_four_turns_open) {
  const int size = static_cast<int>(number_from("HOLDSPACE_PERMUTED", 7));
  testing::seed_random(1);
  for (int total = 1; total <= size; ++total) {
    for (std::size_t turns = 1; turns <= 4 && turns <= static_cast<std::size_t>(total); ++turns) {
      std::vector<int> counts;
      for_each_split(total, turns, counts, [&] {
        SCOPED_TRACE(::testing::PrintToString(counts));
        try_every_order(counts);
      });
    }
  }
}

// Both sides open a session, the first one of the two or a further one, send two messages each, and
// the network delivers in any order: section 9.2.
enum class Opens { first, further };

class Race {
 public:
  Race() : a_(make_person()), b_(make_person()) {}

  std::uint64_t run(Opens opens) {
    End a(a_, b_);
    End b(b_, a_);
    EXPECT_TRUE(a.start(Kem::last_resort));
    if (opens == Opens::first) {
      EXPECT_TRUE(b.start(Kem::last_resort));
    } else {
      EXPECT_EQ(b.receive(a.send("before")).text, "before");
      EXPECT_EQ(a.receive(b.send("before")).text, "before");
      const Instant later = kNow + std::chrono::hours{2};
      EXPECT_EQ(a.renew(Kem::last_resort, later), std::nullopt);
      EXPECT_EQ(b.renew(Kem::last_resort, later), std::nullopt);
    }
    smaller_ = std::min(*a.sessions().active_session(), *b.sessions().active_session());
    End* ends[2] = {&a, &b};
    explore(ends, {0, 0}, {});
    return endings_;
  }

 private:
  struct Moving {
    std::size_t to;
    InFlight message;
  };

  void explore(End* ends[2], std::array<int, 2> sent, std::vector<Moving> moving) {
    if (moving.empty() && sent == std::array{2, 2}) {
      ++endings_;
      EXPECT_EQ(ends[0]->sessions().active_session(), smaller_);
      EXPECT_EQ(ends[1]->sessions().active_session(), smaller_);
      return;
    }
    const SecretBytes saved[2] = {ends[0]->state(), ends[1]->state()};
    const auto restore = [&] {
      for (std::size_t i = 0; i < 2; ++i) ends[i]->replace(*PeerSessions::parse(saved[i]));
    };
    for (std::size_t from = 0; from < 2; ++from) {
      if (sent[from] == 2) continue;
      auto next_sent = sent;
      auto next_moving = moving;
      const std::string text = std::to_string(from) + std::to_string(next_sent[from]++);
      next_moving.push_back({1 - from, {ends[from]->send(text), text}});
      explore(ends, next_sent, next_moving);
      restore();
    }
    for (std::size_t i = 0; i < moving.size(); ++i) {
      End& end = *ends[moving[i].to];
      auto next = opened(copy_of(end.sessions()), moving[i].message, end);
      ASSERT_TRUE(next.has_value());
      end.replace(std::move(*next));
      auto next_moving = moving;
      next_moving.erase(next_moving.begin() + static_cast<std::ptrdiff_t>(i));
      explore(ends, sent, next_moving);
      restore();
    }
  }

  Person a_;
  Person b_;
  SessionId smaller_{};
  std::uint64_t endings_ = 0;
};

TEST(RatchetSchedule, simultaneous_initiation_loses_nothing_and_ends_on_the_smaller_id) {
  testing::seed_random(2);
  for (const Opens opens : {Opens::first, Opens::further}) {
    Race race;
    // Each side: two sends in order, each delivery after its send, 3 orders; interleaved with the
    // other's in 70 ways.
    EXPECT_EQ(race.run(opens), 3U * 3U * 70U);
  }
}

}  // namespace
}  // namespace holdspace::crypto
