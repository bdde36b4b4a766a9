// People on the bare Beast relay (beast_relay.cpp): the floor for what a gateway pays for its
// frames. Nothing is stored; each message is answered to its sender and acknowledged by its
// recipient.
#pragma once

#include "tests/bench/loop.hpp"
#include "tests/bench/peer.hpp"
#include "tests/bench/websocket.hpp"

namespace holdspace::bench {

class RelayTarget final : public Target {
 public:
  // Every message has `message_bytes`.
  RelayTarget(Loop& loop, Endpoint endpoint, std::size_t people, std::size_t message_bytes)
      : loop_(loop),
        endpoint_(std::move(endpoint)),
        people_(people),
        message_bytes_(message_bytes) {}

  [[nodiscard]] std::string name() const override { return "beast relay"; }
  [[nodiscard]] std::unique_ptr<Peer> connect(Person person, PeerListener& listener) override;
  [[nodiscard]] std::size_t people() const override { return people_; }
  [[nodiscard]] bool has_queue() const override { return false; }
  void new_run() override {}

 private:
  Loop& loop_;
  Endpoint endpoint_;
  std::size_t people_;
  std::size_t message_bytes_;
};

}  // namespace holdspace::bench
