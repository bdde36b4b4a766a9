// A client written by hand over a blocking socket, which can send what no library would, and a
// server that echoes, on a loopback port.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/server.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace holdspace::gateway::tests {

using std::chrono::milliseconds;

// Long enough that only a defect waits for it, under every sanitizer.
inline constexpr milliseconds kPatience{20000};

struct Frame {
  unsigned opcode = 0;
  std::string payload;
  // Of a close frame; 1005 when it has none (RFC 6455 section 7.1.5), 0 of other frames.
  [[nodiscard]] unsigned close_code() const;
};

// A client's frame, masked. `first`: FIN, reserved bits, opcode.
std::string frame(unsigned first, std::string_view payload);
// A frame's header that promises `length` in a form of 0, 2 or 8 length bytes, and no payload.
std::string frame_header(unsigned first, std::uint64_t length, unsigned length_bytes);
std::string close_frame(unsigned code, std::string_view reason = {});

class Client {
 public:
  // Has a socket and is not connected.
  Client();
  // `receive_bytes`: the kernel's buffer, 0 for its default.
  explicit Client(std::uint16_t port, int receive_bytes = 0);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Throws when nobody listens.
  void connect(std::uint16_t port) const;
  // Takes a descriptor that is not below `lowest`.
  void move_descriptor(int lowest);

  // False when the other side is gone.
  bool send(std::string_view bytes) const;
  // What comes within the time: empty at the end of the connection.
  std::string receive(milliseconds patience = kPatience) const;
  // Everything until the end; none if there is no end.
  std::optional<std::string> receive_all(milliseconds patience = kPatience) const;
  // Ends, by FIN or reset, without a byte.
  bool dropped(milliseconds patience = kPatience) const;
  // Closes with a reset.
  void reset();
  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Sends the good request and reads the answer; its status.
  unsigned upgrade();
  // The next frame; none at the end of the connection.
  std::optional<Frame> next_frame(milliseconds patience = kPatience);
  // The code of the close frame that comes next; 0 when the connection ends without one.
  unsigned next_close(milliseconds patience = kPatience);
  // Sends a binary message and expects its echo.
  bool echoes(std::string_view message);

 private:
  int descriptor_ = -1;
  std::string buffered_;
};

// Keeps what the transport tells.
class Events {
 public:
  void add(TransportEvent event, unsigned detail, std::string_view prefix);
  [[nodiscard]] int count(TransportEvent event) const;
  [[nodiscard]] unsigned last_detail(TransportEvent event) const;
  // Waits until it happened so often.
  bool wait(TransportEvent event, int times, milliseconds patience = kPatience) const;

 private:
  mutable std::mutex mutex_;
  std::map<TransportEvent, std::pair<int, unsigned>> seen_;
};

// The product's limits with short times and without bounds on accepting.
TransportLimits patient_limits();

// Echoes each message, but for a few words: "login", "describe", "close <code>", "throw", "return",
// "fill" (sends 16 KiB messages until send() says false), "exporter", "wait <ms>" (reads nothing
// meanwhile). A message while frames come too fast is answered RATE_LIMITED first.
class EchoServer {
 public:
  explicit EchoServer(TransportLimits limits = patient_limits(),
                      std::shared_ptr<const TlsContext> tls = nullptr, std::size_t threads = 1);
  [[nodiscard]] std::uint16_t port() const { return server_->ports().front(); }
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] const Events& events() const { return *events_; }

 private:
  std::shared_ptr<Events> events_;
  std::unique_ptr<Server> server_;
};

}  // namespace holdspace::gateway::tests
