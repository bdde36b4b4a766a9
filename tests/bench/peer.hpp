// What a workload sees of any server under test: people that connect, send numbered messages to
// their partner and receive them. Not a protocol: the gateway, the bare relay and bare Redis each
// bring their own below these faces. docs/performance.md, "Servers under test".
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace holdspace::bench {

// People are numbered: 2i sends to 2i + 1. Numbers from 2 * pairs on only connect.
using Person = std::size_t;
[[nodiscard]] inline Person sender_of(std::size_t pair) {
  return 2 * pair;
}
[[nodiscard]] inline Person recipient_of(std::size_t pair) {
  return 2 * pair + 1;
}

class Peer;

// All calls come from within Loop::turn or Peer::send, and must not destroy a peer.
class PeerListener {
 public:
  virtual void on_ready(Peer& peer) = 0;
  // The server's durable answer to send(number) (for the bare relay: that it has read it).
  virtual void on_accepted(std::uint64_t number) = 0;
  // Message `number` reached its recipient, which has acknowledged it.
  virtual void on_delivered(std::uint64_t number) = 0;
  virtual void on_pong(Peer& peer) = 0;
  virtual void on_failed(Peer& peer, const std::string& why) = 0;

 protected:
  ~PeerListener() = default;
};

// One person's connection. Destroying it disconnects.
class Peer {
 public:
  explicit Peer(Person person) : person_(person) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Only after on_ready. Numbers are unique within a workload.
  virtual void send(std::uint64_t number) = 0;
  virtual void ping() = 0;
  [[nodiscard]] Person person() const { return person_; }

 private:
  Person person_;
};

class Target {
 public:
  virtual ~Target() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Peer> connect(Person person, PeerListener& listener) = 0;
  // People that can connect.
  [[nodiscard]] virtual std::size_t people() const = 0;
  // Whether a person is one real connection, so that connecting and idling can be measured.
  [[nodiscard]] virtual bool has_connections() const { return true; }
  // Whether what is sent to somebody who is away waits for them.
  [[nodiscard]] virtual bool has_queue() const { return true; }
  // Whether gates can be shut in front of recipients.
  [[nodiscard]] virtual bool has_gates() const { return false; }
  // Shuts the gates of these pairs to whoever sends, until an instant (ms since 1970, UTC).
  virtual void shut_until(std::size_t /*first_pair*/, std::size_t /*pairs*/,
                          std::int64_t /*until_ms*/) {}
  // Makes numbers of the next workload distinct from those of the last.
  virtual void new_run() = 0;

  std::vector<pid_t> servers;  // their CPU and memory count as the server's
  std::vector<pid_t> stores;   // counted apart
};

}  // namespace holdspace::bench
