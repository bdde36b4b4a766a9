// See redis_target.hpp.
#include "tests/bench/redis_target.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/bench/redis_connection.hpp"

namespace holdspace::bench {
namespace {

constexpr std::size_t kDrainBatch = 16;  // as many as the gateway's Deliver frame holds

std::string queue_of(Person recipient) {
  return "bench:queue:" + std::to_string(recipient);
}

std::uint64_t number_in(const redisReply& element) {
  std::uint64_t number = 0;
  if (element.type == REDIS_REPLY_STRING && element.len >= sizeof number)
    std::memcpy(&number, element.str, sizeof number);
  return number;
}

}  // namespace

class RedisPeer final : public Peer {
 public:
  RedisPeer(RedisTarget& redis, Person person, PeerListener& events)
      : Peer(person), target(redis), listener(events) {
    target.people_[person] = this;
  }
  ~RedisPeer() override { target.people_[person()] = nullptr; }

  void send(std::uint64_t number) override { target.add(*this, number); }
  void ping() override {}

  RedisTarget& target;
  PeerListener& listener;
};

RedisTarget::RedisTarget(Loop& loop, const std::string& socket, std::size_t connections,
                         std::size_t people, std::size_t message_bytes)
    : people_(people, nullptr), payload_(std::max(message_bytes, sizeof(std::uint64_t)), 'p') {
  for (std::size_t i = 0; i < connections; ++i)
    connections_.push_back(std::make_unique<RedisConnection>(loop, socket));
}

RedisTarget::~RedisTarget() = default;

RedisConnection& RedisTarget::connection_of(Person person) {
  return *connections_[person / 2 % connections_.size()];
}

std::unique_ptr<Peer> RedisTarget::connect(Person person, PeerListener& listener) {
  auto peer = std::make_unique<RedisPeer>(*this, person, listener);
  // Ready comes with the answer to a first command, as everywhere else with the server's.
  connection_of(person).command({"LLEN", queue_of(person)},
                                [this, person](const redisReply& reply) {
                                  RedisPeer* self = people_[person];
                                  if (self == nullptr) return;
                                  self->listener.on_ready(*self);
                                  if (reply.integer > 0) drain(*self);
                                });
  return peer;
}

void RedisTarget::add(RedisPeer& sender, std::uint64_t number) {
  const Person recipient = sender.person() ^ 1;
  std::memcpy(payload_.data(), &number, sizeof number);
  connection_of(recipient).command({"RPUSH", queue_of(recipient), payload_},
                                   [this, person = sender.person(), number](const redisReply&) {
                                     if (people_[person] != nullptr)
                                       people_[person]->listener.on_accepted(number);
                                     if (people_[person ^ 1] != nullptr)
                                       take_one(*people_[person ^ 1]);
                                   });
}

void RedisTarget::take_one(RedisPeer& recipient) {
  const Person person = recipient.person();
  const auto queue = queue_of(person);
  auto& connection = connection_of(person);
  auto on_read = [this, person](const redisReply& reply) {
    if (people_[person] != nullptr) people_[person]->listener.on_delivered(number_in(reply));
  };
  connection.command({"LINDEX", queue, "0"}, std::move(on_read));
  connection.command({"LPOP", queue}, [](const redisReply&) {});
}

void RedisTarget::drain(RedisPeer& recipient) {
  const Person person = recipient.person();
  auto on_read = [this, person](const redisReply& reply) {
    RedisPeer* self = people_[person];
    if (self == nullptr || reply.elements == 0) return;
    for (std::size_t i = 0; i < reply.elements; ++i)
      self->listener.on_delivered(number_in(*reply.element[i]));
    connection_of(person).command({"LPOP", queue_of(person), std::to_string(reply.elements)},
                                  [](const redisReply&) {});
    drain(*self);
  };
  connection_of(person).command({"LRANGE", queue_of(person), "0", std::to_string(kDrainBatch - 1)},
                                std::move(on_read));
}

}  // namespace holdspace::bench
