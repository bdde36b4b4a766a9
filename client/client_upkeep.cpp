// What a device does for itself after each login: prekeys, its own device list, and forgetting what
// is over. docs/protocol.md sections 2 and 6.
#include <utility>

#include "client/client.hpp"
#include "client/clock.hpp"
#include "client/outbox.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;

// Once a day is enough for what lives for weeks.
constexpr std::chrono::hours kForgetPause{24};
constexpr char kForgottenAt[] = "forgotten_at_ms";

std::vector<std::pair<std::string, crypto::PrekeyPair>> own_prekeys(const LocalStore& store) {
  std::vector<std::pair<std::string, crypto::PrekeyPair>> pairs;
  store.scan(Table::prekey, {}, [&pairs](std::string_view id, const crypto::SecretBytes& bytes) {
    if (auto pair = crypto::parse_prekey_pair(bytes)) pairs.emplace_back(id, std::move(*pair));
    return true;
  });
  return pairs;
}

}  // namespace

asio::awaitable<void> Client::upkeep() {
  co_await renew_device_list();
  co_await publish_prekeys();
  forget_old_records();
}

asio::awaitable<void> Client::publish_prekeys() {
  const auto& welcome = logged_in_->welcome;
  one_time_keys_ = welcome.one_time_keys();
  const auto pairs = own_prekeys(*store_);
  const bool rotate =
      pairs.empty() || now() >= pairs.back().second.created_at + crypto::kPrekeyRotation;
  const bool new_set = welcome.prekeys_needed() || rotate;
  const bool refill = welcome.one_time_keys() < crypto::kOneTimeKeysRefillBelow;
  if (!new_set && !refill) co_return;

  v1::ClientFrame frame;
  auto& publish = *frame.mutable_publish_prekeys();
  {
    // The secrets are durable before anybody can seal to them.
    LocalStore::Transaction transaction(*store_);
    if (new_set) {
      const auto id = static_cast<std::uint32_t>(store_->next("prekey"));
      const auto made = crypto::make_prekeys(identity_.device, id, now());
      store_->put(Table::prekey, encode_u32(id), crypto::encode_prekey_pair(made.secrets));
      publish.set_prekey_set(to_string(made.signed_set));
    }
    if (refill) {
      const auto count = crypto::kOneTimeKeysTarget - welcome.one_time_keys();
      const auto first = static_cast<std::uint32_t>(store_->next("one_time_key"));
      for (std::size_t more = 1; more < count; ++more)
        static_cast<void>(store_->next("one_time_key"));
      for (const auto& made : crypto::make_one_time_keys(identity_.device, first, count, now())) {
        store_->put(Table::one_time_key, encode_u32(made.secret.id),
                    crypto::encode_one_time_prekey(made.secret));
        publish.add_one_time_keys(to_string(made.signed_key));
      }
    }
    transaction.commit();
  }
  const auto answer = co_await ask(std::move(frame));
  // Not published now: the next login is told again that keys are needed.
  if (answer.has_value())
    one_time_keys_ = answer->prekeys_published().one_time_keys();
  else
    note("prekeys: " + answer.error().text);
}

asio::awaitable<void> Client::renew_device_list() {
  const auto& held = identity_.device.list;
  if (held->valid_until - now() > kListRenewal) co_return;
  crypto::DeviceList list = *held;
  list.epoch = held->epoch + 1;
  list.prev_hash = held.hash();
  list.issued_at = now();
  list.valid_until = list.issued_at + crypto::kDeviceListLife;
  const auto signed_list = crypto::sign_device_list(list, load_account_key(*store_));
  const crypto::Pin pin{identity_.account_id(), held->account_key};
  auto verified = crypto::verify_device_list(signed_list, pin);
  auto trusted = crypto::trust_device(identity_.device.trusted.verified_cert(), *verified);

  // Remembered as own before it is published, so that a handshake that quotes it is never refused.
  {
    LocalStore::Transaction transaction(*store_);
    store_->put(Table::own_list, encode_u64(list.epoch), verified->hash());
    transaction.commit();
  }
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(to_string(signed_list));
  const auto answer = co_await ask(std::move(frame));
  if (!answer.has_value()) {
    note("device_list: " + answer.error().text);
    co_return;
  }
  crypto::LocalDevice renewed{std::move(*trusted), std::move(*verified),
                              identity_.device.signing_key.clone(),
                              identity_.device.dh_key.clone()};
  LocalStore::Transaction transaction(*store_);
  save_device(*store_, renewed);
  transaction.commit();
  identity_.device = std::move(renewed);
}

void Client::forget_old_records() {
  const auto at = store_->get(Table::counter, kForgottenAt);
  const auto last = from_ms(static_cast<std::int64_t>(at ? decode_u64(to_string(*at)) : 0));
  if (now() < last + kForgetPause) return;
  std::vector<std::pair<Table, std::string>> over;
  for (const auto& [id, pair] : own_prekeys(*store_)) {
    if (now() < pair.expires_at) continue;
    over.emplace_back(Table::prekey, id);
    store_->scan(Table::replay, id, [&over](std::string_view tag, const auto&) {
      over.emplace_back(Table::replay, tag);
      return true;
    });
  }
  each<records::Seen>(*store_, Table::seen, [&over](auto id, const auto& seen) {
    if (now() >= from_ms(seen.stored_at_ms()) + kSeenLife) over.emplace_back(Table::seen, id);
    return true;
  });
  each<records::OutboxRow>(*store_, Table::outbox, [&over](auto id, const auto& row) {
    if (is_over(row, now())) over.emplace_back(Table::outbox, id);
    return true;
  });
  LocalStore::Transaction transaction(*store_);
  for (const auto& [table, id] : over) store_->erase(table, id);
  store_->put(Table::counter, kForgottenAt,
              view(encode_u64(static_cast<std::uint64_t>(to_ms(now())))));
  transaction.commit();
}

}  // namespace holdspace::client
