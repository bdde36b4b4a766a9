#include "tests/crypto/support/composition.hpp"

#include "crypto/audit_chain.hpp"
#include "crypto/claim.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/lineage.hpp"
#include "crypto/login.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/support/composition_devices.hpp"
#include "tests/crypto/support/composition_parts.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto::testing {

std::uint64_t ms_of(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

Json draws() {
  Json all = Json::array();
  for (const ByteVector& draw : take_recorded_draws()) all.push_back(testing::hex_of(draw));
  return all;
}

Json statement(ByteView signed_bytes) {
  const auto parsed = parse_signed(signed_bytes);
  return {{"type", static_cast<int>(parsed->type)},
          {"body", testing::hex_of(parsed->body)},
          {"hash", testing::hex_of(statement_hash(parsed->type, parsed->body))},
          {"signed", testing::hex_of(signed_bytes)}};
}

Json device_keys(const Person& person) {
  return {{"account_seed", hex_of(person.account_key.expose_seed())},
          {"account_key", testing::hex_of(person.account_key.public_key().bytes)},
          {"signing_seed", hex_of(person.device.signing_key.expose_seed())},
          {"signing_key", testing::hex_of(person.device.signing_key.public_key().bytes)},
          {"dh_secret", hex_of(person.device.dh_key.expose_secret())},
          {"dh_key", testing::hex_of(person.device.dh_key.public_key().bytes)},
          {"account_id", testing::hex_of(person.address().account_id)},
          {"device_id", person.address().device_id},
          {"list_epoch", person.device.trusted.list().epoch},
          {"list_hash", testing::hex_of(person.device.trusted.list().hash)}};
}

namespace {

Json prekey_secrets(const Person& person) {
  return {{"signed_prekey_id", person.prekeys.signed_prekey.id},
          {"signed_prekey_secret", hex_of(person.prekeys.signed_prekey.key.expose_secret())},
          {"last_resort_id", person.prekeys.last_resort.id},
          {"last_resort_seed", hex_of(person.prekeys.last_resort.key.expose_seed())},
          {"one_time_id", person.one_time_keys.at(1).id},
          {"one_time_seed", hex_of(person.one_time_keys.at(1).key.expose_seed())}};
}

// What the first device signs about a policy and about an agreement.
Json rules_of_contact(const Person& person) {
  const ByteVector document = from_hex("0801120a4575726f70652f526f6d65");
  const std::string text = "Answers come within two working days.";
  PolicyChange change;
  change.owner = person.address().account_id;
  change.version = 3;
  change.document_hash = policy_document_hash(document);
  change.account_id = person.address().account_id;
  change.device_id = person.address().device_id;
  change.at = kNow;
  ContactAgreement agreement;
  agreement.relationship_id.fill(0x42);
  agreement.agreement_hash = agreement_hash(view_of(text));
  agreement.account_id = person.address().account_id;
  agreement.device_id = person.address().device_id;
  agreement.signed_at = kNow;
  return {{"policy_document", testing::hex_of(document)},
          {"policy_version", change.version},
          {"policy_change", statement(sign_policy_change(change, person.device.signing_key))},
          {"agreement_text", testing::hex_of(view_of(text))},
          {"relationship_id", testing::hex_of(agreement.relationship_id)},
          {"contact_agreement",
           statement(sign_contact_agreement(agreement, person.device.signing_key))}};
}

Json make_statements() {
  seed_random(kSeed);
  Person person = make_person();
  Json first = {{"device", device_keys(person)},
                {"prekeys", prekey_secrets(person)},
                {"now_ms", ms_of(kNow)},
                {"device_cert", statement(person.device.trusted.verified_cert().signed_bytes())},
                {"device_list", statement(person.device.list.signed_bytes())},
                {"prekey_set", statement(person.signed_prekeys)},
                {"one_time_key", statement(person.signed_one_time_keys.at(1))},
                {"rules_of_contact", rules_of_contact(person)}};
  const Person sibling = make_sibling(person);
  DeviceList revoking = next_device_list(person.device.list, kNow);
  revoking.active.pop_back();
  revoking.revoked.push_back({2, kNow, RevokeReason::lost});
  return {{"about", "statements of one account; device 2 is added in list 2 and revoked in list 3"},
          {"first_device", first},
          {"second_cert", statement(sibling.device.trusted.verified_cert().signed_bytes())},
          {"second_list", statement(person.device.list.signed_bytes())},
          {"third_list", statement(sign_device_list(revoking, person.account_key))}};
}

Json make_invite() {
  seed_random(kSeed + 1);
  const Person therapist = make_person();
  const Person client = make_person();
  const auto secret = InviteSecret::generate();
  InvitePacket packet;
  packet.practice_id = random_array<16>();
  packet.relationship_id = random_array<16>();
  packet.inviter = Inviter{therapist.pin(), therapist.device.list.signed_bytes()};
  packet.organisation_key = OrganisationKey::generate().public_key();
  const GatewayKey gateway = GatewayKey::generate();
  packet.gateway_key = gateway.public_key();
  packet.display_name = "Therapist";
  packet.expires_at = kNow + kInviteLife;
  const RedeemChallenge challenge{secret.id(), random_array<32>(), random_array<32>(),
                                  "hold.example"};
  const auto& cert_bytes = client.device.trusted.verified_cert().signed_bytes();
  (void)take_recorded_draws();
  const ByteVector sealed = seal_invite_packet(secret, challenge.host, packet);
  return {{"about",
           "an invite of a therapist to a client, its packet, and both proofs of redeeming it"},
          {"secret", hex_of(secret.expose())},
          {"code", text_of(secret.code())},
          {"id", testing::hex_of(secret.id())},
          {"packet_key", hex_of(secret.packet_key())},
          {"psk", hex_of(secret.psk().key)},
          {"claim_seed", hex_of(secret.claim_key().expose_seed())},
          {"claim_key", testing::hex_of(secret.claim_key().public_key().bytes)},
          {"host", challenge.host},
          {"draws", draws()},
          {"packet", testing::hex_of(sealed)},
          {"practice_id", testing::hex_of(packet.practice_id)},
          {"relationship_id", testing::hex_of(packet.relationship_id)},
          {"display_name", packet.display_name},
          {"expires_at_ms", ms_of(packet.expires_at)},
          {"gateway_seed", hex_of(gateway.expose_seed())},
          {"client_nonce", testing::hex_of(challenge.client_nonce)},
          {"server_nonce", testing::hex_of(challenge.server_nonce)},
          {"challenge_signature", testing::hex_of(sign_redeem_challenge(gateway, challenge))},
          {"cert", testing::hex_of(cert_bytes)},
          {"claim_signature", testing::hex_of(sign_claim(secret.claim_key(), secret.id(),
                                                         challenge.server_nonce, cert_bytes))}};
}

// `cc`: CC of the turn that is proved, for continuity.
Psk psk_for(PskKind kind, const Secret<32>& cc, const InviteSecret& invite) {
  switch (kind) {
    case PskKind::none:
      return {};
    case PskKind::invite:
      return invite.psk();
    case PskKind::continuity:
      return continuity_psk(cc);
  }
  return {};
}

Json handshake_case(Kem kem, PskKind kind) {
  const Person a = make_person();
  const Person b = make_person();
  const auto invite = InviteSecret::generate();
  const Secret<32> cc = kind == PskKind::continuity ? random_secret<32>() : Secret<32>{};
  const Psk psk = psk_for(kind, cc, invite);
  (void)take_recorded_draws();
  const auto initiated =
      initiate_handshake(a.device, fetch_prekeys(b, kem), psk, std::nullopt, kNow);
  const HandshakeKeys& keys = initiated->keys;
  return {{"psk_kind", static_cast<int>(psk.kind)},
          {"kem_kind", kem == Kem::one_time ? 1 : 2},
          {"initiator", device_keys(a)},
          {"responder", device_keys(b)},
          {"responder_prekeys", prekey_secrets(b)},
          {"continuity", hex_of(cc)},  // CC; zeros unless psk_kind is 2
          {"psk", hex_of(psk.key)},
          {"draws", draws()},  // ephemeral secret, encapsulation seed
          {"hs", testing::hex_of(initiated->bytes)},
          {"transcript", testing::hex_of(keys.transcript)},
          {"session_id", testing::hex_of(keys.session_id)},
          {"keys", hex_of(keys.root_key) + hex_of(keys.initiator_header) +
                       hex_of(keys.responder_header) + hex_of(keys.continuity)}};
}

Json make_handshakes() {
  seed_random(kSeed + 2);
  Json cases = Json::array();
  for (const Kem kem : {Kem::one_time, Kem::last_resort}) {
    for (const PskKind kind : {PskKind::none, PskKind::invite}) {
      cases.push_back(handshake_case(kem, kind));
    }
  }
  for (const Kem kem : {Kem::one_time, Kem::last_resort}) {
    cases.push_back(handshake_case(kem, PskKind::continuity));
  }
  return {{"about", "HS, transcript and the 128 key bytes for each psk_kind and kem_kind"},
          {"cases", cases}};
}

// Who sends each of the 40 messages. A message marked late is delivered after the one that follows
// it.
constexpr std::string_view kScript = "aaabbabaabbbbaababaaaabbbabababbaaabbaab";
bool is_late(std::size_t index) {
  return index % 7 == 1 && kScript[index] == kScript[index + 1];
}

Json make_ratchet() {
  seed_random(kSeed + 3);
  Person people[2] = {make_person(), make_person()};
  const Json setup = {{"initiator", device_keys(people[0])},
                      {"responder", device_keys(people[1])},
                      {"responder_prekeys", prekey_secrets(people[1])}};
  End ends[2] = {End(people[0], people[1]), End(people[1], people[0])};
  (void)take_recorded_draws();
  Json messages = Json::array();
  const bool started = ends[0].start(Kem::one_time);
  Json start_draws = draws();
  std::optional<Direct> late;
  bool all_opened = started;
  for (std::size_t i = 0; i < kScript.size(); ++i) {
    const std::size_t from = kScript[i] == 'a' ? 0 : 1;
    Facts facts;
    facts.message_id[15] = static_cast<std::uint8_t>(i);
    const std::string text = "message " + std::to_string(i) + std::string(i == 20 ? 1100 : 0, '.');
    const Direct direct = ends[from].send(text, facts);
    messages.push_back({{"from", std::string(1, kScript[i])},
                        {"late", is_late(i)},
                        {"content", testing::hex_of(view_of(text))},
                        {"draws", draws()},
                        {"env", testing::hex_of(direct.env)},
                        {"hs", testing::hex_of(direct.hs)},
                        {"eh", testing::hex_of(direct.eh)},
                        {"body", testing::hex_of(direct.body)}});
    if (is_late(i)) {
      late = direct;
      continue;
    }
    all_opened = all_opened && ends[1 - from].receive(direct).text == text;
    if (late) all_opened = all_opened && !ends[1 - from].receive(*late).failure;
    late.reset();
  }
  return {
      {"about",
       "40 messages; start: ephemeral secret, encapsulation seed, DH secret and KEM seed of the "
       "first turn; a later turn: encapsulation seed, DH secret, KEM seed; each message: header "
       "nonce, body nonce"},
      {"setup", setup},
      {"start_draws", start_draws},
      {"opened", all_opened},
      {"messages", messages}};
}

Json make_env() {
  seed_random(kSeed + 4);
  Json cases = Json::array();
  for (const Lane lane : {Lane::routine, Lane::logistics, Lane::urgent}) {
    Env env;
    env.kind = lane == Lane::routine ? EnvKind::handshake : EnvKind::ratchet;
    env.lane = lane;
    env.size_class = static_cast<std::uint8_t>(lane);
    env.content_class = lane == Lane::logistics ? ContentClass::control : ContentClass::content;
    env.step = lane == Lane::urgent ? 2 : 0;
    env.message_id = random_array<16>();
    env.sender = {random_array<16>(), 1};
    env.recipient = {random_array<16>(), 70000};
    env.session_id = random_array<16>();
    env.relationship_id = random_array<16>();
    env.agreement_hash = random_array<32>();
    if (lane == Lane::urgent) env.chain_hash = random_array<32>();
    cases.push_back({{"kind", static_cast<int>(env.kind)},
                     {"lane", static_cast<int>(env.lane)},
                     {"size_class", env.size_class},
                     {"class", static_cast<int>(env.content_class)},
                     {"step", env.step},
                     {"message_id", testing::hex_of(env.message_id)},
                     {"sender_account", testing::hex_of(env.sender.account_id)},
                     {"sender_device", env.sender.device_id},
                     {"recipient_account", testing::hex_of(env.recipient.account_id)},
                     {"recipient_device", env.recipient.device_id},
                     {"session_id", testing::hex_of(env.session_id)},
                     {"relationship_id", testing::hex_of(env.relationship_id)},
                     {"agreement_hash", testing::hex_of(env.agreement_hash)},
                     {"chain_hash", testing::hex_of(env.chain_hash)},
                     {"env", testing::hex_of(encode_env(env))}});
  }
  return {{"about", "the 160 bytes of ENV"}, {"cases", cases}};
}

Json make_login() {
  seed_random(kSeed + 5);
  const Person person = make_person();
  const GatewayKey gateway = GatewayKey::generate();
  const LoginTranscript transcript{"hold.example",
                                   {BindingType::tls_exporter, random_array<32>()},
                                   random_array<32>(),
                                   random_array<32>(),
                                   kNow,
                                   {1, 2},
                                   1};
  const LoginClaim claim{random_array<16>(), person.address(), gateway.public_key()};
  const Signature auth = sign_login(person.device.signing_key, transcript, claim);
  return {{"about", "T0 and both signatures of a gateway login"},
          {"device", device_keys(person)},
          {"gateway_seed", hex_of(gateway.expose_seed())},
          {"gateway_key", testing::hex_of(gateway.public_key().bytes)},
          {"host", transcript.host},
          {"binding_type", 1},
          {"binding", testing::hex_of(transcript.binding.value)},
          {"client_nonce", testing::hex_of(transcript.client_nonce)},
          {"server_nonce", testing::hex_of(transcript.server_nonce)},
          {"server_time_ms", ms_of(transcript.server_time)},
          {"versions", transcript.versions},
          {"version", transcript.version},
          {"practice_id", testing::hex_of(claim.practice_id)},
          {"t0", testing::hex_of(encode_transcript(transcript))},
          {"challenge_signature", testing::hex_of(sign_challenge(gateway, transcript))},
          {"auth_signature", testing::hex_of(auth)}};
}

Json make_audit() {
  seed_random(kSeed + 6);
  const GatewayKey gateway = GatewayKey::generate();
  AuditCheckpoint checkpoint{random_array<16>(), 0, ms_of(kNow), {}};
  Json entries = Json::array();
  for (const ByteVector& record : {ByteVector{}, from_hex("0a01"), ByteVector(300, 0x5a)}) {
    const std::uint64_t number = ++checkpoint.count;
    const std::uint64_t at_ms = ms_of(kNow) - 1000 + number;
    checkpoint.head = audit_step(checkpoint.head, number, at_ms, record);
    entries.push_back({{"number", number},
                       {"at_ms", at_ms},
                       {"record", testing::hex_of(record)},
                       {"head", testing::hex_of(checkpoint.head)}});
  }
  return {{"about", "a ledger of three entries and the gateway's checkpoint of it"},
          {"gateway_seed", hex_of(gateway.expose_seed())},
          {"gateway_key", testing::hex_of(gateway.public_key().bytes)},
          {"practice_id", testing::hex_of(checkpoint.practice_id)},
          {"entries", entries},
          {"count", checkpoint.count},
          {"at_ms", checkpoint.at_ms},
          {"signature", testing::hex_of(sign_audit_checkpoint(gateway, checkpoint))}};
}

}  // namespace

std::vector<std::pair<std::string, nlohmann::ordered_json>> make_composition_vectors() {
  return {{"statements.json", make_statements()},
          {"invite.json", make_invite()},
          {"handshake.json", make_handshakes()},
          {"ratchet.json", make_ratchet()},
          {"env.json", make_env()},
          {"login.json", make_login()},
          {"audit.json", make_audit()},
          {"confirm.json", make_confirm_vectors()},
          {"link.json", make_link_vectors()},
          {"recovery.json", make_recovery_vectors()},
          {"escalation.json", make_escalation()},
          {"log.json", make_log()},
          {"attachment.json", make_attachment()},
          {"export.json", make_export()}};
}

}  // namespace holdspace::crypto::testing
