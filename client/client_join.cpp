// A client who has an account joins another therapist by her invite. docs/protocol.md section 3.3.
#include <utility>

#include "client/client.hpp"
#include "crypto/claim.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;

Failure untrusted(std::string text) {
  return {FailureKind::untrusted, std::move(text), {}};
}

// The packet, as far as it belongs to what this device has pinned.
result<crypto::InvitePacket, Failure> read_packet(const LocalStore& store, const Identity& self,
                                                  const crypto::InviteSecret& secret,
                                                  const v1::JoinChallenge& challenge) {
  auto packet = crypto::open_invite_packet(secret, self.address.host, view(challenge.packet()));
  if (!packet.has_value())
    return untrusted("the invite does not belong to this gateway, or was altered");
  if (packet->kind != crypto::InviteKind::therapist_to_client ||
      packet->practice_id != self.practice_id ||
      packet->gateway_key.bytes != self.gateway_key.bytes ||
      to_string(packet->organisation_key.bytes) != self.profile.organisation_key())
    return untrusted("the invite is not one of this practice for a client");
  const auto& pin = packet->inviter->pin;
  const auto peer = load<records::Peer>(store, Table::peer, pin.account_id);
  if (peer && peer->account_key() != to_string(pin.account_key.bytes))
    return untrusted("the invite names somebody under another key than the one that is known here");
  return std::move(*packet);
}

v1::Join claim_of(const Identity& self, const crypto::InviteSecret& secret,
                  const crypto::Nonce& server_nonce) {
  const auto& cert = self.device.trusted.verified_cert().signed_bytes();
  v1::Join join;
  join.set_invite_id(to_string(secret.id()));
  join.set_claim(
      to_string(crypto::sign_claim(secret.claim_key(), secret.id(), server_nonce, cert)));
  return join;
}

// Whether the gateway has certainly not done it.
bool is_definite(const Failure& failure) {
  return failure.kind == FailureKind::refused && failure.code != v1::UNCERTAIN;
}

// The relationship whose joining began with this invite, as long as the invite's secret has not
// served in a handshake.
struct Begun {
  std::string id;
  std::string label;
};
std::optional<Begun> begun_by(const LocalStore& store, const std::string& invite_id) {
  std::string peer_id;
  each<records::Peer>(store, Table::peer, [&](std::string_view id, const records::Peer& peer) {
    if (peer.invite_id() == invite_id) peer_id = id;
    return peer_id.empty();
  });
  std::optional<Begun> begun;
  std::uint64_t newest = 0;
  each<records::Relationship>(
      store, Table::relationship, [&](std::string_view id, const records::Relationship& known) {
        if (!peer_id.empty() && known.peer_account_id() == peer_id && known.ordinal() >= newest) {
          newest = known.ordinal();
          begun = Begun{std::string(id), known.label()};
        }
        return true;
      });
  return begun;
}

// What joining has written while it was going on, on top of what was there before.
class Joining {
 public:
  Joining(LocalStore& store, const crypto::InviteSecret& secret, crypto::InvitePacket packet)
      : store_(store),
        invite_id_(to_string(secret.id())),
        packet_(std::move(packet)),
        peer_before_(load<records::Peer>(store, Table::peer, account())) {
    if (const auto known = relationship()) label_ = known->label();
  }

  // Of an earlier try that had no answer; empty: this is the first.
  [[nodiscard]] const std::string& label() const { return label_; }

  void begin(const crypto::InviteSecret& secret, const std::string& label) {
    LocalStore::Transaction transaction(store_);
    save_inviter(store_, secret, packet_, label);
    transaction.commit();
  }
  void undo() {
    LocalStore::Transaction transaction(store_);
    store_.erase(Table::relationship, to_string(packet_.relationship_id));
    store_.erase(Table::secret, invite_secret_id(view(invite_id_)));
    auto peer = load<records::Peer>(store_, Table::peer, account());
    if (peer && peer_before_) {
      peer->set_invite_id(peer_before_->invite_id());
      save(store_, Table::peer, account(), *peer);
    } else {
      store_.erase(Table::peer, to_string(account()));
    }
    transaction.commit();
  }

 private:
  [[nodiscard]] const crypto::AccountId& account() const { return packet_.inviter->pin.account_id; }
  [[nodiscard]] std::optional<records::Relationship> relationship() const {
    return load<records::Relationship>(store_, Table::relationship, packet_.relationship_id);
  }

  LocalStore& store_;
  std::string invite_id_;
  crypto::InvitePacket packet_;
  std::optional<records::Peer> peer_before_;
  std::string label_;
};

}  // namespace

asio::awaitable<result<JoinReport, Failure>> Client::join(JoinRequest request) {
  const auto secret = crypto::parse_invite_code(request.code);
  if (!secret.has_value()) co_return describe(secret.error());
  v1::JoinOpen question;
  question.set_invite_id(to_string(secret->id()));
  const auto challenge = co_await exchange(std::move(question), &v1::ClientFrame::mutable_join_open,
                                           &v1::ServerFrame::mutable_join_challenge);
  if (!challenge.has_value()) {
    auto invite_id = to_string(secret->id());
    auto refusal = challenge.error();
    co_return co_await joined_before(std::move(invite_id), std::move(refusal));
  }
  const auto server_nonce = parse_bytes<32>(challenge->server_nonce());
  if (!server_nonce) co_return untrusted("the gateway's answer is malformed");
  const auto packet = read_packet(*store_, identity_, *secret, *challenge);
  if (!packet.has_value()) co_return packet.error();

  Joining joining(*store_, *secret, *packet);
  const bool first = joining.label().empty();
  auto label = first ? label_for(request, packet->display_name)
                     : result<std::string, Failure>(joining.label());
  if (!label.has_value()) co_return label.error();
  if (first) joining.begin(*secret, *label);
  auto claim = claim_of(identity_, *secret, *server_nonce);
  const auto joined = co_await exchange(std::move(claim), &v1::ClientFrame::mutable_join,
                                        &v1::ServerFrame::mutable_joined);
  if (!joined.has_value()) {
    if (first && is_definite(joined.error())) joining.undo();
    co_return joined.error();
  }
  co_return JoinReport{packet->relationship_id, std::move(*label)};
}

// The invite is unknown: it may have been used by an earlier try of this device whose answer was
// lost.
asio::awaitable<result<JoinReport, Failure>> Client::joined_before(std::string invite_id,
                                                                   Failure refusal) {
  if (refusal.code != v1::NOT_FOUND) co_return refusal;
  refusal.text = "the invite is unknown here, expired, used or revoked; ask for a new one";
  const auto begun = begun_by(*store_, invite_id);
  if (!begun) co_return refusal;
  const auto listed = co_await as_listed(begun->id);
  if (!listed.has_value()) co_return listed.error();
  if (listed->relationship_id() != begun->id) co_return refusal;
  co_return JoinReport{parse_bytes<16>(begun->id).value(), begun->label};
}

result<std::string, Failure> Client::label_for(const JoinRequest& request,
                                               const std::string& display_name) const {
  if (request.label.size() > kLabelBytesMax)
    return Failure{FailureKind::bad_input, "a name is at most 100 bytes", {}};
  const auto is_unused = [this](const std::string& label) {
    return !unused_label(label, crypto::Role::therapist).empty();
  };
  if (!request.label.empty()) {
    if (is_unused(request.label)) return request.label;
    return Failure{FailureKind::bad_input, "there is somebody of that name already", {}};
  }
  auto label = display_name;
  for (int number = 2; !is_unused(label); ++number)
    label = display_name + "-" + std::to_string(number);
  return label;
}

}  // namespace holdspace::client
