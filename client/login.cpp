#include "client/login.hpp"

#include <algorithm>

#include "client/clock.hpp"
#include "crypto/claim.hpp"
#include "crypto/login.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;

constexpr std::uint16_t kProtocolVersion = 1;
constexpr std::uint16_t kUnauthenticatedCode = 4401;  // the gateway's close code for every cause

crypto::ChannelBinding binding_of(const Connection& connection) {
  const auto exported = connection.channel_binding();
  if (!exported) return {};
  return {crypto::BindingType::tls_exporter, *exported};
}

Failure unanswered(std::string_view what) {
  return {FailureKind::not_answered, "the gateway did not answer " + std::string(what), {}};
}

// What is signed on both sides; nothing when the challenge is not well formed.
std::optional<crypto::LoginTranscript> make_transcript(const Connection& connection,
                                                       const std::string& host,
                                                       const crypto::Nonce& client_nonce,
                                                       const v1::Challenge& challenge) {
  const auto server_nonce = parse_bytes<32>(challenge.server_nonce());
  if (!server_nonce || challenge.server_time_ms() < 0 || challenge.version() != kProtocolVersion)
    return std::nullopt;
  return crypto::LoginTranscript{host,
                                 binding_of(connection),
                                 client_nonce,
                                 *server_nonce,
                                 from_ms(challenge.server_time_ms()),
                                 {kProtocolVersion},
                                 kProtocolVersion};
}

Failure wrong_gateway(const std::string& host) {
  return {FailureKind::wrong_gateway,
          "whoever answers at " + host +
              " does not hold the gateway key that was pinned at enrolment; nothing was sent",
          {}};
}

Failure unknown_device() {
  return {FailureKind::login_refused,
          "the gateway does not let this device in: it is unknown there or was revoked",
          v1::UNAUTHENTICATED};
}

// A gateway without its store, or one that is too busy, lets nobody in for now: that is no refusal
// of this device, and whoever follows tries again.
Failure not_let_in(const v1::Error& error) {
  const auto code = error.code();
  if (code == v1::UNAUTHENTICATED) return unknown_device();
  const bool for_now = code == v1::UNAVAILABLE || code == v1::UNCERTAIN || code == v1::RATE_LIMITED;
  return {for_now ? FailureKind::unreachable : FailureKind::login_refused,
          error.text().empty() ? describe_code(code) : error.text(), code};
}

}  // namespace

asio::awaitable<result<LoggedIn, Failure>> log_in(std::shared_ptr<Connection> connection,
                                                  const Identity& self) {
  const auto client_nonce = crypto::random_array<32>();
  const auto address = self.device.address();
  v1::ClientFrame hello_frame;
  auto& hello = *hello_frame.mutable_hello();
  hello.set_client_nonce(to_string(client_nonce));
  hello.set_practice_id(to_string(self.practice_id));
  hello.set_account_id(to_string(address.account_id));
  hello.set_device_id(address.device_id);
  hello.add_versions(kProtocolVersion);
  hello.set_host(self.address.host);
  const auto challenged = co_await connection->request(std::move(hello_frame));
  if (!challenged.has_value()) co_return unanswered("the login");
  if (challenged->has_error()) co_return not_let_in(challenged->error());

  const auto& challenge = challenged->challenge();
  const auto transcript = make_transcript(*connection, self.address.host, client_nonce, challenge);
  const auto signature = parse_bytes<64>(challenge.signature());
  if (!transcript || !signature ||
      !crypto::verify_challenge(self.gateway_key, *transcript, *signature))
    co_return wrong_gateway(self.address.host);

  v1::ClientFrame auth_frame;
  const auto proof = crypto::sign_login(self.device.signing_key, *transcript,
                                        {self.practice_id, address, self.gateway_key});
  auth_frame.mutable_auth()->set_signature(to_string(proof));
  const auto answer = co_await connection->request(std::move(auth_frame));
  if (!answer.has_value()) {
    if (connection->close_code() == kUnauthenticatedCode) co_return unknown_device();
    co_return unanswered("the login");
  }
  if (answer->has_error()) co_return not_let_in(answer->error());
  if (!answer->has_welcome()) co_return unknown_device();
  co_return LoggedIn{answer->welcome(), now() - transcript->server_time};
}

namespace {

// One redeeming: what was learnt on the way.
struct Redeeming {
  crypto::InviteSecret secret;
  crypto::Nonce client_nonce;
  crypto::Nonce server_nonce{};
  crypto::InvitePacket packet;
};

result<Redeeming, Failure> check_redeem_challenge(crypto::InviteSecret secret,
                                                  const crypto::Nonce& client_nonce,
                                                  const std::string& host,
                                                  const v1::RedeemChallenge& challenge) {
  const auto server_nonce = parse_bytes<32>(challenge.server_nonce());
  const auto signature = parse_bytes<64>(challenge.signature());
  auto packet = crypto::open_invite_packet(secret, host, view(challenge.packet()));
  if (!packet.has_value())
    return Failure{FailureKind::untrusted,
                   "the invite does not belong to this gateway: it was made for another address "
                   "than " +
                       host + ", or was altered",
                   {}};
  if (!server_nonce || !signature ||
      !crypto::verify_redeem_challenge(
          packet->gateway_key, {secret.id(), client_nonce, *server_nonce, host}, *signature))
    return wrong_gateway(host);
  return Redeeming{std::move(secret), client_nonce, *server_nonce, std::move(*packet)};
}

asio::awaitable<result<Redeeming, Failure>> open_redeem(std::shared_ptr<Connection> connection,
                                                        crypto::InviteSecret secret,
                                                        std::string host) {
  const auto client_nonce = crypto::random_array<32>();
  v1::ClientFrame frame;
  frame.mutable_redeem_open()->set_invite_id(to_string(secret.id()));
  frame.mutable_redeem_open()->set_client_nonce(to_string(client_nonce));
  frame.mutable_redeem_open()->set_host(host);
  const auto answer = co_await connection->request(std::move(frame));
  if (!answer.has_value()) co_return unanswered("the invite");
  if (!answer->has_redeem_challenge())
    co_return Failure{FailureKind::refused,
                      "the invite is unknown here, expired, used or revoked; ask for a new one",
                      answer->error().code()};
  co_return check_redeem_challenge(std::move(secret), client_nonce, host,
                                   answer->redeem_challenge());
}

// Everything that SQLite and the lock may have left in the folder of a profile that never came to
// be.
void remove_profile(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto* name : {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "lock"})
    std::filesystem::remove(folder / name, ignored);
}

v1::ClientFrame make_redeem(const Redeeming& redeeming, const crypto::Enrolment& enrolment) {
  const auto& cert = enrolment.device.trusted.verified_cert().signed_bytes();
  v1::ClientFrame frame;
  frame.mutable_redeem()->set_device_cert(to_string(cert));
  frame.mutable_redeem()->set_device_list(to_string(enrolment.device.list.signed_bytes()));
  frame.mutable_redeem()->set_claim(to_string(crypto::sign_claim(
      redeeming.secret.claim_key(), redeeming.secret.id(), redeeming.server_nonce, cert)));
  return frame;
}

}  // namespace

Failure describe(crypto::CodeError error) {
  switch (error) {
    case crypto::CodeError::wrong_length:
      return {FailureKind::bad_input, "an invite code has 30 characters in 6 groups of 5", {}};
    case crypto::CodeError::bad_character:
      return {FailureKind::bad_input, "the invite code has a character that no code has", {}};
    case crypto::CodeError::bad_checksum:
      return {FailureKind::bad_input, "the invite code has a typing error", {}};
  }
  return {FailureKind::bad_input, "the invite code cannot be read", {}};
}

asio::awaitable<result<std::unique_ptr<LocalStore>, Failure>> enroll(EnrollRequest request) {
  auto secret = crypto::parse_invite_code(request.code);
  if (!secret.has_value()) co_return describe(secret.error());
  auto connection = co_await Connection::open(request.address, request.trust_file);
  if (!connection.has_value())
    co_return Failure{FailureKind::unreachable, describe(connection.error(), request.address), {}};
  auto redeeming = co_await open_redeem(*connection, std::move(*secret), request.address.host);
  if (!redeeming.has_value()) {
    co_await (*connection)->close();
    co_return redeeming.error();
  }
  const auto& roles = request.roles;
  if (!roles.empty() &&
      std::find(roles.begin(), roles.end(), redeeming->packet.role) == roles.end()) {
    co_await (*connection)->close();
    co_return Failure{
        FailureKind::bad_input,
        "this invite is for a " + std::string(role_name(redeeming->packet.role)) +
            (redeeming->packet.role == crypto::Role::admin ? "; use `holdspace practice init`"
                                                           : "; use `holdspace enroll`"),
        {}};
  }

  auto store = LocalStore::create(request.folder, request.unlock);
  if (!store.has_value()) {
    co_await (*connection)->close();
    co_return Failure{FailureKind::bad_input, describe(store.error(), request.folder), {}};
  }
  const auto enrolment = crypto::enrol(crypto::Platform::native, now());
  save_new_identity(**store, {enrolment, redeeming->secret, redeeming->packet, request.address});
  const auto answer = co_await (*connection)->request(make_redeem(*redeeming, enrolment));
  co_await (*connection)->close();
  if (!answer.has_value()) {
    co_return Failure{FailureKind::not_answered,
                      "the gateway did not say whether the invite was redeemed; "
                      "`holdspace status` will tell",
                      {}};
  }
  if (!answer->has_redeemed()) {
    store->reset();
    remove_profile(request.folder);
    co_return refused(answer->error());
  }
  co_return std::move(*store);
}

}  // namespace holdspace::client
