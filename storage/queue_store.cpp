// Queues over lua/accept.lua and lua/queues.lua.
#include "storage/queue_store.hpp"

#include <algorithm>
#include <charconv>

#include "boundary/names.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

bool is_in_bounds(const AcceptRequest& request) {
  const auto fits = [](const Copy& copy) {
    return copy.recipient.device != 0 && !copy.envelope.empty() &&
           copy.envelope.size() <= kEnvelopeBytesMax;
  };
  return request.sender.device != 0 && !request.copies.empty() &&
         request.copies.size() <= kCopiesMax && !request.verdict.empty() &&
         request.verdict.size() <= kVerdictBytesMax && request.limits.entries <= kNumberMax &&
         request.limits.bytes <= kNumberMax && request.sender.account != request.peer &&
         std::all_of(request.copies.begin(), request.copies.end(), fits);
}

// The six arguments of check_validity() in lua/relationships.lua.
std::string held_text(const std::optional<HeldUntil>& held) {
  if (!held) return {};
  if (!held->promise) return "none";
  return std::to_string(held->promise->time_since_epoch().count());
}

FunctionCall accept_call(AcceptRequest& request) {
  const keys::Device names(request.practice, request.sender);
  FunctionCall call("hs_accept");
  call.key(names.account(request.sender.account)).key(names.account(request.peer));
  call.key(names.relationship(request.relationship)).key(names.policy(request.validity.therapist));
  call.key(names.connected(request.sender.account)).key(names.connected(request.peer));
  call.key(names.sent()).key(names.sent_order()).key(names.expiry()).key(names.promises());
  call.key(names.one_time_keys_prefix()).key(names.key_requests_prefix());
  call.key(names.policy(request.peer == request.validity.therapist ? request.sender.account
                                                                   : request.peer));
  call.key(names.zone_data());
  call.arg(to_hex(request.sender.account)).arg(std::to_string(request.sender.device));
  call.arg(to_bytes(request.session)).arg(to_hex(request.peer)).arg(to_bytes(request.message));
  call.arg({request.send_hash.begin(), request.send_hash.end()});
  add_validity(call, request.validity);
  call.arg(std::move(request.verdict));
  call.arg(std::to_string(request.limits.entries)).arg(std::to_string(request.limits.bytes));
  call.arg(to_bytes(request.relationship));
  call.arg(to_hex(request.relationship) + ":" + std::string(boundary::name(request.lane)));
  call.arg(held_text(request.held)).arg(std::move(request.zone_data));
  for (Copy& copy : request.copies) {
    const keys::Device to(request.practice, copy.recipient);
    const Origin origin =
        copy.recipient.account == request.sender.account ? Origin::own : Origin::peer;
    call.key(to.queues()).key(to.waiting());
    call.key(to.queue(keys::sub_queue({request.relationship, request.lane, origin})));
    call.arg(to_hex(copy.recipient.account)).arg(std::to_string(copy.recipient.device));
    call.arg(std::move(copy.envelope));
    call.arg(copy.burns_one_time_key ? std::to_string(copy.one_time_key) : std::string());
  }
  return call;
}

// "<account>:<device>" for each.
std::vector<DeviceRef> read_devices(Fields& fields) {
  std::vector<DeviceRef> devices;
  Fields names(fields.list());
  while (names.well() && !names.at_end()) {
    const std::string name = names.text();
    const auto account = parse_hex_id<AccountId>(std::string_view(name).substr(0, 32));
    DeviceRef device;
    const char* end = name.data() + name.size();
    if (!account || name.size() < 34 || name[32] != ':' ||
        std::from_chars(name.data() + 33, end, device.device).ptr != end) {
      fields.reject();
      return devices;
    }
    device.account = *account;
    devices.push_back(device);
  }
  if (!names.well()) fields.reject();
  return devices;
}

AcceptFault read_fault(const Told& told) {
  AcceptFault fault;
  fault.error = refusal<AcceptError>(told.word, {{"displaced", AcceptError::displaced},
                                                 {"not_found", AcceptError::not_found},
                                                 {"conflict", AcceptError::conflict},
                                                 {"stale", AcceptError::stale},
                                                 {"mismatch", AcceptError::mismatch},
                                                 {"quota", AcceptError::quota}});
  Fields fields(told.fields);
  if (fault.error == AcceptError::quota) fault.queued = fields.number();
  if (fault.error == AcceptError::mismatch) {
    fault.mismatch.missing = read_devices(fields);
    fault.mismatch.extra = read_devices(fields);
    fault.mismatch.stale = read_devices(fields);
    fault.mismatch.peer_epoch = fields.number();
    fault.mismatch.own_epoch = fields.number();
  }
  if (!fields.well()) fault.error = AcceptError::corrupt;
  return fault;
}

}  // namespace

Answer<Accepted, AcceptFault> QueueStore::accept(AcceptRequest request, Deadline deadline) {
  if (!is_in_bounds(request)) co_return AcceptFault{AcceptError::invalid, {}, 0};
  FunctionCall call = accept_call(request);
  const auto told = co_await tell(pool_.for_key(request.sender.account), std::move(call), deadline);
  if (!told) co_return AcceptFault{to_error<AcceptError>(told.error()), {}, 0};
  Accepted accepted;
  accepted.duplicate = told->word == "duplicate";
  if (!told->is_ok() && !accepted.duplicate) co_return read_fault(*told);
  Fields fields(told->fields);
  accepted.at = fields.instant();
  accepted.verdict = fields.text();
  if (!accepted.duplicate) {
    accepted.first_in_closed_period = fields.number() == 1;
    for (const Copy& copy : request.copies) {
      QueuedCopy queued;
      queued.recipient = copy.recipient;
      queued.seq = fields.number();
      const std::string gateway = fields.text();
      if (!gateway.empty()) queued.gateway = parse_id<GatewayId>(gateway);
      accepted.copies.push_back(queued);
    }
  }
  if (!fields.well() || !fields.at_end()) co_return AcceptFault{AcceptError::corrupt, {}, 0};
  co_return accepted;
}

Answer<std::vector<PendingQueue>, CommandError> QueueStore::pending(PracticeId practice,
                                                                    DeviceRef device,
                                                                    Deadline deadline) {
  const keys::Device names(practice, device);
  FunctionCall call("hs_pending");
  call.key(names.queues()).key(names.waiting());
  call.key(names.relationship_prefix()).key(names.policy_prefix());
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  std::vector<PendingQueue> answer;
  for (const Reply& entry : told->fields) {
    Fields fields(entry.elements);
    PendingQueue pending;
    const auto queue = keys::parse_sub_queue(fields.text());
    pending.count = fields.number();
    pending.first_seq = fields.number();
    pending.first_version = fields.number();
    pending.facts = read_facts(fields);
    if (!fields.well() || !queue) co_return CommandError::corrupt;
    pending.queue = *queue;
    answer.push_back(std::move(pending));
  }
  co_return answer;
}

Answer<QueuePage, ReadError> QueueStore::read(ReadRequest request, Deadline deadline) {
  if (request.entries_max < 1 || request.entries_max > kReadEntriesMax) {
    co_return ReadError::invalid;
  }
  const keys::Device names(request.practice, request.device);
  const std::string sub_queue = keys::sub_queue(request.queue);
  FunctionCall call("hs_read");
  call.key(names.connected(request.device.account));
  call.key(names.relationship(request.queue.relationship));
  call.key(names.policy(request.validity.therapist));
  call.key(names.queues()).key(names.queue(sub_queue));
  call.arg(std::to_string(request.device.device)).arg(to_bytes(request.session));
  call.arg(std::to_string(std::min(request.after_seq, kNumberMax / 2)))
      .arg(std::to_string(request.entries_max));
  call.arg(std::to_string(std::min<std::uint64_t>(request.bytes_max, kNumberMax))).arg(sub_queue);
  add_validity(call, request.validity);
  call.arg(std::to_string(std::min(request.accepted_through, kAnyVersion)));
  const auto told = co_await tell(pool_.for_key(request.device.account), std::move(call), deadline);
  if (!told) co_return to_error<ReadError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ReadError>(
        told->word, {{"displaced", ReadError::displaced}, {"stale", ReadError::stale}});
  }
  Fields fields(told->fields);
  QueuePage page;
  page.kept_back_version = fields.number_or_none();
  while (fields.well() && !fields.at_end()) {
    QueueEntry entry;
    entry.seq = fields.number();
    entry.envelope = fields.text();
    page.entries.push_back(std::move(entry));
  }
  if (!fields.well()) co_return ReadError::corrupt;
  co_return page;
}

Answer<std::uint32_t, AckError> QueueStore::ack(PracticeId practice, DeviceRef device,
                                                std::vector<AckItem> items, Deadline deadline) {
  if (items.empty() || items.size() > kAcksMax) co_return AckError::invalid;
  const keys::Device names(practice, device);
  FunctionCall call("hs_ack");
  call.key(names.queues()).key(names.queue_start());
  for (const AckItem& item : items) {
    call.arg(keys::sub_queue(item.queue));
    call.arg(std::to_string(std::min(item.seq, kNumberMax)));
  }
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<AckError>(told.error());
  Fields fields(told->fields);
  const auto removed = static_cast<std::uint32_t>(fields.number());
  if (!told->is_ok() || !fields.well()) co_return AckError::corrupt;
  co_return removed;
}

}  // namespace holdspace::storage
