// The key of an export or history file, and the three ways to lock it. The file begins with a
// preamble that says how it is locked and commits to the key. docs/protocol.md section 12.4.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "crypto/keys.hpp"
#include "crypto/secret_stream.hpp"
#include "crypto/vault.hpp"

namespace holdspace::crypto {

enum class RecordPurpose : std::uint8_t {
  record_export = 1,  // section 12.4: a clinical record for the practice's file
  history = 2,        // section 12.3: one's own history for one's own next device
};

// A practice's records key: its secret half is kept offline.
using RecordsKey = KemKey<RecordsRole>;
// 32 bytes derived from a printed recovery code (label rec/key).
struct RecoveryRecordsKey {
  Secret<32> key;
};

// What a writer needs, and what an unlocked file gives. `preamble` are the file's first bytes.
struct RecordKey {
  RecordPurpose purpose = RecordPurpose::record_export;
  ByteVector preamble;
  Secret<32> key;
  StreamHeader header{};
};

// No preamble is longer: give the unlock functions this many bytes of a file, or all of it.
inline constexpr std::size_t kRecordPreambleBytesMax = 1251;

enum class RecordLockError {
  malformed,      // not a preamble of this version, or locked in another way
  wrong_key,      // wrong passphrase, records key or code, or altered bytes
  two_keys,       // opens, with another key than the committed one
  bad_key,        // the records key to lock with is not canonical or of low order
  out_of_memory,  // Argon2id could not get its memory
};
template <class T>
using RecordLockResult = boost::system::result<T, RecordLockError>;

// A random file key and its preamble. Errors: out_of_memory; bad_key.
[[nodiscard]] RecordLockResult<RecordKey> lock_records(RecordPurpose purpose,
                                                       std::string_view passphrase,
                                                       PassphraseCost cost);
[[nodiscard]] RecordLockResult<RecordKey> lock_records(RecordPurpose purpose,
                                                       const RecordsPublicKey& records_key);
[[nodiscard]] RecordLockResult<RecordKey> lock_records(RecordPurpose purpose,
                                                       const RecoveryRecordsKey& recovery);

// `start` is the beginning of the file; the chunks begin behind the preamble that comes back.
[[nodiscard]] RecordLockResult<RecordKey> unlock_records(ByteView start,
                                                         std::string_view passphrase);
[[nodiscard]] RecordLockResult<RecordKey> unlock_records(ByteView start,
                                                         const RecordsKey& records_key);
[[nodiscard]] RecordLockResult<RecordKey> unlock_records(ByteView start,
                                                         const RecoveryRecordsKey& recovery);

}  // namespace holdspace::crypto
