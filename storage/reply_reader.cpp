// hiredis' reader with our own object functions.
#include "storage/reply_reader.hpp"

#include <hiredis/hiredis.h>

#include <new>

namespace holdspace::storage {

// Called by the parser: nothing here throws, a null pointer ends the stream. A child is built in
// its place inside its parent; only the outermost reply is an allocation of its own.
struct ReplyBuilder {
  using Taken = ReplyReader::Taken;

  static Reply* place(const redisReadTask* task) {
    Taken& taken = *static_cast<Taken*>(task->privdata);
    if (++taken.elements > kReplyElementsMax) return nullptr;
    if (task->parent == nullptr) return new (std::nothrow) Reply;
    return &static_cast<Reply*>(task->parent->obj)->elements[static_cast<std::size_t>(task->idx)];
  }

  static void discard(const redisReadTask* task, Reply* reply) {
    if (task->parent == nullptr) delete reply;
  }

  static void* create_string(const redisReadTask* task, char* bytes, std::size_t size) {
    Taken& taken = *static_cast<Taken*>(task->privdata);
    taken.bytes += size;
    if (taken.bytes > kReplyBytesMax) return nullptr;
    Reply* reply = place(task);
    if (reply == nullptr) return nullptr;
    try {
      reply->text.assign(bytes, size);
    } catch (const std::bad_alloc&) {
      discard(task, reply);
      return nullptr;
    }
    reply->kind = task->type == REDIS_REPLY_ERROR    ? Reply::Kind::error
                  : task->type == REDIS_REPLY_STATUS ? Reply::Kind::status
                                                     : Reply::Kind::string;
    return reply;
  }

  static void* create_array(const redisReadTask* task, int count) {
    const Taken& taken = *static_cast<Taken*>(task->privdata);
    if (count < 0 || static_cast<std::size_t>(count) > kReplyElementsMax - taken.elements) {
      return nullptr;
    }
    Reply* reply = place(task);
    if (reply == nullptr) return nullptr;
    try {
      reply->elements.resize(static_cast<std::size_t>(count));
    } catch (const std::bad_alloc&) {
      discard(task, reply);
      return nullptr;
    }
    reply->kind = Reply::Kind::array;
    return reply;
  }

  static void* create_integer(const redisReadTask* task, long long value) {
    Reply* reply = place(task);
    if (reply == nullptr) return nullptr;
    reply->kind = Reply::Kind::integer;
    reply->integer = value;
    return reply;
  }

  static void* create_nil(const redisReadTask* task) { return place(task); }

  static void free_object(void* reply) { delete static_cast<Reply*>(reply); }

  static redisReplyObjectFunctions& functions() {
    static redisReplyObjectFunctions functions = {create_string, create_array, create_integer,
                                                  create_nil, free_object};
    return functions;
  }
};

void ReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader() : reader_(redisReaderCreateWithFunctions(&ReplyBuilder::functions())) {
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &taken_;
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::string_view bytes) {
  // A failure leaves its mark in the reader, and next() reports it.
  static_cast<void>(redisReaderFeed(reader_.get(), bytes.data(), bytes.size()));
}

boost::system::result<std::optional<Reply>, ReplyError> ReplyReader::next() {
  void* object = nullptr;
  if (redisReaderGetReply(reader_.get(), &object) != REDIS_OK) return ReplyError::malformed;
  if (object == nullptr) {
    // A string that is announced larger than the bound never gets whole: its head is enough.
    if (reader_->len - reader_->pos > kReplyBytesMax) return ReplyError::malformed;
    return std::optional<Reply>();
  }
  const std::unique_ptr<Reply> reply(static_cast<Reply*>(object));
  taken_ = {};
  return std::optional<Reply>(std::move(*reply));
}

}  // namespace holdspace::storage
