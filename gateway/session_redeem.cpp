// See entrance.hpp: the steps of somebody who has an invite and no account yet. docs/protocol.md
// section 3.
#include <utility>

#include "crypto/random.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/entrance.hpp"
#include "gateway/fields.hpp"
#include "gateway/frame_io.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;

RedeemDone outcome(storage::RedeemError error) {
  switch (error) {
    case storage::RedeemError::not_found:
      return RedeemDone::gone;
    case storage::RedeemError::account_exists:
      return RedeemDone::account_taken;
    case storage::RedeemError::pair_exists:
      return RedeemDone::pair_exists;
    case storage::RedeemError::uncertain:
      return RedeemDone::uncertain;
    case storage::RedeemError::invalid:
    case storage::RedeemError::unavailable:
    case storage::RedeemError::corrupt:
      return RedeemDone::unavailable;
  }
  return RedeemDone::unavailable;
}

}  // namespace

asio::awaitable<Entrance::Next> Entrance::look_up_invite() {
  const auto& open = frame_.redeem_open();
  Fields fields;
  invite_id_ = fields.id<storage::InviteId>("redeem_open.invite_id", open.invite_id());
  challenge_.client_nonce = fields.exactly<32>("redeem_open.client_nonce", open.client_nonce());
  fields.require(open.host() == connection_->host(), "redeem_open.host");
  if (fields.wrong()) {
    send_error(*connection_, frame_.request_id(), invalid_field(*fields.wrong()));
    co_return LoginAction::close_unauthenticated;
  }
  challenge_.host = open.host();
  const auto wait =
      worker_->gateway.limits.take_redeem(connection_->peer_prefix(), monotonic_now());
  if (wait) {
    limit_wait_ = *wait;
    co_return LoginAction::close_limited;
  }
  const StoreTimer timer(worker_->gateway.metrics);
  auto invite = co_await worker_->invites.open_invite(invite_id_, request_deadline());
  if (invite.has_value()) {
    invite_ = std::move(*invite);
    co_return fsm_.on_invite(LookedUp::found);
  }
  const bool unknown = invite.error() == storage::InviteError::not_found;
  co_return fsm_.on_invite(unknown ? LookedUp::unknown : LookedUp::unavailable);
}

void Entrance::send_redeem_challenge() {
  challenge_.invite_id = invite_id_.bytes;
  challenge_.server_nonce = crypto::random_array<32>();
  const auto& key = worker_->gateway.key;
  v1::ServerFrame frame;
  auto& wire = *frame.mutable_redeem_challenge();
  wire.set_server_nonce(to_string(challenge_.server_nonce));
  wire.set_packet(invite_.packet);
  wire.set_gateway_key(to_string(key.public_key().bytes));
  wire.set_signature(to_string(crypto::sign_redeem_challenge(key, challenge_)));
  send_frame(*connection_, frame_.request_id(), std::move(frame));
}

asio::awaitable<Entrance::Next> Entrance::check_claim() {
  const auto& wire = frame_.redeem();
  Fields fields;
  crypto::Redeem redeem;
  redeem.invite_id = challenge_.invite_id;
  redeem.server_nonce = challenge_.server_nonce;
  redeem.cert_bytes.assign(wire.device_cert().begin(), wire.device_cert().end());
  redeem.list_bytes.assign(wire.device_list().begin(), wire.device_list().end());
  redeem.claim = fields.exactly<64>("redeem.claim", wire.claim());
  auto account = crypto::verify_redeem({invite_.claim_key}, redeem);
  if (account.has_value()) {
    account_.emplace(std::move(*account));
    const bool fits = wire.device_cert().size() <= storage::kStatementMax &&
                      wire.device_list().size() <= storage::kStatementMax;
    wrong_field_ = "redeem";
    co_return fsm_.on_claim(fits ? ClaimChecked::good : ClaimChecked::bad_account);
  }
  if (account.error() == crypto::ClaimError::bad_account) {
    wrong_field_ = "redeem.device_cert";
    co_return fsm_.on_claim(ClaimChecked::bad_account);
  }
  // Whether it could be counted or not, the answer is the same.
  (void)co_await worker_->invites.count_invite_failure(invite_id_, invite_, request_deadline());
  co_return fsm_.on_claim(ClaimChecked::bad_claim);
}

asio::awaitable<Entrance::Next> Entrance::redeem() {
  storage::NewAccount account;
  account.id.bytes = account_->cert->account_id;
  account.signed_list = to_string(account_->list.signed_bytes());
  account.list_epoch = account_->list->epoch;
  account.devices.push_back({account_->cert->device_id, to_string(account_->cert.signed_bytes())});
  // Who let the account in; the invite does not say by which device.
  auto audit = audit_record({invite_.inviter, 0}, v1::AuditRecord::ACCOUNT_MADE, account.id,
                            static_cast<int>(invite_.role));
  const StoreTimer timer(worker_->gateway.metrics);
  const auto done = co_await worker_->invites.redeem(invite_id_, invite_, std::move(account),
                                                     std::move(audit), request_deadline());
  co_return fsm_.on_redeem(done.has_value() ? RedeemDone::redeemed : outcome(done.error()));
}

void Entrance::answer_redeemed() {
  v1::ServerFrame frame;
  frame.mutable_redeemed()->set_role(static_cast<std::uint32_t>(invite_.role));
  send_frame(*connection_, frame_.request_id(), std::move(frame));
  worker_->gateway.log.event(
      Event::invite_redeemed,
      {{"practice", worker_->gateway.log.pseudonym(invite_.practice.bytes)}});
  // The inviter may have waited for this: its relationship is active now.
  worker_->gateway.directory.look_account(invite_.practice, invite_.inviter);
  connection_->close(CloseCode::normal, "redeemed");
}

}  // namespace holdspace::gateway
