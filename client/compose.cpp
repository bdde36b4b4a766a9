#include "client/compose.hpp"

#include "client/content.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

std::string chain_of(const Identity& self, const v1::Content& content, crypto::Lane lane) {
  return chain_id(view(content.relationship_id()), lane, self.device.address());
}

// Gives `content` a fresh id and the next place; the chain moves on to it.
void append_to_chain(LocalStore& store, const Identity& self, crypto::Lane lane,
                     v1::Content& content) {
  const auto key = chain_of(self, content, lane);
  auto chain = load<records::Chain>(store, Table::chain, key).value_or(records::Chain());
  if (chain.digest().empty()) chain.set_digest(to_string(crypto::Hash32{}));
  content.set_message_id(to_string(crypto::random_array<16>()));
  content.set_conversation_seq(chain.seq() + 1);
  content.set_prev_digest(chain.digest());
  chain.set_seq(content.conversation_seq());
  chain.set_digest(to_string(content_digest(content)));
  save(store, Table::chain, key, chain);
}

records::OutboxRow row_for(const v1::Content& content, crypto::Lane lane, crypto::Instant now) {
  records::OutboxRow row;
  row.set_message_id(content.message_id());
  row.set_relationship_id(content.relationship_id());
  row.set_lane(static_cast<std::uint32_t>(lane));
  row.set_content(content.SerializeAsString());
  row.set_created_at_ms(to_ms(now));
  return row;
}

v1::Content content_of(const records::OutboxRow& row) {
  v1::Content content;
  if (!content.ParseFromString(row.content()))
    throw StoreFailure("a message of the outbox is damaged");
  return content;
}

// The chain ends before `content`.
void end_chain_before(LocalStore& store, const std::string& key, records::Chain& chain,
                      const v1::Content& content) {
  chain.set_seq(content.conversation_seq() - 1);
  chain.set_digest(content.prev_digest());
  save(store, Table::chain, key, chain);
}

}  // namespace

std::string compose(LocalStore& store, const Identity& self, const Draft& draft,
                    crypto::Instant now) {
  v1::Content content;
  content.set_relationship_id(to_string(draft.relationship_id));
  content.mutable_text()->set_text(draft.text);
  append_to_chain(store, self, draft.lane, content);

  const auto outbox_ordinal = store.next("outbox");
  const auto message_ordinal = store.next("message");
  records::Message message;
  message.set_relationship_id(content.relationship_id());
  message.set_message_id(content.message_id());
  message.set_lane(static_cast<std::uint32_t>(draft.lane));
  message.set_outgoing(true);
  message.set_text(draft.text);
  message.set_stored_at_ms(to_ms(now));
  message.set_outbox_ordinal(outbox_ordinal);
  message.set_digest(to_string(content_digest(content)));
  save(store, Table::message, encode_u64(message_ordinal), message);

  auto row = row_for(content, draft.lane, now);
  row.set_message_ordinal(message_ordinal);
  auto id = encode_u64(outbox_ordinal);
  save(store, Table::outbox, id, row);
  return id;
}

std::string compose_again(LocalStore& store, const Identity& self, const records::OutboxRow& old,
                          const std::string& replacement, crypto::Instant now) {
  const auto lane = static_cast<crypto::Lane>(old.lane());
  auto content = content_of(old);
  content.clear_addressed();
  if (!replacement.empty()) content.mutable_text()->set_text(replacement);
  append_to_chain(store, self, lane, content);

  const auto outbox_ordinal = store.next("outbox");
  auto row = row_for(content, lane, now);
  row.set_control(old.control());
  const auto entry = encode_u64(old.message_ordinal());
  if (auto message = load<records::Message>(store, Table::message, std::string_view(entry))) {
    message->set_message_id(content.message_id());
    message->set_digest(to_string(content_digest(content)));
    message->set_outbox_ordinal(outbox_ordinal);
    if (!replacement.empty()) message->set_text(replacement);
    save(store, Table::message, entry, *message);
    row.set_message_ordinal(old.message_ordinal());
  }
  auto id = encode_u64(outbox_ordinal);
  save(store, Table::outbox, id, row);
  return id;
}

std::string compose_control(LocalStore& store, const Identity& self, const Draft& place,
                            const ControlText& control, crypto::Instant now) {
  v1::Content content;
  content.set_relationship_id(to_string(place.relationship_id));
  content.mutable_control()->set_name(control.name);
  content.mutable_control()->set_value(control.value);
  append_to_chain(store, self, place.lane, content);
  auto row = row_for(content, place.lane, now);
  row.set_control(1);
  auto id = encode_u64(store.next("outbox"));
  save(store, Table::outbox, id, row);
  return id;
}

std::string compose_repeat(LocalStore& store, const Identity& self, const records::OutboxRow& row,
                           crypto::Instant now) {
  const auto lane = static_cast<crypto::Lane>(row.lane());
  auto content = content_of(row);
  content.clear_addressed();
  content.set_repeat_of(row.message_id());
  append_to_chain(store, self, lane, content);
  auto again = row_for(content, lane, now);
  again.set_sealed_again(true);
  auto id = encode_u64(store.next("outbox"));
  save(store, Table::outbox, id, again);
  return id;
}

void take_back_from_chain(LocalStore& store, const Identity& self, const records::OutboxRow& row) {
  const auto content = content_of(row);
  const auto key = chain_of(self, content, static_cast<crypto::Lane>(row.lane()));
  auto chain = load<records::Chain>(store, Table::chain, key);
  if (!chain || chain->seq() != content.conversation_seq()) return;
  end_chain_before(store, key, *chain, content);
}

void rewind_chain(LocalStore& store, const Identity& self, const records::OutboxRow& row) {
  const auto content = content_of(row);
  const auto key = chain_of(self, content, static_cast<crypto::Lane>(row.lane()));
  auto chain = load<records::Chain>(store, Table::chain, key);
  if (!chain || chain->seq() < content.conversation_seq()) return;
  end_chain_before(store, key, *chain, content);
}

}  // namespace holdspace::client
