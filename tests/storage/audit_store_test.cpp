// The audit ledger: numbered from 1 without gaps, never changed, and signed words about its start.
#include "storage/audit_store.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;

class AuditStoreTest : public PracticeTest {
 protected:
  void record(int number) {
    const auto done =
        run(stores_.conflicts.set_conflict(practice_, therapist_, client_, number % 2 == 1,
                                           "record " + std::to_string(number), soon()));
    ASSERT_TRUE(done.has_value());
  }
  AuditPage fetch(std::uint64_t from, std::size_t most = kAuditPerFetch) {
    return *run(stores_.audit.fetch_audit(practice_, from, most, soon()));
  }
  boost::system::result<void, SetCheckpointError> set(std::uint64_t follows, std::uint64_t count) {
    return run(stores_.audit.set_checkpoint(practice_, follows, checkpoint(count), soon()));
  }
  [[nodiscard]] AuditCheckpoint checkpoint(std::uint64_t count) const {
    AuditCheckpoint made;
    made.count = count;
    made.at = now_;
    made.head.fill(static_cast<std::uint8_t>(count));
    made.signature.fill(0xAB);
    return made;
  }
};

TEST_F(AuditStoreTest, records_come_by_number) {
  EXPECT_EQ(fetch(1).count, 0U);
  for (int i = 1; i <= 5; ++i) record(i);
  const AuditPage page = fetch(2, 3);
  EXPECT_EQ(page.count, 5U);
  EXPECT_EQ(page.checkpoint, std::nullopt);
  ASSERT_EQ(page.entries.size(), 3U);
  EXPECT_EQ(page.entries[0].number, 2U);
  EXPECT_EQ(page.entries[2].record, "record 4");
  EXPECT_LT(page.entries[2].at - now_, 1min);
  EXPECT_TRUE(fetch(6).entries.empty());
  for (const auto& [from, most] :
       {std::pair<std::uint64_t, std::size_t>{0, 1}, {1, 0}, {1, kAuditPerFetch + 1}}) {
    EXPECT_EQ(run(stores_.audit.fetch_audit(practice_, from, most, soon())).error(),
              FetchAuditError::invalid);
  }
}

TEST_F(AuditStoreTest, a_change_that_is_done_already_is_not_recorded_twice) {
  record(1);
  record(1);
  EXPECT_EQ(fetch(1).count, 1U);
}

TEST_F(AuditStoreTest, a_checkpoint_follows_the_one_that_it_was_computed_from) {
  for (int i = 1; i <= 5; ++i) record(i);
  ASSERT_TRUE(set(0, 3).has_value());
  ASSERT_TRUE(set(0, 3).has_value()) << "the same again is done already";
  EXPECT_EQ(fetch(1).checkpoint, checkpoint(3));
  const auto before = picture();
  EXPECT_EQ(set(0, 4).error(), SetCheckpointError::stale);
  EXPECT_EQ(set(3, 2).error(), SetCheckpointError::invalid);
  EXPECT_EQ(set(3, 6).error(), SetCheckpointError::invalid);
  EXPECT_EQ(picture(), before);
  ASSERT_TRUE(set(3, 5).has_value());
  EXPECT_EQ(fetch(1).checkpoint, checkpoint(5));
}

TEST_F(AuditStoreTest, of_two_checkpoints_at_once_one_is_stale) {
  for (int i = 1; i <= 5; ++i) record(i);
  Stores other(io_.get_executor(), server_.socket_path());
  std::optional<boost::system::result<void, SetCheckpointError>> one;
  std::optional<boost::system::result<void, SetCheckpointError>> two;
  begin(stores_.audit.set_checkpoint(practice_, 0, checkpoint(4), soon()), one);
  begin(other.audit.set_checkpoint(practice_, 0, checkpoint(5), soon()), two);
  drive_until(one);
  drive_until(two);
  ASSERT_NE(one->has_value(), two->has_value());
  EXPECT_EQ((one->has_value() ? two : one)->error(), SetCheckpointError::stale);
}

}  // namespace
}  // namespace holdspace::storage
