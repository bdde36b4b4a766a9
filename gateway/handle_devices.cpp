// FetchDevices and ReplaceDevices: the signed list of an account's devices. The account key signs;
// the gateway checks that the new list follows the stored one and ends the sessions of devices that
// left. docs/protocol.md sections 2 and 4.2.
#include <algorithm>
#include <map>
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kListPath = "replace_devices.device_list";

// What the store holds, as far as it verifies.
struct Held {
  crypto::Verified<crypto::DeviceList> list;
  std::map<std::uint32_t, crypto::Hash32> certs;  // by active device
};

std::optional<Held> read_held(const storage::DeviceList& stored, const crypto::Pin& pin) {
  auto list = crypto::verify_device_list(view(stored.signed_list), pin);
  if (!list.has_value()) return std::nullopt;
  Held held{std::move(*list), {}};
  for (const auto& active : held.list->active)
    held.certs.emplace(active.device_id, active.cert_hash);
  return held;
}

// Every active device of the new list has the certificate it had, or a new one that came along.
boost::system::result<storage::NewDeviceList, v1::Error> read_list(
    const crypto::Verified<crypto::DeviceList>& next, const Held& held,
    const v1::ReplaceDevices& wire, const crypto::Pin& pin) {
  auto certs = held.certs;
  storage::NewDeviceList out;
  for (int i = 0; i < wire.certs_size(); ++i) {
    const auto path = element_path("replace_devices.certs", i);
    const auto cert = crypto::verify_device_cert(view(wire.certs(i)), pin);
    if (!cert.has_value()) return to_error(cert.error(), path);
    const auto known = held.certs.find((*cert)->device_id);
    if (known != held.certs.end() && known->second != cert->hash()) return invalid_field(path);
    if (known != held.certs.end()) continue;
    if (wire.certs(i).size() > storage::kStatementMax) return invalid_field(path);
    certs.insert_or_assign((*cert)->device_id, cert->hash());
    out.new_certs.push_back({(*cert)->device_id, wire.certs(i)});
  }
  if (next->active.empty() || next->revoked.size() > storage::kRevokedDevicesMax ||
      next.signed_bytes().size() > storage::kDeviceListMax)
    return invalid_field(kListPath);
  if (next->active.size() > storage::kActiveDevicesMax) return make_error(v1::QUOTA);
  for (const auto& active : next->active) {
    const auto cert = certs.find(active.device_id);
    if (cert == certs.end() || cert->second != active.cert_hash) return invalid_field(kListPath);
    out.active.push_back(active.device_id);
  }
  for (const auto& revoked : next->revoked) out.revoked.push_back(revoked.device_id);
  out.epoch = next->epoch;
  out.returned = return_form(v1::Returned::NO_DEVICE);
  out.signed_list = to_string(next.signed_bytes());
  return out;
}

void answer_epoch(Session& session, std::uint64_t request_id, std::uint64_t epoch) {
  v1::ServerFrame reply;
  reply.mutable_devices_replaced()->set_epoch(epoch);
  session.reply(request_id, std::move(reply));
}

}  // namespace

Handled handle_fetch_devices(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  Fields fields;
  const auto target =
      fields.id<storage::AccountId>("fetch_devices.account_id", frame.fetch_devices().account_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto stored = co_await worker->accounts.fetch_devices(who.practice, who.device.account,
                                                              target, request_deadline());
  if (!stored.has_value()) co_return session->reply(id, to_error(stored.error()));
  v1::ServerFrame reply;
  auto& devices = *reply.mutable_devices();
  devices.set_device_list(stored->signed_list);
  for (const auto& device : stored->devices) devices.add_certs(device.signed_cert);
  session->reply(id, std::move(reply));
}

Handled handle_replace_devices(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto deadline = request_deadline();
  const crypto::Pin pin{who.cert->account_id, who.cert->account_key};
  const auto& wire = frame.replace_devices();

  const auto next = crypto::verify_device_list(view(wire.device_list()), pin);
  if (!next.has_value()) co_return session->reply(id, to_error(next.error(), kListPath));
  const auto account = who.device.account;
  const auto stored =
      co_await worker->accounts.fetch_devices(who.practice, account, account, deadline);
  if (!stored.has_value()) co_return session->reply(id, to_error(stored.error()));
  const auto held = read_held(*stored, pin);
  if (!held) {
    worker->gateway.log.event(Event::store_corrupt,
                              {{"account", worker->gateway.log.pseudonym(account.bytes)}});
    co_return session->reply(id, unavailable());
  }
  const auto follows = crypto::check_succession(held->list, *next);
  if (!follows.has_value()) {
    if (follows.error() == crypto::SuccessionError::same)
      co_return answer_epoch(*session, id, stored->epoch);
    co_return session->reply(id, to_error(follows.error()));
  }
  auto list = read_list(*next, *held, wire, pin);
  if (!list.has_value()) co_return session->reply(id, std::move(list.error()));

  const auto epoch = list->epoch;
  const StoreTimer timer(worker->gateway.metrics);
  const auto cut_off = co_await worker->accounts.replace_device_list(who.practice, account,
                                                                     std::move(*list), deadline);
  if (!cut_off.has_value()) co_return session->reply(id, to_error(cut_off.error()));
  answer_epoch(*session, id, epoch);
  for (const auto& gone : *cut_off)
    co_await end_session(worker, who.practice, gone, EndReason::revoked);
}

}  // namespace holdspace::gateway
