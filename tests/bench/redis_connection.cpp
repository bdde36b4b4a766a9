// See redis_connection.hpp.
#include "tests/bench/redis_connection.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace holdspace::bench {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

void append_header(std::string& out, char kind, std::size_t count) {
  out += kind;
  out += std::to_string(count);
  out += "\r\n";
}

}  // namespace

RedisConnection::RedisConnection(Loop& loop, const std::string& socket)
    : loop_(loop), reader_(redisReaderCreate(), &redisReaderFree) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path)
    throw std::system_error(ENAMETOOLONG, std::generic_category(), socket);
  std::memcpy(address.sun_path, socket.data(), socket.size());
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(socket_);
    throw std::system_error(error, std::generic_category(), "connect to Redis at " + socket);
  }
  loop_.add(socket_, *this, EPOLLIN);
}

RedisConnection::~RedisConnection() {
  loop_.remove(socket_, *this);
  ::close(socket_);
}

void RedisConnection::command(std::initializer_list<std::string_view> words, OnReply on_reply) {
  append_header(out_, '*', words.size());
  for (const auto word : words) {
    append_header(out_, '$', word.size());
    out_ += word;
    out_ += "\r\n";
  }
  waiting_.push_back(std::move(on_reply));
  if (!flush_planned_) loop_.flush_later(*this);
  flush_planned_ = true;
}

void RedisConnection::on_flush() {
  flush_planned_ = false;
  while (out_begin_ < out_.size()) {
    const ssize_t count = ::send(socket_, out_.data() + out_begin_, out_.size() - out_begin_,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN)
      throw std::system_error(errno, std::generic_category(), "write to Redis");
    if (count < 0) break;
    out_begin_ += static_cast<std::size_t>(count);
  }
  const bool rest = out_begin_ < out_.size();
  if (!rest) {
    out_.clear();
    out_begin_ = 0;
  }
  if (rest != write_wanted_) loop_.change(socket_, *this, rest ? EPOLLIN | EPOLLOUT : EPOLLIN);
  write_wanted_ = rest;
}

void RedisConnection::on_ready(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) on_flush();
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0) return;
  static std::array<char, kReadBytes> buffer;
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) throw std::runtime_error("Redis closed the connection");
  redisReaderFeed(reader_.get(), buffer.data(), static_cast<std::size_t>(count));
  for (;;) {
    void* found = nullptr;
    if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK)
      throw std::runtime_error("a reply of Redis cannot be parsed");
    if (found == nullptr) return;
    const std::unique_ptr<void, decltype(&freeReplyObject)> owner(found, &freeReplyObject);
    const auto& reply = *static_cast<const redisReply*>(found);
    if (reply.type == REDIS_REPLY_ERROR)
      throw std::runtime_error("Redis: " + std::string(reply.str, reply.len));
    const OnReply on_reply = std::move(waiting_.front());
    waiting_.pop_front();
    on_reply(reply);
  }
}

}  // namespace holdspace::bench
