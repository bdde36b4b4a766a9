// The list of practices: who is in it, and that a walk meets everybody once.
#include "storage/practice_list.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class PracticeListTest : public PracticeTest {
 protected:
  std::vector<PracticeId> next(PracticeId after, std::size_t most) {
    return *run(stores_.practices.next_practices(after, most, soon()));
  }
  bool list(PracticeId practice) { return *run(stores_.practices.list_practice(practice, soon())); }
};

TEST_F(PracticeListTest, a_practice_is_listed_when_it_is_made_and_once) {
  EXPECT_EQ(next({}, 10), std::vector<PracticeId>{practice_});
  const PracticeId other = make_id<PracticeId>(0xA9, 2);
  const InviteRecord first = invite(1, Role::admin);
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(run(stores_.invites.create_practice(other, first, soon())).has_value());
    EXPECT_EQ(next({}, 10), (std::vector<PracticeId>{other, practice_}));
  }
}

TEST_F(PracticeListTest, one_that_was_made_before_there_was_a_list_can_be_added) {
  redis({"DEL", std::string(keys::kPractices)});
  EXPECT_TRUE(next({}, 10).empty());
  EXPECT_TRUE(list(practice_));
  const auto before = picture();
  EXPECT_FALSE(list(practice_)) << "again: nothing is written";
  EXPECT_EQ(picture(), before);
}

TEST_F(PracticeListTest, a_practice_that_is_refused_is_not_listed) {
  InviteRecord late = invite(1, Role::admin);
  late.expires_at = now_ - std::chrono::hours(1);
  const auto before = picture();
  EXPECT_EQ(
      run(stores_.invites.create_practice(make_id<PracticeId>(0xAA, 2), late, soon())).error(),
      CreateInviteError::invalid);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(run(stores_.invites.create_practice(practice_, invite(2, Role::admin), soon())).error(),
            CreateInviteError::conflict);
  EXPECT_EQ(picture(), before) << "the one that exists stays listed";
}

TEST_F(PracticeListTest, a_walk_in_pages_meets_each_once) {
  std::vector<PracticeId> all{practice_};
  for (std::uint16_t i = 1; i <= 6; ++i) {
    all.push_back(make_id<PracticeId>(static_cast<std::uint8_t>(0x30 * i), i));
    EXPECT_TRUE(list(all.back()));
  }
  std::sort(all.begin(), all.end());
  std::vector<PracticeId> met;
  for (PracticeId after;;) {
    const auto page = next(after, 3);
    met.insert(met.end(), page.begin(), page.end());
    if (page.size() < 3) break;
    after = page.back();
  }
  EXPECT_EQ(met, all);
}

TEST_F(PracticeListTest, a_full_list_takes_no_more_practices) {
  for (std::size_t i = 1; i < kPracticesMax;) {
    CommandParts fill{"ZADD", std::string(keys::kPractices)};
    for (int part = 0; part < 4096 && i < kPracticesMax; ++part, ++i) {
      PracticeId id = make_id<PracticeId>(0x01, static_cast<std::uint16_t>(i));
      fill.insert(fill.end(), {"0", to_hex(id)});
    }
    redis(std::move(fill));
  }
  const PracticeId one_more = make_id<PracticeId>(0xAA, 2);
  EXPECT_EQ(run(stores_.practices.list_practice(one_more, soon())).error(),
            ListPracticeError::quota);
  EXPECT_FALSE(list(practice_)) << "listed already";
  EXPECT_EQ(run(stores_.invites.create_practice(one_more, invite(1, Role::admin), soon())).error(),
            CreateInviteError::quota);
  EXPECT_EQ(run(stores_.invites.open_invite(invite(1, Role::admin).id, soon())).error(),
            InviteError::not_found);
}

}  // namespace
}  // namespace holdspace::storage
