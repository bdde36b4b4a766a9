// Keys at rest: a store key locked under a passphrase or a key file, and records sealed under the
// store key. Where the bytes are kept is the client's business. docs/protocol.md section 12.2.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// What a locked secret is for: bound into it, so that one cannot be put in the place of another.
enum class VaultPurpose : std::uint8_t {
  store_key = 1,    // the key that records are sealed under
  account_key = 2,  // the seed of AK, under its own passphrase
};

// Argon2id, by libsodium's names. interactive = 64 MiB, about 0.1 s: browsers and tests. moderate =
// 256 MiB, about 1 s.
enum class PassphraseCost : std::uint8_t { interactive = 1, moderate = 2 };

enum class UnlockError {
  malformed,  // not a locked secret of this version, or locked in the other way (passphrase or key
              // file)
  wrong_key,  // wrong passphrase, key file or purpose, or altered bytes
  out_of_memory,  // Argon2id could not get its memory
};

template <class T>
using UnlockResult = boost::system::result<T, UnlockError>;

// A locked secret names its cost and salt itself; it is safe to write to disk. Only error:
// out_of_memory.
[[nodiscard]] UnlockResult<ByteVector> lock_with_passphrase(const Secret<32>& secret,
                                                            VaultPurpose purpose,
                                                            std::string_view passphrase,
                                                            PassphraseCost cost);
[[nodiscard]] UnlockResult<Secret<32>> unlock_with_passphrase(ByteView locked, VaultPurpose purpose,
                                                              std::string_view passphrase);

// A key file holds 32 random bytes as one line "holdspace-key-1 <64 hex digits>\n"; protect it like
// a private key.
struct KeyFileKey {
  Secret<32> key;
};
[[nodiscard]] KeyFileKey make_key_file_key();
[[nodiscard]] SecretBytes encode_key_file(const KeyFileKey& key);
[[nodiscard]] std::optional<KeyFileKey> parse_key_file(std::string_view text);
[[nodiscard]] ByteVector lock_with_key_file(const Secret<32>& secret, VaultPurpose purpose,
                                            const KeyFileKey& key);
[[nodiscard]] UnlockResult<Secret<32>> unlock_with_key_file(ByteView locked, VaultPurpose purpose,
                                                            const KeyFileKey& key);

// The key that records are sealed under; random, 32 bytes.
struct StoreKey {
  Secret<32> key;
};
[[nodiscard]] StoreKey make_store_key();

// A record's place, authenticated with it: a record moved to another table, id or generation does
// not open.
struct RecordName {
  std::string_view table;
  std::string_view id;
  std::uint64_t generation = 0;  // of the whole store; a restored older file has an older one
};
[[nodiscard]] ByteVector seal_record(const StoreKey& key, const RecordName& name, ByteView record);
// Empty when the key or the name is another, or the bytes were changed.
[[nodiscard]] std::optional<SecretBytes> open_record(const StoreKey& key, const RecordName& name,
                                                     ByteView sealed);

}  // namespace holdspace::crypto
