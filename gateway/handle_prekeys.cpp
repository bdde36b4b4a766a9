// PublishPrekeys and FetchPrekeys. What is uploaded is verified here so that peers are not fed
// junk; they verify again. docs/protocol.md section 6.
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// Specification: a set dated further ahead than this is refused by senders.
constexpr std::chrono::minutes kDatedAheadMax{5};

struct Published {
  std::string prekey_set;
  std::vector<storage::OneTimeKey> keys;
};

boost::system::result<Published, v1::Error> read_prekeys(const Identity& who,
                                                         const v1::PublishPrekeys& wire,
                                                         Instant now) {
  if (wire.prekey_set().empty() && wire.one_time_keys().empty())
    return invalid_field("publish_prekeys");
  Published out;
  if (!wire.prekey_set().empty()) {
    constexpr const char* kPath = "publish_prekeys.prekey_set";
    const auto set = crypto::verify_prekey_set(view(wire.prekey_set()), who.cert);
    if (!set.has_value()) return to_error(set.error(), kPath);
    const bool timely = (*set)->created_at <= now + kDatedAheadMax && (*set)->expires_at > now;
    if (!timely) return invalid_field(kPath);
    out.prekey_set = wire.prekey_set();
  }
  for (int i = 0; i < wire.one_time_keys_size(); ++i) {
    const auto key = crypto::verify_one_time_key(view(wire.one_time_keys(i)), who.cert);
    if (!key.has_value())
      return to_error(key.error(), element_path("publish_prekeys.one_time_keys", i));
    out.keys.push_back({(*key)->one_time_key_id, wire.one_time_keys(i)});
  }
  return out;
}

}  // namespace

Handled handle_publish_prekeys(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  auto published = read_prekeys(who, frame.publish_prekeys(), *now);
  if (!published.has_value()) co_return session->reply(id, published.error());

  const StoreTimer timer(worker->gateway.metrics);
  const auto stored = co_await worker->prekeys.publish_prekeys(
      who.practice, who.device, std::move(published->prekey_set), std::move(published->keys),
      request_deadline());
  if (!stored.has_value()) co_return session->reply(id, to_error(stored.error()));
  v1::ServerFrame reply;
  reply.mutable_prekeys_published()->set_one_time_keys(*stored);
  session->reply(id, std::move(reply));
}

Handled handle_fetch_prekeys(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.fetch_prekeys();
  Fields fields;
  const auto target = fields.id<storage::AccountId>("fetch_prekeys.account_id", wire.account_id());
  fields.require(!wire.device_ids().empty(), "fetch_prekeys.device_ids");
  for (int i = 0; i < wire.device_ids_size(); ++i)
    fields.require(wire.device_ids(i) != 0, element_path("fetch_prekeys.device_ids", i));
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  std::vector<std::uint32_t> devices(wire.device_ids().begin(), wire.device_ids().end());
  const auto fetched = co_await worker->prekeys.fetch_prekeys(
      who.practice, who.device, target, std::move(devices), request_deadline());
  if (!fetched.has_value()) co_return session->reply(id, to_error(fetched.error()));
  v1::ServerFrame reply;
  auto& prekeys = *reply.mutable_prekeys();
  for (const auto& device : *fetched) {
    auto& entry = *prekeys.add_devices();
    entry.set_device_id(device.device);
    entry.set_prekey_set(device.prekey_set);
    entry.set_one_time_key(device.signed_key);
  }
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
