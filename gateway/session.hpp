// One device, logged in: reads its frames, hands each to its handler, and lets delivery run beside.
// Not the login (session_login.hpp) and not the socket (connection.hpp). docs/architecture.md,
// "Gateway".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "crypto/verify.hpp"
#include "gateway/connection.hpp"
#include "gateway/delivery.hpp"
#include "gateway/directory.hpp"
#include "gateway/notice_push.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

// Who is on the other side, for as long as the session lasts. The tenant is in here: no later frame
// can name another.
struct Identity {
  storage::PracticeId practice;
  storage::DeviceRef device;
  storage::SessionId session;  // drawn at this login
  storage::Role role = storage::Role::client;
  crypto::Verified<crypto::DeviceCert> cert;
  std::uint64_t auth_request = 0;  // request_id of Auth, which Welcome answers
};

// An invite that the device has asked for with JoinOpen. docs/protocol.md 3.3.
struct JoinOffer {
  storage::InviteId id;
  storage::OpenInvite invite;
  crypto::Nonce server_nonce{};  // fresh, lives here only
};

// Its thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Worker> worker, std::shared_ptr<Connection> connection,
          Identity identity);

  // Until the connection is over.
  [[nodiscard]] boost::asio::awaitable<void> run();

  // For handlers.
  [[nodiscard]] const std::shared_ptr<Worker>& worker() const { return worker_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] Delivery& delivery() { return delivery_; }
  [[nodiscard]] NoticePush& notices() { return notices_; }
  void reply(std::uint64_t request_id, v1::ServerFrame frame);
  void reply(std::uint64_t request_id, v1::Error error);
  // Facts of a relationship from an earlier frame; the store checks them when they matter.
  [[nodiscard]] std::optional<storage::RelationshipFacts> known_facts(
      storage::RelationshipId id) const;
  void remember_facts(const storage::RelationshipFacts& facts);
  void forget_facts(storage::RelationshipId id) { known_facts_.erase(id); }
  // The newest offer alone stands, and for one Join.
  void offer_join(JoinOffer offer) { join_offer_ = std::move(offer); }
  [[nodiscard]] std::optional<JoinOffer> take_join_offer() {
    return std::exchange(join_offer_, std::nullopt);
  }

  // Events.
  void look(std::optional<storage::SubQueue> queue) { delivery_.look(queue); }
  // A gate, a relationship or a notice of the account may have changed.
  void look_everywhere();
  // The same without any reason, from time to time.
  void poll();
  void wake();
  void end(EndReason reason);

  [[nodiscard]] Connection& connection() { return *connection_; }

 private:
  [[nodiscard]] boost::asio::awaitable<bool> open();
  [[nodiscard]] boost::asio::awaitable<void> serve();
  [[nodiscard]] boost::asio::awaitable<void> leave();

  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Connection> connection_;
  Identity identity_;
  Delivery delivery_;
  NoticePush notices_;
  std::map<storage::RelationshipId, storage::RelationshipFacts>
      known_facts_;  // at most kRelationshipsMax
  std::optional<JoinOffer> join_offer_;
};

// The handler of one connection: login, then the session. Never throws for what a peer does.
[[nodiscard]] boost::asio::awaitable<void> run_connection(std::shared_ptr<Worker> worker,
                                                          std::shared_ptr<Connection> connection);

}  // namespace holdspace::gateway
