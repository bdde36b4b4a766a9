// People on bare Redis: the floor for what a store pays for durable messages. Three plain commands
// for each (add, read, remove) on a list of the recipient, pipelined over a few connections, no
// scripts. Not the product's storage. docs/performance.md, "Floors".
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/loop.hpp"
#include "tests/bench/peer.hpp"

namespace holdspace::bench {

class RedisPeer;
class RedisConnection;

class RedisTarget final : public Target {
 public:
  // Connects to the Unix socket. Throws std::system_error.
  RedisTarget(Loop& loop, const std::string& socket, std::size_t connections, std::size_t people,
              std::size_t message_bytes);
  ~RedisTarget() override;

  [[nodiscard]] std::string name() const override { return "bare redis"; }
  [[nodiscard]] std::unique_ptr<Peer> connect(Person person, PeerListener& listener) override;
  [[nodiscard]] std::size_t people() const override { return people_.size(); }
  [[nodiscard]] bool has_connections() const override { return false; }
  void new_run() override {}

 private:
  friend class RedisPeer;

  // A pair always uses the same connection, so that its commands stay in order.
  [[nodiscard]] RedisConnection& connection_of(Person person);
  void add(RedisPeer& sender, std::uint64_t number);
  void take_one(RedisPeer& recipient);
  void drain(RedisPeer& recipient);

  std::vector<std::unique_ptr<RedisConnection>> connections_;
  std::vector<RedisPeer*> people_;  // null: away
  std::string payload_;
};

}  // namespace holdspace::bench
