// One pipelined connection to bare Redis on the generator's loop. hiredis's reader parses the
// replies; everything else would only slow the generator down.
#pragma once

#include <hiredis/hiredis.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/loop.hpp"

namespace holdspace::bench {

class RedisConnection final : private Loop::Source {
 public:
  using OnReply = std::function<void(const redisReply&)>;

  // Throws std::system_error when nothing listens on the socket.
  RedisConnection(Loop& loop, const std::string& socket);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Queued; all that one turn queues goes out in one write. Throws std::runtime_error from the turn
  // in which Redis answers with an error.
  void command(std::initializer_list<std::string_view> words, OnReply on_reply);

 private:
  void on_ready(std::uint32_t events) override;
  void on_flush() override;

  Loop& loop_;
  int socket_ = -1;
  bool flush_planned_ = false;
  bool write_wanted_ = false;
  std::string out_;
  std::size_t out_begin_ = 0;
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader_;
  std::deque<OnReply> waiting_;  // in the order of their commands
};

}  // namespace holdspace::bench
