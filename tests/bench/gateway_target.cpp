// See gateway_target.hpp.
#include "tests/bench/gateway_target.hpp"

#include <cstring>

#include "crypto/env.hpp"
#include "crypto/random.hpp"
#include "tests/bench/enrolment_tasks.hpp"

namespace holdspace::bench {
namespace {

constexpr std::size_t kHeaderBytes = 2418;
constexpr std::size_t kBodyBytes = 1064;
static_assert(crypto::kEnvBytes + kHeaderBytes + kBodyBytes == kEnvelopeBytes);

std::string noise(std::size_t bytes) {
  std::string text(bytes, '\0');
  crypto::random_bytes({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return text;
}

crypto::MessageId message_id(std::uint64_t run, std::uint64_t number) {
  crypto::MessageId id{};
  std::memcpy(id.data(), &run, 8);
  std::memcpy(id.data() + 8, &number, 8);
  return id;
}

class GatewayPeer final : public Peer, private Conversation::Listener {
 public:
  GatewayPeer(Loop& loop, const Endpoint& endpoint, const Practice& practice, const Member& member,
              std::uint64_t run, bool may_hold, Person person, PeerListener& listener)
      : Peer(person),
        listener_(listener),
        practice_(practice),
        member_(member),
        run_(run),
        may_hold_(may_hold),
        conversation_(loop, endpoint, *this) {}

  void send(std::uint64_t number) override {
    static v1::ClientFrame frame;  // one thread; keeps its memory from message to message
    static const std::string header = noise(kHeaderBytes);
    static const std::string body = noise(kBodyBytes);
    crypto::Env env;
    env.message_id = message_id(run_, number);
    env.sender = {member_.account_id, kDevice};
    env.recipient = {member_.partner, kDevice};
    env.session_id = member_.account_id;
    env.relationship_id = member_.relationship_id;
    frame.set_request_id(number + kFirstRequest);
    auto& send = *frame.mutable_send();
    send.set_message_id(text_of(env.message_id));
    send.set_relationship_id(text_of(env.relationship_id));
    send.set_lane(v1::ROUTINE);
    auto& copy = send.copies_size() == 0 ? *send.add_copies() : *send.mutable_copies(0);
    copy.set_env(text_of(crypto::encode_env(env)));
    copy.set_eh(header);
    copy.set_body(body);
    conversation_.send(frame);
  }

  void ping() override { conversation_.ping(); }

 private:
  static constexpr std::uint64_t kFirstRequest = 16;  // below are those of the login

  void on_open() override { conversation_.log_in(practice_, member_); }
  void on_pong() override { listener_.on_pong(*this); }
  void on_closed(const std::string& why) override { listener_.on_failed(*this, why); }

  void on_frame(const v1::ServerFrame& frame) override {
    if (frame.has_accepted()) {
      const bool held = frame.accepted().verdict().outcome() == v1::HELD;
      if (held ? !may_hold_ : frame.accepted().verdict().outcome() != v1::RELEASED)
        return listener_.on_failed(*this, "held: " + frame.ShortDebugString());
      return listener_.on_accepted(frame.request_id() - kFirstRequest);
    }
    if (frame.has_deliver()) return take(frame.deliver());
    if (frame.has_welcome()) return listener_.on_ready(*this);
    if (frame.has_drained() || frame.has_notices()) return;
    listener_.on_failed(*this, "the gateway answered " + frame.ShortDebugString());
  }

  void take(const v1::Deliver& deliver) {
    static v1::ClientFrame frame;
    auto& ack = *frame.mutable_ack();
    ack.clear_items();
    for (const auto& delivered : deliver.items()) {
      auto& item = *ack.add_items();
      item.set_relationship_id(delivered.relationship_id());
      item.set_lane(delivered.lane());
      item.set_own_copy(delivered.own_copy());
      item.set_seq(delivered.seq());
      const auto env = crypto::parse_env(view(delivered.envelope().env()));
      if (!env.has_value()) return listener_.on_failed(*this, "an altered envelope");
      std::uint64_t run = 0;
      std::uint64_t number = 0;
      std::memcpy(&run, env->message_id.data(), 8);
      std::memcpy(&number, env->message_id.data() + 8, 8);
      // What a workload that failed left behind is acknowledged and not counted.
      if (run == run_) listener_.on_delivered(number);
    }
    conversation_.send(frame);
  }

  PeerListener& listener_;
  const Practice& practice_;
  const Member& member_;
  std::uint64_t run_;
  bool may_hold_;  // gates are shut in this workload
  Conversation conversation_;
};

}  // namespace

std::unique_ptr<Peer> GatewayTarget::connect(Person person, PeerListener& listener) {
  return std::make_unique<GatewayPeer>(loop_, endpoint_, enrolled_.practice,
                                       enrolled_.members[person], run_, version_ > 1, person,
                                       listener);
}

void GatewayTarget::shut_until(std::size_t first_pair, std::size_t pairs, std::int64_t until_ms) {
  ++version_;
  run_tasks(
      loop_, pairs,
      [&](std::size_t i) -> std::unique_ptr<Task> {
        const Member& therapist = enrolled_.members[recipient_of(first_pair + i)];
        return std::make_unique<RequestTask>(
            loop_, endpoint_, enrolled_.practice, therapist,
            std::vector{open_all_hours(therapist, version_, until_ms)});
      },
      [](std::size_t, Task&) {});
}

}  // namespace holdspace::bench
