// The device's memory: one SQLite file in which every record is sealed under the store key with its
// table, id and the store's generation, and transactions that survive a power cut. Knows bytes, not
// what they mean. Ids stand in the file in clear; texts, names, keys and states do not.
// docs/protocol.md section 12.2, docs/adr/0006-local-store-on-sqlite.md.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"
#include "crypto/vault.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace holdspace::client {

// One word per kind of record; client/records.proto says what is in them.
enum class Table : std::uint8_t {
  profile,
  secret,  // device, account key, organisation key, invite secrets
  peer,
  relationship,
  invite,
  session,       // crypto::PeerSessions; id = account id, device id
  prekey,        // crypto::PrekeyPair; id = u32
  one_time_key,  // crypto::OneTimePrekey; id = u32
  replay,        // last-resort handshakes seen; id = prekey id, tag
  own_list,      // epoch -> hash of every device list of the own account
  counter,       // name -> u64
  chain,
  received,
  seen,
  outbox,
  message,
  notice,  // v1::Notice; id = its number, u64
  audit,
  retry,  // what was asked of a device whose envelopes did not open; id as in session
};

// How the store key is locked.
struct Passphrase {
  std::string text;
  crypto::PassphraseCost cost = crypto::PassphraseCost::moderate;
};
using Unlock = std::variant<Passphrase, crypto::KeyFileKey>;

enum class LockKind : std::uint8_t { passphrase, key_file };

enum class StoreError : std::uint8_t {
  missing,            // no store in that folder: enroll first
  exists,             // create(): there is one already
  open_to_others,     // folder or file can be read by others: chmod 700 and 600
  wrong_unlock_kind,  // locked by a passphrase and a key file was given, or the other way round
  wrong_key,          // the passphrase or key file is another
  unusable,           // not a store, or the disk does not let us
};

// The disk failed or a record does not open. Nothing of the running transaction is kept; whoever
// catches it says so and stops.
class StoreFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One connection to the file; one thread. Two processes may have the same store open, but only the
// holder of try_lock() writes.
class LocalStore {
 public:
  [[nodiscard]] static boost::system::result<std::unique_ptr<LocalStore>, StoreError> create(
      const std::filesystem::path& folder, const Unlock& unlock);
  [[nodiscard]] static boost::system::result<std::unique_ptr<LocalStore>, StoreError> open(
      const std::filesystem::path& folder, const Unlock& unlock);
  // How an existing store is locked, so that the right secret is asked for.
  [[nodiscard]] static boost::system::result<LockKind, StoreError> lock_kind(
      const std::filesystem::path& folder);

  ~LocalStore();
  LocalStore(const LocalStore&) = delete;
  LocalStore& operator=(const LocalStore&) = delete;

  // All throw StoreFailure.
  [[nodiscard]] std::optional<crypto::SecretBytes> get(Table table, std::string_view id) const;
  // In the order of ids; stops when `visit` returns false. `visit` must not write.
  using Visitor = std::function<bool(std::string_view id, crypto::SecretBytes record)>;
  // Those whose ids begin with `prefix`.
  void scan(Table table, std::string_view prefix, const Visitor& visit) const;
  // Those from the id `first` on.
  void scan_from(Table table, std::string_view first, const Visitor& visit) const;
  [[nodiscard]] std::uint64_t count(Table table) const;
  // Inside a transaction only.
  void put(Table table, std::string_view id, crypto::ByteView record);
  void erase(Table table, std::string_view id);
  // The next value of a named counter, from 1.
  [[nodiscard]] std::uint64_t next(std::string_view counter);

  // Everything put and erased in its life becomes durable with commit(), or nothing does.
  class Transaction {
   public:
    explicit Transaction(LocalStore& store);
    ~Transaction();  // without commit(): nothing happened
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    // On disk, flushed, when it returns.
    void commit();

   private:
    LocalStore& store_;
    bool done_ = false;
  };

  // At most one process at a time writes and is connected. False: another one has it.
  [[nodiscard]] bool try_lock();
  void unlock();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  LocalStore(std::filesystem::path folder, sqlite3* database);
  [[nodiscard]] static boost::system::result<std::unique_ptr<LocalStore>, StoreError> attach(
      const std::filesystem::path& folder);
  void execute(const char* sql);
  class Statement;
  [[nodiscard]] std::string vault_value(std::string_view name) const;
  void set_vault_value(std::string_view name, std::string_view value);

  std::filesystem::path folder_;
  sqlite3* database_ = nullptr;
  crypto::StoreKey key_;
  std::uint64_t generation_ = 0;
  bool in_transaction_ = false;
  int lock_file_ = -1;
};

// One line for a person.
[[nodiscard]] std::string describe(StoreError error, const std::filesystem::path& folder);

}  // namespace holdspace::client
