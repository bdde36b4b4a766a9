// What the store's tests stand on: a Redis, the stores over it, and a practice with an admin, a
// therapist with two devices and a client with two, joined by an active relationship.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "storage/account_store.hpp"
#include "storage/agreement_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/conflict_list.hpp"
#include "storage/connected_devices.hpp"
#include "storage/connection_pool.hpp"
#include "storage/expiry_store.hpp"
#include "storage/held_store.hpp"
#include "storage/invite_store.hpp"
#include "storage/leaving_store.hpp"
#include "storage/notice_store.hpp"
#include "storage/policy_store.hpp"
#include "storage/practice_list.hpp"
#include "storage/prekey_store.hpp"
#include "storage/queue_store.hpp"
#include "storage/relationship_store.hpp"
#include "storage/sent_store.hpp"
#include "storage/store_server.hpp"
#include "storage/zone_data_store.hpp"
#include "tests/support/redis_fixture.hpp"

namespace holdspace::storage {

// A readable id: its first byte is `kind`, its last two are `number`.
template <class I>
I make_id(std::uint8_t kind, std::uint16_t number) {
  I id;
  id.bytes[0] = kind;
  id.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  id.bytes[15] = static_cast<std::uint8_t>(number & 0xFFU);
  return id;
}

inline Deadline soon(std::chrono::milliseconds wait = std::chrono::seconds(5)) {
  return std::chrono::steady_clock::now() + wait;
}

// The stores of one io thread of one gateway.
struct Stores {
  Stores(const boost::asio::any_io_executor& executor, const std::string& socket)
      : pool(executor, socket, 2) {}

  ConnectionPool pool;
  InviteStore invites{pool};
  AccountStore accounts{pool};
  ConnectedDevices connected{pool};
  PrekeyStore prekeys{pool};
  PolicyStore policies{pool};
  PracticeList practices{pool};
  RelationshipStore relationships{pool};
  QueueStore queues{pool};
  HeldStore held{pool};
  NoticeStore notices{pool};
  AuditStore audit{pool};
  AgreementStore agreements{pool};
  ConflictList conflicts{pool};
  ExpiryStore expiry{pool};
  LeavingStore leaving{pool};
  SentStore sent{pool};
  ZoneDataStore zone_data{pool};
};

class StoreTest : public ::testing::Test {
 protected:
  StoreTest();

  // Runs one operation to its end on this thread.
  template <class T>
  T run(boost::asio::awaitable<T> operation) {
    std::optional<T> outcome;
    begin(std::move(operation), outcome);
    drive_until(outcome);
    return std::move(*outcome);
  }

  // Starts an operation; `outcome` is filled while something is driven.
  template <class T>
  void begin(boost::asio::awaitable<T> operation, std::optional<T>& outcome) {
    boost::asio::co_spawn(io_, std::move(operation), [&outcome](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      outcome.emplace(std::move(value));
    });
  }

  template <class T>
  void drive_until(const std::optional<T>& outcome) {
    while (!outcome) {
      if (io_.run_one() == 0) throw std::logic_error("nothing left to run");
    }
  }

  // Lets everything run for a while.
  void drive_for(std::chrono::milliseconds span) {
    io_.restart();
    io_.run_for(span);
  }

  // A plain command; the test fails on an error.
  Reply redis(CommandParts parts);

  // Every key with its value, serialised: two equal pictures mean that nothing was written between.
  std::map<std::string, std::string> picture();

  // The value of a key, whatever its type, as text to compare.
  std::string value_of(const std::string& key);

  boost::asio::io_context io_{1};
  tests::RedisServer server_;
  Stores stores_{io_.get_executor(), server_.socket_path()};
};

// StoreTest with the practice in it. Every device is connected, by gateway and session ids that
// gateway_of() and session_of() give.
class PracticeTest : public StoreTest {
 protected:
  PracticeTest();

  // Builds an account by an invite of `inviter` (none: the operator makes the practice).
  void enroll(PracticeId practice, AccountId inviter, Role role, AccountId account,
              RelationshipId relationship, std::vector<std::uint32_t> devices);
  void connect(PracticeId practice, DeviceRef device);

  [[nodiscard]] InviteRecord invite(std::uint16_t number, Role role) const;
  static NewAccount new_account(AccountId account, const std::vector<std::uint32_t>& devices);
  static SessionId session_of(DeviceRef device);
  static GatewayId gateway_of(DeviceRef device);

  // The revision of a relationship that was invited and joined, and has not changed since.
  static constexpr std::uint64_t kJoined = 2;
  // A decision that stands: the relationship as joined, no policy, an hour around now.
  [[nodiscard]] Validity validity() const;
  // Message `number` of the client's first device to both devices of the therapist and the own
  // other.
  [[nodiscard]] AcceptRequest message(std::uint16_t number) const;
  // The same from the therapist's first device.
  [[nodiscard]] AcceptRequest reply(std::uint16_t number) const;
  [[nodiscard]] ReadRequest reading(DeviceRef device, Origin origin) const;
  // The same, offered while the gate is shut until an hour from now.
  [[nodiscard]] AcceptRequest held(AcceptRequest request) const;
  // A notice form whose notices read "back:<relationship><message>".
  static ReturnForm return_form();
  static std::string returned_notice(RelationshipId relationship, MessageId message);

  void accept(AcceptRequest request);  // the test fails when it is refused
  [[nodiscard]] boost::system::result<std::uint64_t, ApplyPolicyError> apply_policy(
      AccountId owner, std::uint64_t based_on, std::string document);
  // The seqs of what the device reads; the test fails when it is refused.
  std::vector<std::uint64_t> seqs(DeviceRef device, Origin origin = Origin::peer);
  std::uint32_t ack(DeviceRef device, std::vector<AckItem> items);
  // The bytes of every notice that the account's first device has not acknowledged.
  std::vector<std::string> notices_of(AccountId account);
  // The records of the practice's ledger.
  std::vector<std::string> audit_records();

  [[nodiscard]] SubQueue routine(Origin origin) const {
    return {relationship_, boundary::Lane::routine, origin};
  }

  boundary::Instant now_{};  // the store's clock at the start of the test
  PracticeId practice_ = make_id<PracticeId>(0xAA, 1);
  AccountId admin_ = make_id<AccountId>(0xA0, 1);
  AccountId therapist_ = make_id<AccountId>(0xA0, 2);
  AccountId client_ = make_id<AccountId>(0xA0, 3);
  RelationshipId relationship_ = make_id<RelationshipId>(0xBB, 1);
  DeviceRef therapist1_{therapist_, 1};
  DeviceRef therapist2_{therapist_, 2};
  DeviceRef client1_{client_, 1};
  DeviceRef client2_{client_, 2};

 private:
  std::uint16_t invites_made_ = 1000;
};

}  // namespace holdspace::storage
