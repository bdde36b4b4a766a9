// See session_login.hpp and entrance.hpp: the way in, and a device's steps on it.
#include "gateway/session_login.hpp"

#include <utility>

#include "crypto/random.hpp"
#include "gateway/entrance.hpp"
#include "gateway/fields.hpp"
#include "gateway/frame_io.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;

constexpr std::uint16_t kVersion = 1;

}  // namespace

asio::awaitable<std::optional<Identity>> let_in(std::shared_ptr<Worker> worker,
                                                std::shared_ptr<Connection> connection) {
  Entrance entrance(std::move(worker), std::move(connection));
  co_return co_await entrance.pass();
}

Entrance::Entrance(std::shared_ptr<Worker> worker, std::shared_ptr<Connection> connection)
    : worker_(std::move(worker)), connection_(std::move(connection)) {}

asio::awaitable<std::optional<Identity>> Entrance::pass() {
  while (true) {
    auto received = co_await receive_frame(worker_->gateway, connection_);
    if (!received.has_value()) {
      if (received.error() == ReceiveError::refused) refuse(CloseCode::unauthenticated);
      co_return std::nullopt;
    }
    frame_ = std::move(*received);
    Next action = fsm_.on_frame(frame_.body_case());
    while (action) action = co_await perform(*action);
    if (fsm_.entered()) co_return std::move(identity_);
    if (connection_->close_code()) co_return std::nullopt;
  }
}

asio::awaitable<Entrance::Next> Entrance::perform(LoginAction action) {
  switch (action) {
    case LoginAction::look_up_device:
      co_return co_await look_up_device();
    case LoginAction::send_challenge:
      send_challenge();
      co_return std::nullopt;
    case LoginAction::check_signature:
      co_return check_signature();
    case LoginAction::enter:
      co_return std::nullopt;
    case LoginAction::look_up_invite:
      co_return co_await look_up_invite();
    case LoginAction::send_redeem_challenge:
      send_redeem_challenge();
      co_return std::nullopt;
    case LoginAction::check_claim:
      co_return co_await check_claim();
    case LoginAction::redeem:
      co_return co_await redeem();
    case LoginAction::answer_redeemed:
      answer_redeemed();
      co_return std::nullopt;
    case LoginAction::answer_not_found:
      answer(make_error(v1::NOT_FOUND), CloseCode::unauthenticated);
      co_return std::nullopt;
    case LoginAction::answer_conflict:
      answer(make_error(v1::CONFLICT), CloseCode::unauthenticated);
      co_return std::nullopt;
    case LoginAction::answer_pair_exists:
      answer(make_error(v1::PAIR_EXISTS), CloseCode::unauthenticated);
      co_return std::nullopt;
    case LoginAction::answer_invalid:
      answer(invalid_field(wrong_field_), CloseCode::unauthenticated);
      co_return std::nullopt;
    case LoginAction::answer_unavailable:
      answer(unavailable(), CloseCode::going_away);
      co_return std::nullopt;
    case LoginAction::answer_uncertain:
      answer(make_error(v1::UNCERTAIN), CloseCode::going_away);
      co_return std::nullopt;
    case LoginAction::close_unauthenticated:
      refuse(CloseCode::unauthenticated);
      co_return std::nullopt;
    case LoginAction::close_limited:
      answer(rate_limited(limit_wait_), CloseCode::rate_limited);
      co_return std::nullopt;
  }
  co_return std::nullopt;
}

void Entrance::answer(v1::Error error, CloseCode code) {
  send_error(*connection_, frame_.request_id(), std::move(error));
  refuse(code);
}

void Entrance::refuse(CloseCode code) {
  if (code == CloseCode::unauthenticated || code == CloseCode::rate_limited) {
    worker_->gateway.metrics.login_failed();
    const auto& log = worker_->gateway.log;
    log.event(Event::login_failed, {{"peer", log.pseudonym(view(connection_->peer_prefix()))}});
  }
  connection_->close(code, "login");
}

// Everything that is wrong with a Hello ends like a wrong signature: there is one attempt.
bool Entrance::read_hello() {
  const auto& hello = frame_.hello();
  Fields fields;
  transcript_.client_nonce = fields.exactly<32>("hello.client_nonce", hello.client_nonce());
  practice_ = fields.id<storage::PracticeId>("hello.practice_id", hello.practice_id());
  device_.account = fields.id<storage::AccountId>("hello.account_id", hello.account_id());
  device_.device = hello.device_id();
  fields.require(hello.device_id() != 0, "hello.device_id");
  fields.require(!hello.versions().empty(), "hello.versions");
  fields.require(hello.host() == connection_->host(), "hello.host");
  bool offered = false;
  for (const auto version : hello.versions()) {
    fields.require(version <= 0xffff, "hello.versions");
    transcript_.versions.push_back(static_cast<std::uint16_t>(version));
    offered = offered || version == kVersion;
  }
  if (!fields.wrong() && !offered) {
    auto error = make_error(v1::UNSUPPORTED_VERSION);
    error.set_field("hello.versions");
    send_error(*connection_, frame_.request_id(), std::move(error));
    return false;
  }
  if (fields.wrong()) {
    send_error(*connection_, frame_.request_id(), invalid_field(*fields.wrong()));
    return false;
  }
  transcript_.host = hello.host();
  transcript_.version = kVersion;
  return true;
}

asio::awaitable<Entrance::Next> Entrance::look_up_device() {
  if (!read_hello()) co_return LoginAction::close_unauthenticated;
  const StoreTimer timer(worker_->gateway.metrics);
  auto facts = co_await worker_->accounts.device_facts(practice_, device_, request_deadline());
  const auto now = worker_->store_now();
  if ((!facts.has_value() && facts.error() != storage::DeviceFactsError::not_found) || !now)
    co_return fsm_.on_device(LookedUp::unavailable);
  transcript_.server_time = *now;
  if (facts.has_value() && take_certificate(facts->signed_cert)) {
    role_ = facts->role;
    co_return fsm_.on_device(LookedUp::found);
  }
  known_ = false;
  const auto& stand_in = worker_->gateway.stand_in;
  (void)take_certificate(to_string(stand_in.signed_cert()));
  co_return fsm_.on_device(LookedUp::unknown);
}

// What is stored was verified against the account's key when it came.
bool Entrance::take_certificate(const std::string& signed_cert) {
  auto cert = crypto::trust_stored_device_cert(view(signed_cert));
  if (!cert.has_value()) return false;
  cert_.emplace(std::move(*cert));
  return true;
}

void Entrance::send_challenge() {
  transcript_.server_nonce = crypto::random_array<32>();
  const auto exporter = connection_->tls_exporter();
  if (exporter && (*cert_)->platform == crypto::Platform::native)
    transcript_.binding = {crypto::BindingType::tls_exporter, *exporter};
  const auto& key = worker_->gateway.key;
  v1::ServerFrame frame;
  auto& challenge = *frame.mutable_challenge();
  challenge.set_server_nonce(to_string(transcript_.server_nonce));
  challenge.set_server_time_ms(transcript_.server_time.time_since_epoch().count());
  challenge.set_gateway_key(to_string(key.public_key().bytes));
  challenge.set_signature(to_string(crypto::sign_challenge(key, transcript_)));
  challenge.set_version(kVersion);
  challenge.set_binding_type(static_cast<std::uint32_t>(transcript_.binding.type));
  send_frame(*connection_, frame_.request_id(), std::move(frame));
}

LoginAction Entrance::check_signature() {
  Fields fields;
  const auto signature = fields.exactly<64>("auth.signature", frame_.auth().signature());
  // For an unknown device the check runs to the signature and fails there.
  const crypto::DeviceAddress claimed{device_.account.bytes, device_.device};
  const crypto::LoginClaim claim{practice_.bytes,
                                 known_ ? claimed : worker_->gateway.stand_in.device(),
                                 worker_->gateway.key.public_key()};
  const auto rule = connection_->plain() ? crypto::BindingRule::tls_ends_elsewhere
                                         : crypto::BindingRule::required_for_native;
  const auto verified = crypto::verify_login(*cert_, transcript_, claim, signature, rule);
  if (verified.has_value() && known_) {
    identity_.emplace(Identity{practice_,
                               device_,
                               {crypto::random_array<16>()},
                               role_,
                               std::move(*cert_),
                               frame_.request_id()});
    return fsm_.on_signature(Checked::good);
  }
  const auto wait = worker_->gateway.limits.take_login_failure(
      device_.account, connection_->peer_prefix(), monotonic_now());
  limit_wait_ = wait.value_or(std::chrono::milliseconds(0));
  return fsm_.on_signature(wait ? Checked::limited : Checked::bad);
}

}  // namespace holdspace::gateway
