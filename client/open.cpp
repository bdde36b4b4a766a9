#include "client/open.hpp"

#include "client/content.hpp"
#include "client/retry.hpp"
#include "client/seal.hpp"

namespace holdspace::client {
namespace {

// Why an envelope cannot be opened, in a word for the history. The gateway never learns it.
std::string_view word(crypto::OpenError error) {
  switch (error) {
    case crypto::OpenError::malformed:
      return "malformed";
    case crypto::OpenError::wrong_size_class:
      return "wrong_size_class";
    case crypto::OpenError::not_for_us:
      return "not_for_this_device";
    case crypto::OpenError::unknown_session:
      return "unknown_session";
    case crypto::OpenError::altered:
      return "altered";
    case crypto::OpenError::duplicate:
      return "key_already_used";
    case crypto::OpenError::jump_too_far:
      return "too_far_ahead";
    case crypto::OpenError::invalid_header:
      return "invalid_header";
    case crypto::OpenError::discontinuity:
      return "discontinuity";
    case crypto::OpenError::handshake_failed:
      return "handshake_failed";
  }
  return "unreadable";
}

std::string seen_id(const crypto::Env& env) {
  return session_id(env.sender) + to_string(env.message_id);
}

std::string received_id(const v1::Delivered& item) {
  return item.relationship_id() + static_cast<char>(item.lane()) + (item.own_copy() ? '1' : '0');
}

crypto::Direct to_direct(const v1::Direct& direct) {
  const auto copy = [](const std::string& bytes) {
    const auto seen = view(bytes);
    return crypto::ByteVector(seen.begin(), seen.end());
  };
  return {copy(direct.env()), copy(direct.hs()), copy(direct.eh()), copy(direct.body())};
}

class Opening {
 public:
  Opening(LocalStore& store, const Identity& self, const v1::Delivered& item,
          const FetchedDevices& fetched, std::string_view store_epoch, crypto::Instant now)
      : store_(store),
        self_(self),
        item_(item),
        fetched_(fetched),
        epoch_(store_epoch),
        now_(now) {}

  Opened run() {
    const auto env = crypto::parse_env(view(item_.envelope().env()));
    const auto relationship = parse_bytes<16>(item_.relationship_id());
    const auto lane = from_wire(item_.lane());
    if (!env.has_value() || !relationship || !lane) return unreadable("malformed");
    env_ = *env;
    relationship_ = *relationship;
    opened_.message_id = env_.message_id;
    const bool own = env_.sender.account_id == self_.account_id();
    const auto expected = own ? crypto::RelationshipId{} : relationship_;
    if (env_.recipient != self_.device.address() || env_.relationship_id != expected ||
        env_.lane != *lane || own != item_.own_copy())
      return unreadable("metadata_differs");
    if (store_.get(Table::seen, seen_id(env_))) return finish(OpenStep::duplicate);

    const auto direct = to_direct(item_.envelope());
    const auto state = store_.get(Table::session, session_id(env_.sender));
    auto sessions = state ? crypto::PeerSessions::parse(*state)
                          : crypto::PeerSessions(env_.recipient, env_.sender);
    if (!sessions) throw StoreFailure("a session of the local store is damaged");
    if (sessions->holds(env_.session_id) || env_.kind != crypto::EnvKind::handshake)
      return accept(sessions->open(direct, now_));
    return open_first(*sessions, direct);
  }

 private:
  using Incoming = boost::system::result<crypto::Incoming, crypto::OpenFailure>;

  // The sender's account key as this device may rely on it: pinned, or claimed together with the
  // secret of an invite that this device made and nobody has used.
  struct Sender {
    crypto::Pin pin;
    records::Peer peer;
    std::optional<crypto::InviteSecret> invite;
  };

  std::optional<Sender> find_sender(const crypto::Handshake& handshake) const {
    Sender sender{handshake.claimed_pin(), {}, std::nullopt};
    if (handshake.psk_kind == crypto::PskKind::invite)
      sender.invite = load_invite_secret(store_, handshake.psk_id);
    if (auto peer = load<records::Peer>(store_, Table::peer, env_.sender.account_id)) {
      sender.peer = std::move(*peer);
      if (sender.peer.account_key() == to_string(sender.pin.account_key.bytes)) return sender;
      // A candidate that only the gateway named gives way to what an invite's secret proves.
      if (sender.peer.pinned() || !sender.invite) return std::nullopt;
      sender.peer.Clear();
      return sender;
    }
    const auto invite = load<records::Invite>(store_, Table::invite, handshake.psk_id);
    if (!sender.invite || !invite || invite->spent() ||
        invite->relationship_id() != item_.relationship_id())
      return std::nullopt;
    return sender;
  }

  Opened open_first(const crypto::PeerSessions& sessions, const crypto::Direct& direct) {
    const auto handshake = crypto::parse_handshake(direct.hs);
    if (!handshake || handshake->from_account != env_.sender.account_id)
      return unreadable("malformed");
    auto sender = find_sender(*handshake);
    if (!sender) return unreadable("unknown_sender");
    const auto devices = sender_devices(*sender, *handshake);
    if (!devices) return opened_;
    const auto* device = devices->find(env_.sender.device_id);
    if (device == nullptr) return unreadable("unknown_device");

    const auto prekey_id = encode_u32(handshake->signed_prekey_id);
    const auto pair_bytes = store_.get(Table::prekey, prekey_id);
    const auto pair = pair_bytes ? crypto::parse_prekey_pair(*pair_bytes) : std::nullopt;
    if (!pair) return unreadable("unknown_prekey");
    std::optional<crypto::OneTimePrekey> one_time;
    if (handshake->kem_kind == crypto::KemKind::one_time) {
      const auto bytes = store_.get(Table::one_time_key, encode_u32(handshake->kem_id));
      one_time = bytes ? crypto::parse_one_time_prekey(*bytes) : std::nullopt;
      if (!one_time) return unreadable("unknown_one_time_key");
    }
    std::vector<crypto::Hash32> tags;
    store_.scan(Table::replay, prekey_id, [&tags](std::string_view, const auto& tag) {
      if (const auto bytes = crypto::to_bytes<32>(tag)) tags.push_back(*bytes);
      return true;
    });
    const auto lists = own_lists(store_);
    std::optional<crypto::Psk> psk;
    if (sender->invite) psk = sender->invite->psk();
    const crypto::Responder responder{
        self_.device,          lists, *device, *pair, one_time ? &*one_time : nullptr,
        psk ? &*psk : nullptr, tags};
    auto incoming = sessions.open_first(direct, responder, now_);
    if (!incoming.has_value()) {
      if (incoming.error().handshake_error == crypto::RespondError::peer_list_newer &&
          !fetched_.contains(env_.sender.account_id))
        return need_devices();
      return accept(std::move(incoming));
    }
    remember_devices(sender->peer, *devices);
    save(store_, Table::peer, env_.sender.account_id, sender->peer);
    if (const auto tag = incoming->last_resort_tag())
      store_.put(Table::replay, prekey_id + to_string(*tag), *tag);
    if (const auto spent = incoming->spent_one_time_key())
      store_.erase(Table::one_time_key, encode_u32(*spent));
    return accept(std::move(incoming));
  }

  // Nothing: opened_ says what to do instead.
  std::optional<AccountDevices> sender_devices(const Sender& sender,
                                               const crypto::Handshake& handshake) {
    const auto fetched = fetched_.find(env_.sender.account_id);
    if (fetched != fetched_.end()) {
      auto checked = check_devices(sender.pin, fetched->second, sender.peer.device_list());
      if (checked.has_value()) return std::move(*checked);
      opened_ = unreadable(describe(checked.error()));
      return std::nullopt;
    }
    auto held = held_devices(env_.sender.account_id, sender.peer);
    if (held && held->list->epoch >= handshake.from_list.epoch &&
        held->find(handshake.from_device) != nullptr)
      return held;
    opened_ = need_devices();
    return std::nullopt;
  }

  Opened need_devices() {
    opened_.step = OpenStep::need_devices;
    opened_.account = env_.sender.account_id;
    return opened_;
  }

  Opened accept(Incoming incoming) {
    if (!incoming.has_value()) return unopened(incoming.error().error);
    const auto content = parse_content(incoming->content(), env_.message_id, relationship_);
    if (!content || content->has_control() != (env_.content_class == crypto::ContentClass::control))
      return unreadable("content_not_understood");
    store_.put(Table::session, session_id(env_.sender), incoming->state());
    note_opened(store_, env_.sender);
    prove_peer(incoming->spent_invite());
    if (incoming->lost_messages() != 0) keep_gap(incoming->lost_messages());
    opened_.digest = content_digest(*content);
    const auto missing = follow_chain(*content);
    if (content->has_control()) return take_control(content->control());
    if (!take_repeat(*content)) return finish(OpenStep::control);

    records::Message message;
    message.set_outgoing(item_.own_copy());
    message.set_kind(content->has_text() ? records::TEXT : records::UNSUPPORTED);
    message.set_text(content->text().text());
    if (content->has_written_at_ms()) message.set_written_at_ms(content->written_at_ms());
    message.set_missing_before(missing);
    message.set_digest(to_string(opened_.digest));
    keep(message);
    return finish(OpenStep::stored);
  }

  Opened unopened(crypto::OpenError error) {
    if (!item_.own_copy()) opened_.to_send = ask_again(store_, self_, env_, error, now_);
    return unreadable(word(error));
  }

  Opened take_control(const v1::Control& control) {
    if (item_.own_copy()) return finish(OpenStep::control);
    if (control.name() == kRetryRequest)
      opened_.to_send = answer_request(store_, self_, env_, control, now_);
    if (control.name() != kDiscontinuity) return finish(OpenStep::control);
    records::Message message;
    message.set_kind(records::DISCONTINUITY);
    keep(message);
    return finish(OpenStep::control);
  }

  // False: the message that this one repeats was opened here. True: it was not, and is not to be
  // shown a second time should it still come.
  bool take_repeat(const v1::Content& content) {
    const auto original = parse_bytes<16>(content.repeat_of());
    if (!original) return true;
    const auto id = session_id(env_.sender) + to_string(*original);
    if (store_.get(Table::seen, id)) return false;
    mark_seen(id);
    return true;
  }

  void keep_gap(std::uint64_t lost) {
    records::Message message;
    message.set_kind(records::GAP);
    message.set_missing_before(lost);
    keep(message);
    opened_.message_ordinal = 0;
  }

  void mark_seen(const std::string& id) {
    records::Seen seen;
    seen.set_stored_at_ms(to_ms(now_));
    save(store_, Table::seen, id, seen);
  }

  // The sender has shown that it holds the invite's secret, so its account key is the invited
  // person's: pin it, and bind the relationship to it. On the invited side the secret has served
  // and goes.
  void prove_peer(std::optional<crypto::InviteId> spent) {
    if (item_.own_copy()) return;
    auto peer = load<records::Peer>(store_, Table::peer, env_.sender.account_id);
    if (!peer) return;
    if (!spent && !peer->invite_id().empty()) spent = parse_bytes<16>(peer->invite_id());
    if (!peer->pinned() || !peer->invite_id().empty()) {
      peer->set_pinned(true);
      peer->clear_invite_id();
      save(store_, Table::peer, env_.sender.account_id, *peer);
    }
    if (!spent) return;
    if (auto invite = load<records::Invite>(store_, Table::invite, *spent)) {
      invite->set_spent(true);
      save(store_, Table::invite, *spent, *invite);
    } else {
      store_.erase(Table::secret, invite_secret_id(*spent));
    }
    if (auto relationship =
            load<records::Relationship>(store_, Table::relationship, item_.relationship_id())) {
      relationship->set_peer_account_id(to_string(env_.sender.account_id));
      save(store_, Table::relationship, item_.relationship_id(), *relationship);
    }
  }

  std::uint64_t follow_chain(const v1::Content& content) {
    const auto id = chain_id(relationship_, env_.lane, env_.sender);
    auto chain = load<records::Chain>(store_, Table::chain, id).value_or(records::Chain());
    const auto seq = content.conversation_seq();
    std::uint64_t missing = seq > chain.seq() + 1 ? seq - chain.seq() - 1 : 0;
    if (seq == chain.seq() + 1 && chain.seq() != 0 && content.prev_digest() != chain.digest())
      missing = 1;  // another message than the one that came stood before this one
    if (seq > chain.seq()) {
      chain.set_seq(seq);
      chain.set_digest(to_string(opened_.digest));
      save(store_, Table::chain, id, chain);
    }
    return missing;
  }

  void keep(records::Message& message) {
    message.set_relationship_id(item_.relationship_id());
    message.set_message_id(to_string(env_.message_id));
    message.set_lane(static_cast<std::uint32_t>(env_.lane));
    message.set_stored_at_ms(to_ms(now_));
    message.set_seq(item_.seq());
    message.set_store_epoch(std::string(epoch_));
    opened_.message_ordinal = store_.next("message");
    save(store_, Table::message, encode_u64(opened_.message_ordinal), message);
  }

  Opened unreadable(std::string_view why) {
    records::Message message;
    message.set_kind(why == word(crypto::OpenError::discontinuity) ? records::DISCONTINUITY
                                                                   : records::UNREADABLE);
    message.set_text(std::string(why));
    message.set_raw(item_.SerializeAsString());
    keep(message);
    opened_.why = why;
    return finish(OpenStep::unreadable);
  }

  Opened finish(OpenStep step) {
    opened_.step = step;
    records::Received received;
    received.set_store_epoch(std::string(epoch_));
    received.set_seq(item_.seq());
    save(store_, Table::received, received_id(item_), received);
    // An envelope that did not open is not marked as seen: an honest copy of it may still come.
    if (step == OpenStep::stored || step == OpenStep::control) mark_seen(seen_id(env_));
    return opened_;
  }

  LocalStore& store_;
  const Identity& self_;
  const v1::Delivered& item_;
  const FetchedDevices& fetched_;
  std::string_view epoch_;
  crypto::Instant now_;
  crypto::Env env_;
  crypto::RelationshipId relationship_{};
  Opened opened_;
};

}  // namespace

Opened open_delivered(LocalStore& store, const Identity& self, const v1::Delivered& item,
                      const FetchedDevices& fetched, std::string_view store_epoch,
                      crypto::Instant now) {
  return Opening(store, self, item, fetched, store_epoch, now).run();
}

}  // namespace holdspace::client
