// See relay_target.hpp.
#include "tests/bench/relay_target.hpp"

#include <algorithm>

#include "tests/bench/relay_frames.hpp"

namespace holdspace::bench {
namespace {

class RelayPeer final : public Peer, private WebSocket::Listener {
 public:
  RelayPeer(Loop& loop, const Endpoint& endpoint, std::size_t message_bytes, Person person,
            PeerListener& listener)
      : Peer(person),
        listener_(listener),
        message_bytes_(message_bytes),
        socket_(loop, endpoint, *this) {}

  void send(std::uint64_t number) override {
    send_frame(RelayKind::message, number, message_bytes_);
  }
  void ping() override { socket_.ping(); }

 private:
  void on_open() override { send_frame(RelayKind::hello, person(), kRelayHeaderBytes); }
  void on_pong() override { listener_.on_pong(*this); }
  void on_closed(const std::string& why) override { listener_.on_failed(*this, why); }

  void on_message(Bytes message) override {
    if (message.size() < kRelayHeaderBytes) return listener_.on_failed(*this, "a short frame");
    const std::uint64_t number = relay_number(message.data());
    switch (static_cast<RelayKind>(message[0])) {
      case RelayKind::welcome:
        return listener_.on_ready(*this);
      case RelayKind::accepted:
        return listener_.on_accepted(number);
      case RelayKind::message:
        send_frame(RelayKind::delivered, number, kRelayHeaderBytes);
        return listener_.on_delivered(number);
      case RelayKind::hello:
      case RelayKind::delivered:
        break;
    }
    listener_.on_failed(*this, "an unexpected frame");
  }

  void send_frame(RelayKind kind, std::uint64_t number, std::size_t bytes) {
    static std::vector<std::uint8_t> frame;
    frame.resize(std::max(bytes, kRelayHeaderBytes));
    write_relay_header(frame, kind, number);
    socket_.send(frame);
  }

  PeerListener& listener_;
  std::size_t message_bytes_;
  WebSocket socket_;
};

}  // namespace

std::unique_ptr<Peer> RelayTarget::connect(Person person, PeerListener& listener) {
  return std::make_unique<RelayPeer>(loop_, endpoint_, message_bytes_, person, listener);
}

}  // namespace holdspace::bench
