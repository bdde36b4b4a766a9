// The three locks of a record file.
#include "crypto/record_lock.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/support/error_of.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;

TEST(RecordLock, opens_with_its_own_secret_alone) {
  using Error = RecordLockError;
  const RecordsKey records_key = RecordsKey::generate();
  const RecoveryRecordsKey recovery{random_secret<32>()};
  constexpr auto kPurpose = RecordPurpose::record_export;
  const auto by_phrase = lock_records(kPurpose, "correct horse", PassphraseCost::interactive);
  const auto by_key = lock_records(kPurpose, records_key.public_key());
  const auto by_code = lock_records(kPurpose, recovery);
  ASSERT_TRUE(by_phrase && by_key && by_code);
  EXPECT_EQ(by_phrase->preamble.size(), 148U);
  EXPECT_EQ(by_key->preamble.size(), kRecordPreambleBytesMax);
  EXPECT_EQ(by_code->preamble.size(), 131U);

  EXPECT_TRUE(unlock_records(by_phrase->preamble, "correct horse")->key.equals(by_phrase->key));
  EXPECT_TRUE(unlock_records(by_key->preamble, records_key)->key.equals(by_key->key));
  EXPECT_TRUE(unlock_records(by_code->preamble, recovery)->key.equals(by_code->key));
  EXPECT_EQ(error_of(unlock_records(by_phrase->preamble, "other horse")), Error::wrong_key);
  EXPECT_EQ(error_of(unlock_records(by_key->preamble, RecordsKey::generate())), Error::wrong_key);
  EXPECT_EQ(error_of(unlock_records(by_code->preamble, RecoveryRecordsKey{})), Error::wrong_key);
  EXPECT_EQ(error_of(unlock_records(by_code->preamble, records_key)), Error::malformed);
  EXPECT_EQ(error_of(unlock_records(by_key->preamble, "correct horse")), Error::malformed);
  EXPECT_EQ(error_of(unlock_records(ByteView(by_code->preamble).first(130), recovery)),
            Error::malformed);
  RecordsPublicKey unusable;
  unusable.bytes.fill(0xFF);
  EXPECT_EQ(error_of(lock_records(kPurpose, unusable)), Error::bad_key);
}

TEST(RecordLock, key_that_is_not_the_committed_one_is_refused) {
  const RecoveryRecordsKey recovery{random_secret<32>()};
  ByteVector preamble = lock_records(RecordPurpose::history, recovery)->preamble;
  preamble[3 + 72] ^= 1;  // the commitment
  EXPECT_EQ(error_of(unlock_records(preamble, recovery)), RecordLockError::two_keys);
}

}  // namespace
}  // namespace holdspace::crypto
