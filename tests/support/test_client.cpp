#include "tests/support/test_client.hpp"

#include <stdexcept>

#include "crypto/random.hpp"

namespace holdspace::tests {
namespace {

using gateway::tests::kPatience;

constexpr unsigned kBinary = 0x82;
constexpr unsigned kPong = 0x8A;
constexpr const char* kHost = "localhost";

template <std::size_t N>
crypto::Bytes<N> bytes_of(const std::string& text) {
  const auto bytes =
      crypto::to_bytes<N>({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!bytes) throw std::runtime_error("a field of the wrong length");
  return *bytes;
}

crypto::Instant some_time() {
  return crypto::Instant(std::chrono::hours(24 * 365 * 56));
}

}  // namespace

std::string text(crypto::ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

FrameClient::FrameClient(std::uint16_t port)
    : wire_(std::make_unique<gateway::tests::Client>(port)) {
  if (wire_->upgrade() != 101) throw std::runtime_error("the upgrade was refused");
}

void FrameClient::send_bytes(const std::string& bytes) {
  if (!wire_->send(gateway::tests::frame(kBinary, bytes)))
    throw std::runtime_error("the connection is gone");
}

std::uint64_t FrameClient::send(v1::ClientFrame frame) {
  frame.set_request_id(++last_request_);
  send_bytes(frame.SerializeAsString());
  return last_request_;
}

std::optional<v1::ServerFrame> FrameClient::next(milliseconds patience) {
  while (auto frame = wire_->next_frame(patience)) {
    if (frame->opcode == 8)
      throw std::runtime_error("closed with " + std::to_string(frame->close_code()));
    if (frame->opcode == 9 && !wire_->send(gateway::tests::frame(kPong, frame->payload))) break;
    if (frame->opcode != 2) continue;
    v1::ServerFrame parsed;
    if (!parsed.ParseFromString(frame->payload)) throw std::runtime_error("not a ServerFrame");
    return parsed;
  }
  return std::nullopt;
}

v1::ServerFrame FrameClient::request(v1::ClientFrame frame) {
  const auto id = send(std::move(frame));
  while (auto answer = next()) {
    if (answer->request_id() == id) return *answer;
    keep(std::move(*answer));
  }
  throw std::runtime_error("the connection closed without an answer");
}

void FrameClient::keep(v1::ServerFrame push) {
  if (!push.has_notices()) return pushes_.push_back(std::move(push));
  for (auto& notice : *push.mutable_notices()->mutable_notices())
    notices_.push_back(std::move(notice));
}

template <typename Wanted>
bool FrameClient::read_until(milliseconds time, const Wanted& wanted) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!wanted()) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::optional<gateway::tests::Frame> frame;
    try {
      frame = wire_->next_frame(left);
    } catch (const std::runtime_error&) {
      return wanted();  // nothing came
    }
    if (!frame) throw std::runtime_error("the connection closed");
    if (frame->opcode == 8)
      throw std::runtime_error("closed with " + std::to_string(frame->close_code()));
    if (frame->opcode == 9) (void)wire_->send(gateway::tests::frame(kPong, frame->payload));
    if (frame->opcode != 2) continue;
    v1::ServerFrame parsed;
    if (!parsed.ParseFromString(frame->payload)) throw std::runtime_error("not a ServerFrame");
    keep(std::move(parsed));
  }
  return true;
}

v1::ServerFrame FrameClient::next_push(milliseconds patience) {
  if (!read_until(patience, [this] { return !pushes_.empty(); }))
    throw std::runtime_error("no push came");
  auto push = std::move(pushes_.front());
  pushes_.pop_front();
  return push;
}

v1::Notice FrameClient::next_notice(milliseconds patience) {
  if (!read_until(patience, [this] { return !notices_.empty(); }))
    throw std::runtime_error("no notice came");
  auto notice = std::move(notices_.front());
  notices_.pop_front();
  return notice;
}

bool FrameClient::silent(milliseconds time) {
  return !read_until(time, [this] { return !pushes_.empty(); });
}

bool FrameClient::without_notice(milliseconds time) {
  return !read_until(time, [this] { return !notices_.empty(); });
}

unsigned FrameClient::close_code(milliseconds patience) {
  return wire_->next_close(patience);
}

Person::Person() : account_(crypto::random_array<16>()) {
  devices_.push_back(make_device(1));
  newest_.account_id = account_;
  newest_.account_key = account_key_.public_key();
  newest_.epoch = 0;
  (void)next_list();
}

Device Person::make_device(std::uint32_t id) const {
  Device device;
  device.cert.account_id = account_;
  device.cert.device_id = id;
  device.cert.account_key = account_key_.public_key();
  device.cert.signing_key = device.signing_key.public_key();
  device.cert.dh_key.bytes = crypto::random_array<32>();
  device.cert.created_at = some_time();
  device.signed_cert = crypto::sign_device_cert(device.cert, account_key_, device.signing_key);
  return device;
}

Device& Person::add_device() {
  devices_.push_back(make_device(static_cast<std::uint32_t>(devices_.size() + 1)));
  return devices_.back();
}

crypto::ByteVector Person::next_list(const std::vector<std::uint32_t>& revoked) {
  if (newest_.epoch > 0)
    newest_.prev_hash =
        crypto::statement_hash(crypto::StatementType::device_list, crypto::encode_body(newest_));
  ++newest_.epoch;
  newest_.issued_at = some_time();
  newest_.valid_until = some_time() + crypto::kDeviceListLife;
  newest_.active.clear();
  for (const auto id : revoked)
    newest_.revoked.push_back({id, some_time(), crypto::RevokeReason::lost});
  for (const auto& device : devices_) {
    bool gone = false;
    for (const auto& left : newest_.revoked) gone = gone || left.device_id == device.cert.device_id;
    const auto hash = crypto::statement_hash(crypto::StatementType::device_cert,
                                             crypto::encode_body(device.cert));
    if (!gone) newest_.active.push_back({device.cert.device_id, hash});
  }
  list_ = crypto::sign_device_list(newest_, account_key_);
  return list_;
}

v1::ErrorCode Person::redeem(std::uint16_t port, const crypto::InviteSecret& invite,
                             const crypto::ClaimKey* claim_key) {
  FrameClient client(port);
  v1::ClientFrame open;
  open.mutable_redeem_open()->set_invite_id(text(invite.id()));
  open.mutable_redeem_open()->set_client_nonce(text(crypto::random_array<32>()));
  open.mutable_redeem_open()->set_host(kHost);
  const auto challenge = client.request(open);
  if (challenge.has_error()) return challenge.error().code();
  gateway_key.bytes = bytes_of<32>(challenge.redeem_challenge().gateway_key());
  const auto& sealed = challenge.redeem_challenge().packet();
  const auto packet = crypto::open_invite_packet(
      invite, kHost, {reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size()});
  if (packet.has_value()) practice = packet->practice_id;

  v1::ClientFrame redeem;
  redeem.mutable_redeem()->set_device_cert(text(device().signed_cert));
  redeem.mutable_redeem()->set_device_list(text(list_));
  const auto server_nonce = bytes_of<32>(challenge.redeem_challenge().server_nonce());
  redeem.mutable_redeem()->set_claim(
      text(crypto::sign_claim(claim_key != nullptr ? *claim_key : invite.claim_key(), invite.id(),
                              server_nonce, device().signed_cert)));
  const auto done = client.request(redeem);
  return done.has_error() ? done.error().code() : v1::ERROR_CODE_UNSPECIFIED;
}

v1::ClientFrame hello(const Person& person, std::uint32_t device,
                      const crypto::Nonce& client_nonce) {
  v1::ClientFrame frame;
  auto& wire = *frame.mutable_hello();
  wire.set_client_nonce(text(client_nonce));
  wire.set_practice_id(text(person.practice));
  wire.set_account_id(text(person.account()));
  wire.set_device_id(device);
  wire.add_versions(1);
  wire.set_host(kHost);
  return frame;
}

crypto::LoginTranscript transcript(const crypto::Nonce& client_nonce,
                                   const v1::Challenge& challenge) {
  crypto::LoginTranscript out;
  out.host = kHost;
  out.client_nonce = client_nonce;
  out.server_nonce = bytes_of<32>(challenge.server_nonce());
  out.server_time = crypto::Instant(std::chrono::milliseconds(challenge.server_time_ms()));
  out.versions = {1};
  out.version = 1;
  return out;
}

std::unique_ptr<FrameClient> Person::log_in(std::uint16_t port, std::uint32_t device_id) {
  auto client = std::make_unique<FrameClient>(port);
  const auto client_nonce = crypto::random_array<32>();
  const auto challenge = client->request(hello(*this, device_id, client_nonce));
  if (!challenge.has_challenge()) throw std::runtime_error("no challenge");
  const auto t0 = transcript(client_nonce, challenge.challenge());
  if (!crypto::verify_challenge(gateway_key, t0, bytes_of<64>(challenge.challenge().signature())))
    throw std::runtime_error("another gateway");
  v1::ClientFrame auth;
  const crypto::LoginClaim claim{practice, {account_, device_id}, gateway_key};
  auth.mutable_auth()->set_signature(
      text(crypto::sign_login(device(device_id).signing_key, t0, claim)));
  const auto answer = client->request(auth);
  if (!answer.has_welcome()) throw std::runtime_error("no welcome: " + answer.ShortDebugString());
  welcome = answer.welcome();
  return client;
}

v1::ClientFrame Person::apply_policy(const v1::Policy& document,
                                     const std::optional<crypto::AccountId>& owner,
                                     std::uint32_t device_id) {
  v1::ClientFrame frame;
  auto& wire = *frame.mutable_apply_policy();
  wire.set_document(document.SerializeAsString());
  if (owner) wire.set_account_id(text(*owner));
  wire.set_reason(v1::HOURS);
  crypto::PolicyChange change;
  change.owner = owner.value_or(account_);
  change.version = document.version();
  const crypto::ByteVector bytes(wire.document().begin(), wire.document().end());
  change.document_hash = crypto::policy_document_hash(bytes);
  change.account_id = account_;
  change.device_id = device_id;
  change.at = crypto::Instant(std::chrono::hours(24) * 20'000);
  wire.set_statement(text(crypto::sign_policy_change(change, device(device_id).signing_key)));
  return frame;
}

v1::Direct make_copy(const CopyWish& wish) {
  crypto::Env env;
  env.lane = wish.lane;
  env.size_class = wish.size_class;
  env.message_id = wish.message;
  env.sender = wish.sender;
  env.recipient = wish.recipient;
  env.session_id = {1};
  env.relationship_id = wish.relationship;
  env.agreement_hash = wish.agreement;
  v1::Direct copy;
  copy.set_env(text(crypto::encode_env(env)));
  copy.set_eh(std::string(2418, wish.fill));
  copy.set_body(
      std::string(crypto::kBuckets[wish.size_class] + crypto::kSealOverheadBytes, wish.fill));
  return copy;
}

}  // namespace holdspace::tests
