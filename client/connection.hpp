// The conversation of frames on one transport: each request finds its answer by number, and what
// the gateway begins by itself (deliveries) waits in order to be fetched. Knows no meaning of a
// frame. docs/protocol.md section 5.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/transport.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

// The answer to any request. Ours: over the gateway's own 3 s for a submit, so that its word
// arrives first.
inline constexpr std::chrono::seconds kAnswerTimeout{8};
// Requests waiting for an answer. Ours: the sends that a program may have under way at once, and
// some.
inline constexpr std::size_t kRequestsMax = 128;
// Deliveries not yet stored. The gateway keeps at most 64 envelopes unacknowledged, so more frames
// are its fault.
inline constexpr std::size_t kPushesMax = 256;

enum class RequestError : std::uint8_t {
  closed,     // the connection ended before the answer: it may or may not have been done
  timed_out,  // no answer in kAnswerTimeout: it may or may not have been done
  too_many,   // kRequestsMax are under way: nothing was sent
};

// Made by open() and kept alive by its own coroutines until close(). One thread, that of its
// executor.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  [[nodiscard]] static boost::asio::awaitable<
      boost::system::result<std::shared_ptr<Connection>, ConnectError>>
  open(Address address, std::string trust_file);

  // Sends the frame with a fresh request number and waits for the answer, which may be an Error
  // frame.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::ServerFrame, RequestError>>
  request(v1::ClientFrame frame);
  // Sends a frame that has no answer. Dropped when the connection has ended.
  void post(v1::ClientFrame frame);
  // The next frame that the gateway began; nothing when the connection has ended and none is left.
  [[nodiscard]] boost::asio::awaitable<std::optional<v1::ServerFrame>> next_push();

  // Flushes what was posted, says goodbye and ends.
  [[nodiscard]] boost::asio::awaitable<void> close();
  // Ends at once.
  void abort();

  [[nodiscard]] bool is_open() const { return open_; }
  // The gateway's close code when it ended the connection, otherwise 0.
  [[nodiscard]] std::uint16_t close_code() const { return transport_->close_code(); }
  [[nodiscard]] std::optional<std::array<std::uint8_t, 32>> channel_binding() const {
    return transport_->channel_binding();
  }

 private:
  struct Waiting {
    boost::asio::steady_timer timer;
    std::optional<v1::ServerFrame> answer;
  };

  Connection(boost::asio::any_io_executor executor, std::unique_ptr<Transport> transport);
  boost::asio::awaitable<void> read_all(std::shared_ptr<Connection> self);
  boost::asio::awaitable<void> write_all(std::shared_ptr<Connection> self);
  void enqueue(const v1::ClientFrame& frame);
  void take(v1::ServerFrame frame);
  void end();

  boost::asio::any_io_executor executor_;
  std::unique_ptr<Transport> transport_;
  bool open_ = true;
  std::uint64_t next_request_ = 1;
  std::map<std::uint64_t, Waiting*> waiting_;
  std::deque<std::string> to_write_;
  boost::asio::steady_timer write_signal_;
  bool writing_ = false;
  std::deque<v1::ServerFrame> pushes_;
  boost::asio::steady_timer push_signal_;
};

}  // namespace holdspace::client
