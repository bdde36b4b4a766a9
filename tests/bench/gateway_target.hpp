// People on the Holdspace gateway: real accounts, real logins, and envelopes with the sizes of
// ordinary ones whose sealed parts are noise, which only their recipients could tell.
// docs/performance.md, "Servers under test".
#pragma once

#include "tests/bench/enrolment.hpp"
#include "tests/bench/loop.hpp"
#include "tests/bench/peer.hpp"
#include "tests/bench/websocket.hpp"

namespace holdspace::bench {

// docs/protocol.md section 8.4, every message but the first: 160 + 2418 + 1064.
inline constexpr std::size_t kEnvelopeBytes = 3642;

class GatewayTarget final : public Target {
 public:
  GatewayTarget(Loop& loop, Endpoint endpoint, Enrolled enrolled)
      : loop_(loop), endpoint_(std::move(endpoint)), enrolled_(std::move(enrolled)) {}

  [[nodiscard]] std::string name() const override {
    return endpoint_.tls ? "gateway tls" : "gateway";
  }
  [[nodiscard]] std::unique_ptr<Peer> connect(Person person, PeerListener& listener) override;
  [[nodiscard]] std::size_t people() const override { return enrolled_.members.size(); }
  [[nodiscard]] bool has_gates() const override { return true; }
  void shut_until(std::size_t first_pair, std::size_t pairs, std::int64_t until_ms) override;
  void new_run() override { ++run_; }

 private:
  Loop& loop_;
  Endpoint endpoint_;
  Enrolled enrolled_;
  std::uint64_t version_ = 1;  // of the policies of those pairs that shut_until() is about
  std::uint64_t run_ = 0;  // the first half of each message id, so that no two workloads share one
};

}  // namespace holdspace::bench
