#include "crypto/vault.hpp"

#include <sodium.h>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/passphrase.hpp"
#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kLockVersion = 1;
enum class LockKind : std::uint8_t { passphrase = 1, key_file = 2 };
constexpr std::string_view kKeyFilePrefix = "holdspace-key-1 ";
constexpr std::size_t kSealedKeyBytes = 32 + kAeadOverheadBytes;

// version u8 | kind u8 | purpose u8 | cost u8 | salt 16 | AEAD(key, ad = label || all of these,
// secret)
struct Preamble {
  LockKind kind = LockKind::passphrase;
  VaultPurpose purpose = VaultPurpose::store_key;
  PassphraseCost cost = PassphraseCost::moderate;
  Bytes<16> salt{};

  [[nodiscard]] ByteVector bytes() const {
    return Writer{}
        .u8(kLockVersion)
        .u8(static_cast<std::uint8_t>(kind))
        .u8(static_cast<std::uint8_t>(purpose))
        .u8(static_cast<std::uint8_t>(cost))
        .bytes(salt)
        .take();
  }
  [[nodiscard]] ByteVector associated() const {
    return Writer{}.bytes(label("vault/lock")).bytes(bytes()).take();
  }
};

ByteVector lock(const Secret<32>& secret, const Preamble& preamble, const Secret<32>& key) {
  return Writer{}
      .bytes(preamble.bytes())
      .bytes(aead_seal(key, preamble.associated(), secret.expose()))
      .take();
}

// The preamble and, behind it, the sealed secret; empty when the layout is not ours.
std::optional<Preamble> parse_preamble(ByteView locked, LockKind kind, ByteView& sealed) {
  Reader in(locked);
  const std::uint8_t version = in.u8();
  Preamble preamble;
  preamble.kind = static_cast<LockKind>(in.u8());
  preamble.purpose = static_cast<VaultPurpose>(in.u8());
  const std::uint8_t cost = in.u8();
  preamble.cost = static_cast<PassphraseCost>(cost);
  preamble.salt = in.bytes<16>();
  const std::size_t head = 4 + preamble.salt.size();
  if (!in.ok() || version != kLockVersion || preamble.kind != kind || cost < 1 || cost > 2 ||
      locked.size() != head + kSealedKeyBytes) {
    return std::nullopt;
  }
  sealed = locked.subspan(head);
  return preamble;
}

UnlockResult<Secret<32>> unlock(ByteView sealed, const Preamble& preamble, VaultPurpose purpose,
                                const Secret<32>& key) {
  const auto plain = aead_open(key, preamble.associated(), sealed);
  if (!plain || preamble.purpose != purpose) return UnlockError::wrong_key;
  return Secret<32>(std::span<const std::uint8_t, 32>(plain->data(), 32));
}

ByteVector record_associated(const RecordName& name) {
  return Writer{}
      .bytes(label("vault/record"))
      .prefixed(text_bytes(name.table))
      .prefixed(text_bytes(name.id))
      .u64(name.generation)
      .take();
}

}  // namespace

UnlockResult<ByteVector> lock_with_passphrase(const Secret<32>& secret, VaultPurpose purpose,
                                              std::string_view passphrase, PassphraseCost cost) {
  const Preamble preamble{LockKind::passphrase, purpose, cost, random_array<16>()};
  const auto key = stretch_passphrase(passphrase, preamble.salt, preamble.cost);
  if (!key) return UnlockError::out_of_memory;
  return lock(secret, preamble, *key);
}

UnlockResult<Secret<32>> unlock_with_passphrase(ByteView locked, VaultPurpose purpose,
                                                std::string_view passphrase) {
  ByteView sealed;
  const auto preamble = parse_preamble(locked, LockKind::passphrase, sealed);
  if (!preamble) return UnlockError::malformed;
  const auto key = stretch_passphrase(passphrase, preamble->salt, preamble->cost);
  if (!key) return UnlockError::out_of_memory;
  return unlock(sealed, *preamble, purpose, *key);
}

KeyFileKey make_key_file_key() {
  return {random_secret<32>()};
}

SecretBytes encode_key_file(const KeyFileKey& key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const ByteView prefix = text_bytes(kKeyFilePrefix);
  SecretBytes text(prefix.begin(), prefix.end());
  for (const std::uint8_t byte : key.key.expose()) {
    text.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4]));
    text.push_back(static_cast<std::uint8_t>(kDigits[byte & 15]));
  }
  text.push_back('\n');
  return text;
}

std::optional<KeyFileKey> parse_key_file(std::string_view text) {
  if (text.substr(0, kKeyFilePrefix.size()) != kKeyFilePrefix) return std::nullopt;
  text.remove_prefix(kKeyFilePrefix.size());
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  KeyFileKey key;
  std::size_t bytes = 0;
  if (text.size() != 64 ||
      sodium_hex2bin(key.key.overwrite().data(), 32, text.data(), text.size(), nullptr, &bytes,
                     nullptr) != 0 ||
      bytes != 32) {
    return std::nullopt;
  }
  return key;
}

ByteVector lock_with_key_file(const Secret<32>& secret, VaultPurpose purpose,
                              const KeyFileKey& key) {
  // The key is random already: no stretching, so cost and salt say nothing here.
  return lock(secret, {LockKind::key_file, purpose, PassphraseCost::interactive, {}}, key.key);
}

UnlockResult<Secret<32>> unlock_with_key_file(ByteView locked, VaultPurpose purpose,
                                              const KeyFileKey& key) {
  ByteView sealed;
  const auto preamble = parse_preamble(locked, LockKind::key_file, sealed);
  if (!preamble) return UnlockError::malformed;
  return unlock(sealed, *preamble, purpose, key.key);
}

StoreKey make_store_key() {
  return {random_secret<32>()};
}

ByteVector seal_record(const StoreKey& key, const RecordName& name, ByteView record) {
  return aead_seal(key.key, record_associated(name), record);
}

std::optional<SecretBytes> open_record(const StoreKey& key, const RecordName& name,
                                       ByteView sealed) {
  return aead_open(key.key, record_associated(name), sealed);
}

}  // namespace holdspace::crypto
