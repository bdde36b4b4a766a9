#include "tests/storage/store_world.hpp"

#include <set>

namespace holdspace::storage {

StoreTest::StoreTest() {
  const auto loaded = run(load_library(stores_.pool.any(), soon()));
  if (!loaded) throw std::runtime_error("the library of store functions does not load");
}

Reply StoreTest::redis(CommandParts parts) {
  auto reply = run(stores_.pool.any().command(std::move(parts), soon()));
  if (!reply) throw std::runtime_error("a command of the test failed");
  return std::move(*reply);
}

// Hashes and sets have no order of their own: it changes with a restart.
std::string StoreTest::value_of(const std::string& key) {
  const std::string type = redis({"TYPE", key}).text;
  if (type != "hash" && type != "set") return redis({"DUMP", key}).text;
  const Reply all = redis({type == "hash" ? "HGETALL" : "SMEMBERS", key});
  std::set<std::string> parts;
  const std::size_t step = type == "hash" ? 2 : 1;
  for (std::size_t i = 0; i < all.elements.size(); i += step) {
    parts.insert(all.elements[i].text + " = " + (step == 2 ? all.elements[i + 1].text : ""));
  }
  std::string value;
  for (const std::string& part : parts) value += std::to_string(part.size()) + ' ' + part + '\n';
  return value;
}

std::map<std::string, std::string> StoreTest::picture() {
  std::map<std::string, std::string> keys;
  std::string cursor = "0";
  do {
    const Reply page = redis({"SCAN", cursor, "COUNT", "1000"});
    cursor = page.elements.at(0).text;
    for (const Reply& key : page.elements.at(1).elements) {
      keys[key.text] = value_of(key.text);
    }
  } while (cursor != "0");
  return keys;
}

PracticeTest::PracticeTest() {
  now_ = *run(server_time(stores_.pool.any(), soon()));
  enroll(practice_, {}, Role::admin, admin_, {}, {1});
  enroll(practice_, admin_, Role::therapist, therapist_, {}, {1, 2});
  enroll(practice_, therapist_, Role::client, client_, relationship_, {1, 2});
  for (const DeviceRef& device : {therapist1_, therapist2_, client1_, client2_}) {
    connect(practice_, device);
  }
}

void PracticeTest::enroll(PracticeId practice, AccountId inviter, Role role, AccountId account,
                          RelationshipId relationship, std::vector<std::uint32_t> devices) {
  InviteRecord record = invite(++invites_made_, role);
  record.inviter = inviter;
  record.relationship = relationship;
  const auto made = role == Role::admin
                        ? run(stores_.invites.create_practice(practice, record, soon()))
                        : run(stores_.invites.create_invite(practice, record, soon()));
  if (!made) throw std::runtime_error("an invite of the test was refused");
  const auto open = run(stores_.invites.open_invite(record.id, soon()));
  if (!open) throw std::runtime_error("an invite of the test does not open");
  const auto used =
      run(stores_.invites.redeem(record.id, *open, new_account(account, devices), "", soon()));
  if (!used) throw std::runtime_error("an invite of the test is not redeemed");
}

void PracticeTest::connect(PracticeId practice, DeviceRef device) {
  const auto done = run(stores_.connected.connect(
      practice, device, {gateway_of(device), session_of(device)}, soon()));
  if (!done) throw std::runtime_error("a device of the test does not connect");
}

InviteRecord PracticeTest::invite(std::uint16_t number, Role role) const {
  InviteRecord record;
  record.id = make_id<InviteId>(0xCC, number);
  record.claim_key.fill(static_cast<std::uint8_t>(number));
  record.packet = "packet " + std::to_string(number);
  record.role = role;
  if (role == Role::client) record.relationship = make_id<RelationshipId>(0xBC, number);
  record.inviter = role == Role::client ? therapist_ : role == Role::admin ? AccountId{} : admin_;
  record.expires_at = now_ + std::chrono::hours(72);
  return record;
}

NewAccount PracticeTest::new_account(AccountId account, const std::vector<std::uint32_t>& devices) {
  NewAccount made;
  made.id = account;
  made.signed_list = "list of " + to_hex(account);
  made.list_epoch = 1;
  for (const std::uint32_t device : devices) {
    made.devices.push_back({device, "cert " + to_hex(account) + " " + std::to_string(device)});
  }
  return made;
}

SessionId PracticeTest::session_of(DeviceRef device) {
  SessionId id = make_id<SessionId>(0x55, static_cast<std::uint16_t>(device.device));
  id.bytes[1] = device.account.bytes[15];
  return id;
}

GatewayId PracticeTest::gateway_of(DeviceRef device) {
  return make_id<GatewayId>(0x66, static_cast<std::uint16_t>(device.device));
}

Validity PracticeTest::validity() const {
  Validity valid;
  valid.therapist = therapist_;
  valid.revision = kJoined;
  valid.span = {now_ - std::chrono::hours(1), now_ + std::chrono::hours(1)};
  return valid;
}

AcceptRequest PracticeTest::message(std::uint16_t number) const {
  AcceptRequest request;
  request.practice = practice_;
  request.sender = client1_;
  request.session = session_of(client1_);
  request.relationship = relationship_;
  request.peer = therapist_;
  request.message = make_id<MessageId>(0xDD, number);
  request.send_hash.fill(static_cast<std::uint8_t>(number));
  request.validity = validity();
  request.verdict = "verdict " + std::to_string(number);
  for (const DeviceRef& to : {therapist1_, therapist2_, client2_}) {
    request.copies.push_back(
        {to, "envelope " + std::to_string(number) + " for " + std::to_string(to.device), 0, false});
  }
  return request;
}

AcceptRequest PracticeTest::reply(std::uint16_t number) const {
  AcceptRequest request = message(number);
  request.sender = therapist1_;
  request.session = session_of(therapist1_);
  request.peer = client_;
  request.copies[0].recipient = client1_;
  request.copies[1].recipient = client2_;
  request.copies[2].recipient = therapist2_;
  return request;
}

ReadRequest PracticeTest::reading(DeviceRef device, Origin origin) const {
  ReadRequest request;
  request.practice = practice_;
  request.device = device;
  request.session = session_of(device);
  request.queue = routine(origin);
  request.validity = validity();
  return request;
}

AcceptRequest PracticeTest::held(AcceptRequest request) const {
  request.held = HeldUntil{now_ + std::chrono::hours(1)};
  return request;
}

ReturnForm PracticeTest::return_form() {
  ReturnForm form;
  form.by_lane.fill("back:" + std::string(kRelationshipHole) + std::string(kMessageHole));
  return form;
}

std::string PracticeTest::returned_notice(RelationshipId relationship, MessageId message) {
  return "back:" + to_bytes(relationship) + to_bytes(message);
}

void PracticeTest::accept(AcceptRequest request) {
  const auto done = run(stores_.queues.accept(std::move(request), soon()));
  if (!done) throw std::runtime_error("a message of the test was refused");
}

boost::system::result<std::uint64_t, ApplyPolicyError> PracticeTest::apply_policy(
    AccountId owner, std::uint64_t based_on, std::string document) {
  PolicyChange change;
  change.based_on = based_on;
  change.document = std::move(document);
  return run(stores_.policies.apply_policy(practice_, owner, std::move(change), soon()));
}

std::vector<std::uint64_t> PracticeTest::seqs(DeviceRef device, Origin origin) {
  const auto page = run(stores_.queues.read(reading(device, origin), soon()));
  if (!page) throw std::runtime_error("a read of the test was refused");
  std::vector<std::uint64_t> found;
  for (const QueueEntry& entry : page->entries) found.push_back(entry.seq);
  return found;
}

std::uint32_t PracticeTest::ack(DeviceRef device, std::vector<AckItem> items) {
  return *run(stores_.queues.ack(practice_, device, std::move(items), soon()));
}

std::vector<std::string> PracticeTest::notices_of(AccountId account) {
  const auto notices =
      run(stores_.notices.fetch_notices(practice_, {account, 1}, 0, kNoticesPerFetch, soon()));
  std::vector<std::string> bytes;
  for (const Notice& notice : *notices) bytes.push_back(notice.bytes);
  return bytes;
}

std::vector<std::string> PracticeTest::audit_records() {
  const auto page = run(stores_.audit.fetch_audit(practice_, 1, kAuditPerFetch, soon()));
  std::vector<std::string> records;
  for (const AuditEntry& entry : page->entries) records.push_back(entry.record);
  return records;
}

}  // namespace holdspace::storage
