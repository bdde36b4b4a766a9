// One connection to the gateway that speaks its frames and can log a device in. Not a client: it
// keeps nothing, retries nothing and opens no envelope. docs/protocol.md sections 3.2, 5 and 10.
#pragma once

#include <holdspace/v1/frame.pb.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/signing_key.hpp"
#include "tests/bench/websocket.hpp"

namespace holdspace::bench {

inline constexpr crypto::DeviceId kDevice = 1;  // everybody has one device

// What of a practice every member knows.
struct Practice {
  crypto::PracticeId id{};
  crypto::GatewayPublicKey gateway_key;
  std::string host;
};

// One person's device.
struct Member {
  crypto::AccountId account_id{};
  crypto::DeviceSigningKey device_key;
  crypto::RelationshipId relationship_id{};  // zeros: none
  crypto::AccountId partner{};
};

[[nodiscard]] inline std::string text_of(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}
[[nodiscard]] inline Bytes view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class Conversation final : private WebSocket::Listener {
 public:
  // As those of WebSocket::Listener.
  class Listener {
   public:
    virtual void on_open() = 0;
    virtual void on_frame(const v1::ServerFrame& frame) = 0;
    virtual void on_pong() = 0;
    virtual void on_closed(const std::string& why) = 0;

   protected:
    ~Listener() = default;
  };

  Conversation(Loop& loop, const Endpoint& endpoint, Listener& listener)
      : listener_(listener), socket_(loop, endpoint, *this) {}

  void send(const v1::ClientFrame& frame);
  void ping() { socket_.ping(); }

  // From on_open: says hello, checks the challenge, signs, and passes the Welcome to on_frame.
  // `practice` and `member` outlive the conversation.
  void log_in(const Practice& practice, const Member& member);

 private:
  void on_open() override { listener_.on_open(); }
  void on_message(Bytes message) override;
  void on_pong() override { listener_.on_pong(); }
  void on_closed(const std::string& why) override { listener_.on_closed(why); }
  void answer(const v1::Challenge& challenge);

  Listener& listener_;
  const Practice* practice_ = nullptr;  // set while logging in
  const Member* member_ = nullptr;
  crypto::Nonce client_nonce_{};
  WebSocket socket_;
};

}  // namespace holdspace::bench
