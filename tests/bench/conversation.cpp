// See conversation.hpp.
#include "tests/bench/conversation.hpp"

#include <chrono>

#include "crypto/login.hpp"
#include "crypto/random.hpp"

namespace holdspace::bench {
namespace {

constexpr std::uint16_t kVersion = 1;

}  // namespace

void Conversation::send(const v1::ClientFrame& frame) {
  static std::string bytes;  // one thread, and the socket copies
  frame.SerializeToString(&bytes);
  socket_.send(view(bytes));
}

void Conversation::log_in(const Practice& practice, const Member& member) {
  practice_ = &practice;
  member_ = &member;
  client_nonce_ = crypto::random_array<32>();
  v1::ClientFrame frame;
  frame.set_request_id(1);
  auto& hello = *frame.mutable_hello();
  hello.set_client_nonce(text_of(client_nonce_));
  hello.set_practice_id(text_of(practice.id));
  hello.set_account_id(text_of(member.account_id));
  hello.set_device_id(kDevice);
  hello.add_versions(kVersion);
  hello.set_host(practice.host);
  send(frame);
}

void Conversation::answer(const v1::Challenge& challenge) {
  crypto::LoginTranscript transcript;
  transcript.host = practice_->host;
  if (const auto value = socket_.exporter())
    transcript.binding = {crypto::BindingType::tls_exporter, *value};
  transcript.client_nonce = client_nonce_;
  const auto server_nonce = crypto::to_bytes<32>(view(challenge.server_nonce()));
  const auto signature = crypto::to_bytes<64>(view(challenge.signature()));
  if (!server_nonce || !signature) return listener_.on_closed("a malformed challenge");
  transcript.server_nonce = *server_nonce;
  transcript.server_time = crypto::Instant(std::chrono::milliseconds(challenge.server_time_ms()));
  transcript.versions = {kVersion};
  transcript.version = static_cast<std::uint16_t>(challenge.version());
  if (!crypto::verify_challenge(practice_->gateway_key, transcript, *signature))
    return listener_.on_closed("a challenge that the gateway did not sign");
  const crypto::LoginClaim claim{
      practice_->id, {member_->account_id, kDevice}, practice_->gateway_key};
  v1::ClientFrame frame;
  frame.set_request_id(2);
  frame.mutable_auth()->set_signature(
      text_of(crypto::sign_login(member_->device_key, transcript, claim)));
  send(frame);
}

void Conversation::on_message(Bytes message) {
  static v1::ServerFrame frame;  // one thread; keeps its memory from frame to frame
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size())))
    return listener_.on_closed("a frame that is not Protobuf");
  if (practice_ != nullptr && frame.has_challenge()) return answer(frame.challenge());
  listener_.on_frame(frame);
}

}  // namespace holdspace::bench
