#include "client/local_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "client/wire_bytes.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

namespace fs = std::filesystem;

constexpr char kFileName[] = "store.sqlite";
constexpr char kLockName[] = "lock";
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
// Two processes on one store wait for each other's transaction at most this long; one takes
// milliseconds.
constexpr int kBusyTimeoutMs = 5000;
constexpr char kSchema[] =
    "CREATE TABLE record(kind TEXT NOT NULL, id BLOB NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY(kind, id)) WITHOUT ROWID;"
    "CREATE TABLE vault(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;";
// Erased keys are overwritten, and what is committed is on the disk.
constexpr char kPragmas[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    "PRAGMA trusted_schema=OFF;";

constexpr std::string_view name(Table table) {
  switch (table) {
    case Table::profile:
      return "profile";
    case Table::secret:
      return "secret";
    case Table::peer:
      return "peer";
    case Table::relationship:
      return "relationship";
    case Table::invite:
      return "invite";
    case Table::session:
      return "session";
    case Table::prekey:
      return "prekey";
    case Table::one_time_key:
      return "one_time_key";
    case Table::replay:
      return "replay";
    case Table::own_list:
      return "own_list";
    case Table::counter:
      return "counter";
    case Table::chain:
      return "chain";
    case Table::received:
      return "received";
    case Table::seen:
      return "seen";
    case Table::outbox:
      return "outbox";
    case Table::message:
      return "message";
    case Table::notice:
      return "notice";
    case Table::audit:
      return "audit";
    case Table::retry:
      return "retry";
  }
  return "";
}

bool is_private(const fs::path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && found.st_uid == ::geteuid() &&
         (found.st_mode & 077) == 0;
}

// Made before SQLite opens it, so that the file never exists with another mode; its journal files
// inherit the mode.
bool make_private_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kFileMode);
  if (file < 0) return false;
  ::close(file);
  return true;
}

}  // namespace

// A prepared statement for one use. Failures throw StoreFailure.
class LocalStore::Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    if (sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) != SQLITE_OK) fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& text(std::string_view value) {
    check(sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()),
                            SQLITE_TRANSIENT));
    return *this;
  }
  Statement& blob(std::string_view value) {
    // An empty view may have a null pointer, which SQLite takes for NULL.
    check(sqlite3_bind_blob64(statement_, ++bound_, value.empty() ? "" : value.data(), value.size(),
                              SQLITE_TRANSIENT));
    return *this;
  }
  // True while there is a row.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) fail();
    return false;
  }
  std::string column(int index) {
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, index));
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, index));
    return bytes == 0 ? std::string() : std::string(data, bytes);
  }
  std::uint64_t number(int index) {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, index));
  }

 private:
  void check(int result) {
    if (result != SQLITE_OK) fail();
  }
  [[noreturn]] void fail() {
    throw StoreFailure(std::string("the local store failed: ") + sqlite3_errmsg(database_));
  }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

LocalStore::LocalStore(fs::path folder, sqlite3* database)
    : folder_(std::move(folder)), database_(database) {}

LocalStore::~LocalStore() {
  unlock();
  sqlite3_close(database_);
}

boost::system::result<std::unique_ptr<LocalStore>, StoreError> LocalStore::attach(
    const fs::path& folder) {
  const auto file = folder / kFileName;
  if (!fs::exists(file)) return StoreError::missing;
  if (!is_private(folder) || !is_private(file)) return StoreError::open_to_others;
  sqlite3* database = nullptr;
  const int opened =
      sqlite3_open_v2(file.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<LocalStore> store(new LocalStore(folder, database));
  if (opened != SQLITE_OK) return StoreError::unusable;
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  try {
    store->execute(kPragmas);
  } catch (const StoreFailure&) {
    return StoreError::unusable;
  }
  return store;
}

boost::system::result<std::unique_ptr<LocalStore>, StoreError> LocalStore::create(
    const fs::path& folder, const Unlock& unlock) {
  std::error_code failed;
  if (!fs::exists(folder)) {
    fs::create_directories(folder, failed);
    if (failed || ::chmod(folder.c_str(), kFolderMode) != 0) return StoreError::unusable;
  }
  if (fs::exists(folder / kFileName)) return StoreError::exists;
  if (!is_private(folder)) return StoreError::open_to_others;
  if (!make_private_file(folder / kFileName)) return StoreError::unusable;

  auto attached = attach(folder);
  if (!attached.has_value()) return attached.error();
  auto store = std::move(*attached);
  store->key_ = crypto::make_store_key();
  const auto generation = crypto::random_array<8>();
  store->generation_ = decode_u64(to_string(generation));
  std::string locked;
  if (const auto* passphrase = std::get_if<Passphrase>(&unlock)) {
    const auto made = crypto::lock_with_passphrase(store->key_.key, crypto::VaultPurpose::store_key,
                                                   passphrase->text, passphrase->cost);
    if (!made.has_value()) return StoreError::unusable;
    locked = to_string(*made);
  } else {
    locked = to_string(crypto::lock_with_key_file(store->key_.key, crypto::VaultPurpose::store_key,
                                                  std::get<crypto::KeyFileKey>(unlock)));
  }
  store->execute(kSchema);
  Transaction transaction(*store);
  store->set_vault_value("store_key", locked);
  store->set_vault_value("lock_kind", unlock.index() == 0 ? "passphrase" : "key_file");
  store->set_vault_value("generation", to_string(generation));
  transaction.commit();
  return store;
}

boost::system::result<std::unique_ptr<LocalStore>, StoreError> LocalStore::open(
    const fs::path& folder, const Unlock& unlock) {
  auto attached = attach(folder);
  if (!attached.has_value()) return attached.error();
  auto store = std::move(*attached);
  try {
    const auto locked = store->vault_value("store_key");
    const bool by_passphrase = store->vault_value("lock_kind") == "passphrase";
    if (by_passphrase != (unlock.index() == 0)) return StoreError::wrong_unlock_kind;
    auto key = by_passphrase
                   ? crypto::unlock_with_passphrase(view(locked), crypto::VaultPurpose::store_key,
                                                    std::get<Passphrase>(unlock).text)
                   : crypto::unlock_with_key_file(view(locked), crypto::VaultPurpose::store_key,
                                                  std::get<crypto::KeyFileKey>(unlock));
    if (!key.has_value())
      return key.error() == crypto::UnlockError::wrong_key ? StoreError::wrong_key
                                                           : StoreError::unusable;
    store->key_.key = std::move(*key);
    store->generation_ = decode_u64(store->vault_value("generation"));
  } catch (const StoreFailure&) {
    return StoreError::unusable;
  }
  return store;
}

boost::system::result<LockKind, StoreError> LocalStore::lock_kind(const fs::path& folder) {
  auto attached = attach(folder);
  if (!attached.has_value()) return attached.error();
  try {
    return (*attached)->vault_value("lock_kind") == "passphrase" ? LockKind::passphrase
                                                                 : LockKind::key_file;
  } catch (const StoreFailure&) {
    return StoreError::unusable;
  }
}

std::optional<crypto::SecretBytes> LocalStore::get(Table table, std::string_view id) const {
  Statement statement(database_, "SELECT sealed FROM record WHERE kind=? AND id=?");
  statement.text(name(table)).blob(id);
  if (!statement.step()) return std::nullopt;
  const auto sealed = statement.column(0);
  auto record = crypto::open_record(key_, {name(table), id, generation_}, view(sealed));
  if (!record)
    throw StoreFailure("a record of the local store was altered or belongs to another store");
  return record;
}

void LocalStore::scan(Table table, std::string_view prefix, const Visitor& visit) const {
  const std::string held(prefix);
  scan_from(table, held, [&held, &visit](std::string_view id, crypto::SecretBytes record) {
    return id.starts_with(held) && visit(id, std::move(record));
  });
}

void LocalStore::scan_from(Table table, std::string_view first, const Visitor& visit) const {
  Statement statement(database_,
                      "SELECT id, sealed FROM record WHERE kind=? AND id>=? ORDER BY id");
  statement.text(name(table)).blob(first);
  while (statement.step()) {
    const auto id = statement.column(0);
    const auto sealed = statement.column(1);
    auto record = crypto::open_record(key_, {name(table), id, generation_}, view(sealed));
    if (!record)
      throw StoreFailure("a record of the local store was altered or belongs to another store");
    if (!visit(id, std::move(*record))) return;
  }
}

std::uint64_t LocalStore::count(Table table) const {
  Statement statement(database_, "SELECT count(*) FROM record WHERE kind=?");
  statement.text(name(table));
  return statement.step() ? statement.number(0) : 0;
}

void LocalStore::put(Table table, std::string_view id, crypto::ByteView record) {
  if (!in_transaction_) throw std::logic_error("a record is written inside a transaction");
  const auto sealed = crypto::seal_record(key_, {name(table), id, generation_}, record);
  Statement statement(database_, "INSERT OR REPLACE INTO record(kind, id, sealed) VALUES(?, ?, ?)");
  statement.text(name(table)).blob(id).blob(to_string(sealed));
  statement.step();
}

void LocalStore::erase(Table table, std::string_view id) {
  if (!in_transaction_) throw std::logic_error("a record is erased inside a transaction");
  Statement statement(database_, "DELETE FROM record WHERE kind=? AND id=?");
  statement.text(name(table)).blob(id);
  statement.step();
}

std::uint64_t LocalStore::next(std::string_view counter) {
  const auto held = get(Table::counter, counter);
  const auto value = (held ? decode_u64(to_string(*held)) : 0) + 1;
  put(Table::counter, counter, view(encode_u64(value)));
  return value;
}

LocalStore::Transaction::Transaction(LocalStore& store) : store_(store) {
  if (store_.in_transaction_) throw std::logic_error("transactions do not nest");
  store_.execute("BEGIN IMMEDIATE");
  store_.in_transaction_ = true;
}

LocalStore::Transaction::~Transaction() {
  if (done_) return;
  store_.in_transaction_ = false;
  sqlite3_exec(store_.database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void LocalStore::Transaction::commit() {
  store_.execute("COMMIT");
  done_ = true;
  store_.in_transaction_ = false;
}

bool LocalStore::try_lock() {
  if (lock_file_ >= 0) return true;
  const auto path = folder_ / kLockName;
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, kFileMode);
  if (file < 0) throw StoreFailure("the profile's lock file cannot be opened");
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return false;
  }
  lock_file_ = file;
  return true;
}

void LocalStore::unlock() {
  if (lock_file_ < 0) return;
  ::close(lock_file_);
  lock_file_ = -1;
}

void LocalStore::execute(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw StoreFailure(std::string("the local store failed: ") + sqlite3_errmsg(database_));
}

std::string LocalStore::vault_value(std::string_view value_name) const {
  Statement statement(database_, "SELECT value FROM vault WHERE name=?");
  statement.text(value_name);
  if (!statement.step()) throw StoreFailure("the local store has no key");
  return statement.column(0);
}

void LocalStore::set_vault_value(std::string_view value_name, std::string_view value) {
  Statement statement(database_, "INSERT OR REPLACE INTO vault(name, value) VALUES(?, ?)");
  statement.text(value_name).blob(value);
  statement.step();
}

std::string describe(StoreError error, const fs::path& folder) {
  const auto where = folder.string();
  switch (error) {
    case StoreError::missing:
      return "no profile in " + where + "; begin with `holdspace enroll --invite CODE`";
    case StoreError::exists:
      return "there is a profile in " + where + " already; choose another with --profile or --home";
    case StoreError::open_to_others:
      return where + " can be read by others; run: chmod 700 " + where + " && chmod 600 " + where +
             "/*";
    case StoreError::wrong_unlock_kind:
      return "the profile in " + where + " is locked in the other way (passphrase or key file)";
    case StoreError::wrong_key:
      return "the passphrase or key file does not unlock the profile in " + where;
    case StoreError::unusable:
      return "the profile in " + where +
             " cannot be used; check the disk and the rights of the folder";
  }
  return where;
}

}  // namespace holdspace::client
