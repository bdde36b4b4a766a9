#include "client/local_store.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "client/wire_bytes.hpp"
#include "crypto/random.hpp"
#include "tests/client/temporary_folder.hpp"

namespace holdspace::client {
namespace {

constexpr char kCanary[] = "CANARY-what-a-person-wrote";

crypto::KeyFileKey key_of(std::uint8_t byte) {
  crypto::KeyFileKey key;
  for (auto& one : key.key.overwrite()) one = byte;
  return key;
}

class LocalStoreTest : public testing::Test {
 protected:
  LocalStoreTest() { crypto::init(); }

  std::unique_ptr<LocalStore> make() {
    auto store = LocalStore::create(home(), key_of(1));
    if (!store.has_value()) throw std::runtime_error(describe(store.error(), home()));
    return std::move(*store);
  }
  std::unique_ptr<LocalStore> reopen() {
    auto store = LocalStore::open(home(), key_of(1));
    if (!store.has_value()) throw std::runtime_error(describe(store.error(), home()));
    return std::move(*store);
  }
  std::filesystem::path home() const { return folder_.path() / "profile"; }
  std::string every_byte() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(home())) {
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }
  void run_sql(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((home() / "store.sqlite").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  TemporaryFolder folder_;
};

std::string text_of(const std::optional<crypto::SecretBytes>& record) {
  return record ? to_string(*record) : "<none>";
}

TEST_F(LocalStoreTest, gives_back_what_was_put_after_a_restart) {
  {
    auto store = make();
    LocalStore::Transaction transaction(*store);
    store->put(Table::message, "1", view("one"));
    store->put(Table::message, "2", view("two"));
    store->put(Table::message, "2", view("two again"));
    store->erase(Table::message, "1");
    store->put(Table::outbox, "2", view("another table"));
    EXPECT_EQ(store->next("counter"), 1U);
    EXPECT_EQ(store->next("counter"), 2U);
    transaction.commit();
  }
  const auto store = reopen();
  EXPECT_EQ(text_of(store->get(Table::message, "1")), "<none>");
  EXPECT_EQ(text_of(store->get(Table::message, "2")), "two again");
  EXPECT_EQ(text_of(store->get(Table::outbox, "2")), "another table");
  EXPECT_EQ(store->count(Table::message), 1U);
}

TEST_F(LocalStoreTest, scans_in_the_order_of_ids_within_a_prefix) {
  auto store = make();
  LocalStore::Transaction transaction(*store);
  for (const auto* id : {"b2", "a", "b1", "c", "b"}) store->put(Table::seen, id, view(id));
  transaction.commit();
  std::string seen;
  store->scan(Table::seen, "b", [&seen](std::string_view id, const auto&) {
    seen += std::string(id) + " ";
    return true;
  });
  EXPECT_EQ(seen, "b b1 b2 ");
  seen.clear();
  store->scan_from(Table::seen, "b2", [&seen](std::string_view id, const auto&) {
    seen += std::string(id) + " ";
    return true;
  });
  EXPECT_EQ(seen, "b2 c ");
}

TEST_F(LocalStoreTest, shows_no_plaintext_on_the_disk) {
  auto store = make();
  for (int round = 0; round < 50; ++round) {
    LocalStore::Transaction transaction(*store);
    store->put(Table::message, encode_u64(static_cast<std::uint64_t>(round)), view(kCanary));
    transaction.commit();
  }
  EXPECT_EQ(every_byte().find(kCanary), std::string::npos);
  store.reset();
  EXPECT_EQ(every_byte().find(kCanary), std::string::npos);
  EXPECT_GT(every_byte().size(), 50 * sizeof kCanary);
}

TEST_F(LocalStoreTest, opens_with_its_own_key_only) {
  make();
  const auto wrong = LocalStore::open(home(), key_of(2));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error(), StoreError::wrong_key);
  const auto other_kind =
      LocalStore::open(home(), Passphrase{"words", crypto::PassphraseCost::interactive});
  ASSERT_FALSE(other_kind.has_value());
  EXPECT_EQ(other_kind.error(), StoreError::wrong_unlock_kind);
  EXPECT_EQ(*LocalStore::lock_kind(home()), LockKind::key_file);
}

TEST_F(LocalStoreTest, opens_with_its_passphrase_only) {
  const Passphrase right{"quiet river", crypto::PassphraseCost::interactive};
  {
    auto store = LocalStore::create(home(), right);
    ASSERT_TRUE(store.has_value());
    LocalStore::Transaction transaction(**store);
    (*store)->put(Table::message, "1", view("kept"));
    transaction.commit();
  }
  EXPECT_EQ(*LocalStore::lock_kind(home()), LockKind::passphrase);
  const auto wrong = LocalStore::open(home(), Passphrase{"quiet rivers", right.cost});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error(), StoreError::wrong_key);
  const auto opened = LocalStore::open(home(), right);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(text_of((*opened)->get(Table::message, "1")), "kept");
}

TEST_F(LocalStoreTest, notices_a_record_that_was_altered_or_moved) {
  {
    auto store = make();
    LocalStore::Transaction transaction(*store);
    for (const auto* id : {"a", "b", "c", "d"}) store->put(Table::message, id, view(id));
    transaction.commit();
  }
  run_sql(
      "UPDATE record SET sealed = (SELECT sealed FROM record WHERE kind='message' AND "
      "id=CAST('b' AS BLOB)) WHERE kind='message' AND id=CAST('a' AS BLOB);"
      "UPDATE record SET kind='outbox' WHERE kind='message' AND id=CAST('c' AS BLOB);"
      "UPDATE record SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || "
      "CASE substr(sealed, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) "
      "WHERE kind='message' AND id=CAST('d' AS BLOB);");
  const auto store = reopen();
  EXPECT_THROW(static_cast<void>(store->get(Table::message, "a")), StoreFailure);
  EXPECT_EQ(text_of(store->get(Table::message, "b")), "b");
  EXPECT_THROW(static_cast<void>(store->get(Table::outbox, "c")), StoreFailure);
  EXPECT_THROW(static_cast<void>(store->get(Table::message, "d")), StoreFailure);
}

TEST_F(LocalStoreTest, keeps_files_to_their_owner_and_refuses_wider_modes) {
  make();
  const auto mode = [](const std::filesystem::path& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 0777;
  };
  EXPECT_EQ(mode(home()), 0700U);
  EXPECT_EQ(mode(home() / "store.sqlite"), 0600U);
  ::chmod((home() / "store.sqlite").c_str(), 0640);
  EXPECT_EQ(LocalStore::open(home(), key_of(1)).error(), StoreError::open_to_others);
  ::chmod((home() / "store.sqlite").c_str(), 0600);
  ::chmod(home().c_str(), 0755);
  EXPECT_EQ(LocalStore::open(home(), key_of(1)).error(), StoreError::open_to_others);
}

TEST_F(LocalStoreTest, names_a_missing_store_and_an_existing_one) {
  EXPECT_EQ(LocalStore::open(home(), key_of(1)).error(), StoreError::missing);
  make();
  EXPECT_EQ(LocalStore::create(home(), key_of(1)).error(), StoreError::exists);
  std::ofstream(home() / "store.sqlite", std::ios::trunc)
      << "this is no database, long enough to be read";
  EXPECT_EQ(LocalStore::open(home(), key_of(1)).error(), StoreError::unusable);
}

TEST_F(LocalStoreTest, forgets_a_transaction_that_did_not_commit) {
  auto store = make();
  {
    LocalStore::Transaction transaction(*store);
    store->put(Table::message, "1", view("never"));
  }
  EXPECT_EQ(text_of(store->get(Table::message, "1")), "<none>");
  EXPECT_THROW(store->put(Table::message, "1", view("outside")), std::logic_error);
}

TEST_F(LocalStoreTest, lets_one_program_write_at_a_time) {
  auto first = make();
  auto second = reopen();
  EXPECT_TRUE(first->try_lock());
  EXPECT_TRUE(first->try_lock());
  EXPECT_FALSE(second->try_lock());
  first->unlock();
  EXPECT_TRUE(second->try_lock());
}

// A child writes pairs of records and says after each commit that it is durable; it is killed
// without warning. What it said is there, and no pair is torn.
TEST_F(LocalStoreTest, keeps_every_commit_whole_when_the_process_is_killed) {
  make();
  for (int round = 0; round < 5; ++round) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(told[0]);
      auto store = reopen();
      for (;;) {
        LocalStore::Transaction transaction(*store);
        const auto number = store->next("pairs");
        store->put(Table::message, encode_u64(number), view("left"));
        store->put(Table::outbox, encode_u64(number), view("right"));
        transaction.commit();
        if (::write(told[1], &number, sizeof number) != sizeof number) ::_exit(1);
      }
    }
    ::close(told[1]);
    std::uint64_t last = 0;
    for (int seen = 0; seen < 20; ++seen) {
      ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(told[0]);
    const auto store = reopen();
    EXPECT_GE(store->count(Table::message), last);
    EXPECT_EQ(store->count(Table::message), store->count(Table::outbox));
    EXPECT_EQ(text_of(store->get(Table::message, encode_u64(last))), "left");
    EXPECT_EQ(text_of(store->get(Table::outbox, encode_u64(last))), "right");
  }
}

}  // namespace
}  // namespace holdspace::client
