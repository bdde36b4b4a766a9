#include "crypto/record_lock.hpp"

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"
#include "crypto/passphrase.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kRecordFileVersion = 1;
enum class LockKind : std::uint8_t { passphrase = 1, records_key = 2, recovery_code = 3 };
constexpr std::size_t kSealedKeyBytes = 32 + kAeadOverheadBytes;
constexpr std::size_t kTailBytes = kSealedKeyBytes + 32 + kStreamHeaderBytes;
static_assert(3 + kKemCiphertextBytes + kTailBytes == kRecordPreambleBytesMax);

// What stands between the three leading bytes and the sealed key.
std::size_t how_bytes(LockKind kind) {
  switch (kind) {
    case LockKind::passphrase:
      return 1 + 16;  // cost, salt
    case LockKind::records_key:
      return kKemCiphertextBytes;
    case LockKind::recovery_code:
      return 0;
  }
  return 0;
}

ByteVector head_of(RecordPurpose purpose, LockKind kind, ByteView how) {
  return Writer{}
      .u8(kRecordFileVersion)
      .u8(static_cast<std::uint8_t>(purpose))
      .u8(static_cast<std::uint8_t>(kind))
      .bytes(how)
      .take();
}

Secret<32> wrapping_key(const Secret<32>& secret, ByteView head) {
  return hkdf_expand<32>(hkdf_extract(hash32({label("exp/salt")}), secret.expose()), "exp/kek",
                         head);
}

ByteVector wrap_associated(ByteView head) {
  return Writer{}.bytes(label("exp/wrap")).bytes(head).take();
}

RecordKey lock(RecordPurpose purpose, const ByteVector& head, const Secret<32>& secret) {
  RecordKey out{purpose, {}, random_secret<32>(), random_array<kStreamHeaderBytes>()};
  out.preamble =
      Writer{}
          .bytes(head)
          .bytes(aead_seal(wrapping_key(secret, head), wrap_associated(head), out.key.expose()))
          .bytes(mac(out.key, label("exp/commit")))
          .bytes(out.header)
          .take();
  return out;
}

// A preamble taken apart; views into the file.
struct Parts {
  RecordPurpose purpose = RecordPurpose::record_export;
  ByteView preamble;
  ByteView head;
  ByteView how;
  ByteView sealed;
  ByteView commit;
  StreamHeader header{};
};

std::optional<Parts> parse_preamble(ByteView start, LockKind kind) {
  const std::size_t size = 3 + how_bytes(kind) + kTailBytes;
  if (start.size() < size || start[0] != kRecordFileVersion || start[1] < 1 || start[1] > 2 ||
      start[2] != static_cast<std::uint8_t>(kind)) {
    return std::nullopt;
  }
  Parts parts;
  parts.purpose = static_cast<RecordPurpose>(start[1]);
  parts.preamble = start.first(size);
  parts.head = start.first(size - kTailBytes);
  parts.how = parts.head.subspan(3);
  parts.sealed = start.subspan(parts.head.size(), kSealedKeyBytes);
  parts.commit = start.subspan(parts.head.size() + kSealedKeyBytes, 32);
  parts.header = *to_bytes<kStreamHeaderBytes>(parts.preamble.last(kStreamHeaderBytes));
  return parts;
}

RecordLockResult<RecordKey> unlock(const Parts& parts, const Secret<32>& secret) {
  const auto plain =
      aead_open(wrapping_key(secret, parts.head), wrap_associated(parts.head), parts.sealed);
  if (!plain) return RecordLockError::wrong_key;
  RecordKey out{parts.purpose, ByteVector(parts.preamble.begin(), parts.preamble.end()),
                Secret<32>(std::span<const std::uint8_t, 32>(plain->data(), 32)), parts.header};
  if (!equal_in_constant_time(mac(out.key, label("exp/commit")), parts.commit)) {
    return RecordLockError::two_keys;
  }
  return out;
}

}  // namespace

RecordLockResult<RecordKey> lock_records(RecordPurpose purpose, std::string_view passphrase,
                                         PassphraseCost cost) {
  const auto salt = random_array<16>();
  const auto secret = stretch_passphrase(passphrase, salt, cost);
  if (!secret) return RecordLockError::out_of_memory;
  const ByteVector how = Writer{}.u8(static_cast<std::uint8_t>(cost)).bytes(salt).take();
  return lock(purpose, head_of(purpose, LockKind::passphrase, how), *secret);
}

RecordLockResult<RecordKey> lock_records(RecordPurpose purpose,
                                         const RecordsPublicKey& records_key) {
  const auto made = xwing_encapsulate(records_key.bytes);
  if (!made) return RecordLockError::bad_key;
  return lock(purpose, head_of(purpose, LockKind::records_key, made->ciphertext), made->shared);
}

RecordLockResult<RecordKey> lock_records(RecordPurpose purpose,
                                         const RecoveryRecordsKey& recovery) {
  return lock(purpose, head_of(purpose, LockKind::recovery_code, {}), recovery.key);
}

RecordLockResult<RecordKey> unlock_records(ByteView start, std::string_view passphrase) {
  const auto parts = parse_preamble(start, LockKind::passphrase);
  if (!parts || parts->how[0] < 1 || parts->how[0] > 2) return RecordLockError::malformed;
  const auto salt = *to_bytes<16>(parts->how.subspan(1));
  const auto secret =
      stretch_passphrase(passphrase, salt, static_cast<PassphraseCost>(parts->how[0]));
  if (!secret) return RecordLockError::out_of_memory;
  return unlock(*parts, *secret);
}

RecordLockResult<RecordKey> unlock_records(ByteView start, const RecordsKey& records_key) {
  const auto parts = parse_preamble(start, LockKind::records_key);
  if (!parts) return RecordLockError::malformed;
  const auto shared = records_key.decapsulate(*to_bytes<kKemCiphertextBytes>(parts->how));
  if (!shared) return RecordLockError::wrong_key;
  return unlock(*parts, *shared);
}

RecordLockResult<RecordKey> unlock_records(ByteView start, const RecoveryRecordsKey& recovery) {
  const auto parts = parse_preamble(start, LockKind::recovery_code);
  if (!parts) return RecordLockError::malformed;
  return unlock(*parts, recovery.key);
}

}  // namespace holdspace::crypto
