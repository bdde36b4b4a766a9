// Bytes from Redis to Reply values, within the bounds of reply.hpp. The parser is hiredis'; the
// values are built here, so that a bound is met before memory is taken. No I/O.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/reply.hpp"

struct redisReader;

namespace holdspace::storage {

enum class ReplyError : std::uint8_t {
  malformed,  // not the protocol, nested deeper than 7, or beyond a bound; the stream is lost
};

// One stream of replies. One thread. After an error only the destructor may be called.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  void feed(std::string_view bytes);

  // The next whole reply; nothing when more bytes are needed.
  [[nodiscard]] boost::system::result<std::optional<Reply>, ReplyError> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  // What the reply under construction has taken so far.
  struct Taken {
    std::size_t elements = 0;
    std::size_t bytes = 0;
  };
  friend struct ReplyBuilder;

  Taken taken_;
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace holdspace::storage
