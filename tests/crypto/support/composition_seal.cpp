// Vectors of what is sealed or proven outside of sessions.
#include "crypto/attachment.hpp"
#include "crypto/record_export.hpp"
#include "crypto/tree_head.hpp"
#include "tests/crypto/support/composition_parts.hpp"
#include "tests/crypto/support/escalation_world.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto::testing {

Json make_escalation() {
  seed_random(kSeed + 7);
  const EscalationWorld world;
  Json chain = Json::array();
  for (const ChainStep& step : world.steps) {
    chain.push_back({{"account_id", hex_of(step.account_id)}, {"delay_s", step.delay_s}});
  }
  const std::string text = "please call me";
  (void)take_recorded_draws();
  const auto envelope = *world.seal(text);
  Json seal_draws = draws();
  Json readers = Json::array();
  for (std::size_t i = 0; i < world.devices.size(); ++i) {
    const auto& [person, prekey] = world.devices[i];
    const auto opened = world.open(i, copy_for(envelope, i));
    readers.push_back({{"device", device_keys(person)},
                       {"escalation_id", prekey.secret.id},
                       {"dh_secret", hex_of(prekey.secret.dh_key.expose_secret())},
                       {"kem_seed", hex_of(prekey.secret.kem_key.expose_seed())},
                       {"escalation_set", statement(prekey.signed_set)},
                       {"env", hex_of(envelope.wraps[i].env)},
                       {"wrap", hex_of(envelope.wraps[i].wrap)},
                       {"opened", opened && text_of(opened->content) == text}});
  }
  return {{"about",
           "an urgent message sealed to three devices of two later steps; draws: content key, body "
           "nonce, then for each wrap encapsulation seed and nonce"},
          {"organisation_seed", hex_of(world.organisation.expose_seed())},
          {"organisation_key", hex_of(world.organisation.public_key().bytes)},
          {"roster", statement(sign_roster(world.roster, world.organisation))},
          {"chain", chain},
          {"chain_hash", hex_of(chain_hash(world.steps))},
          {"sender", device_keys(world.client)},
          {"now_ms", ms_of(kNow)},
          {"content", hex_of(view_of(text))},
          {"draws", seal_draws},
          {"common", hex_of(envelope.common)},
          {"commit", hex_of(envelope.commit)},
          {"body", hex_of(envelope.body)},
          {"readers", readers}};
}

namespace {

Json hashes(const MerkleProof& proof) {
  Json all = Json::array();
  for (const TreeHash& hash : proof) all.push_back(hex_of(hash));
  return all;
}

ByteVector counting(std::size_t bytes) {
  ByteVector out(bytes);
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

Json attachment_case(std::size_t bytes) {
  const ByteVector file = counting(bytes);
  AttachmentSealer sealer(bytes, "application/pdf");
  ByteView rest = file;
  ByteVector blob;
  while (!sealer.finished()) {
    const ByteView part = rest.first(sealer.wanted());
    const ByteVector chunk = sealer.seal(part);
    rest = rest.subspan(part.size());
    blob.insert(blob.end(), chunk.begin(), chunk.end());
  }
  const AttachmentReference reference = std::move(sealer).finish();
  Json made = {{"file_bytes", bytes},
               {"draws", draws()},
               {"reference", hex_of(encode_reference(reference))},
               {"blob_bytes", blob.size()}};
  if (blob.size() < 4096) made["blob"] = hex_of(blob);
  return made;
}

}  // namespace

Json make_log() {
  seed_random(kSeed + 8);
  const LogKey key = LogKey::generate();
  const auto log_id = random_array<16>();
  MerkleTree tree;
  Json leaves = Json::array();
  for (std::uint8_t i = 0; i < 7; ++i) {
    const auto nonce = random_array<16>();
    const ByteVector body = counting(i);
    tree.append(log_leaf(LogEntryType::roster, nonce, body));
    leaves.push_back({{"type", 17}, {"nonce", hex_of(nonce)}, {"body", hex_of(body)}});
  }
  Json inclusion = Json::array();
  for (std::uint64_t i = 0; i < 7; ++i) inclusion.push_back(hashes(tree.inclusion(i, 7)));
  Json consistency = Json::array();
  Json heads = Json::array();
  for (std::uint64_t size = 0; size <= 7; ++size) {
    consistency.push_back(hashes(tree.consistency(size, 7)));
    heads.push_back(statement(sign_tree_head({log_id, size, tree.root(size), kNow}, key)));
  }
  return {{"about",
           "a log of seven leaves: heads by size, inclusion proofs in the whole by index, "
           "consistency proofs from each size to the whole"},
          {"log_seed", hex_of(key.expose_seed())},
          {"log_key", hex_of(key.public_key().bytes)},
          {"log_id", hex_of(log_id)},
          {"time_ms", ms_of(kNow)},
          {"leaves", leaves},
          {"heads", heads},
          {"inclusion", inclusion},
          {"consistency", consistency}};
}

Json make_attachment() {
  seed_random(kSeed + 9);
  Json cases = Json::array();
  for (const std::size_t bytes : {0U, 1500U, 70'000U}) cases.push_back(attachment_case(bytes));
  return {{"about",
           "files whose byte i is i mod 256; draws: blob id, key, header. A long blob is known by "
           "the hash in its reference"},
          {"cases", cases}};
}

Json make_export() {
  seed_random(kSeed + 10);
  const Person client = make_person(0);
  const Person therapist = make_person(0);
  Env env;
  env.message_id.fill(0x11);
  env.sender = client.address();
  env.recipient = therapist.address();
  MessageEntry message;
  message.env = encode_env(env);
  message.content = counting(20);
  message.stored_at = kNow;
  message.sender_account_key = client.account_key.public_key();
  message.sender_signing_key = client.device.signing_key.public_key();
  message.attachments = {Hash64{1, 2, 3}};
  const RecordEntry entries[] = {message, GapEntry{GapEntry::Reason::lost, 2, kNow}};
  RecordFacts facts;
  facts.relationship_id.fill(0x42);
  facts.from = kNow;
  facts.until = kNow + std::chrono::hours{1};
  facts.made_at = facts.until;
  const RecordsKey records_key = RecordsKey::generate();
  const RecoveryRecordsKey recovery{random_secret<32>()};
  (void)take_recorded_draws();
  Json files = Json::array();
  for (int kind = 1; kind <= 3; ++kind) {
    constexpr auto kPurpose = RecordPurpose::record_export;
    auto key = kind == 1   ? lock_records(kPurpose, "correct horse", PassphraseCost::interactive)
               : kind == 2 ? lock_records(kPurpose, records_key.public_key())
                           : lock_records(kPurpose, recovery);
    RecordWriter writer(*key);
    ByteVector body;
    for (const RecordEntry& entry : entries) {
      const ByteVector bytes = writer.add(entry);
      body.insert(body.end(), bytes.begin(), bytes.end());
    }
    const auto finished = std::move(writer).finish(therapist.device, facts);
    body.insert(body.end(), finished.rest.begin(), finished.rest.end());
    files.push_back({{"kind", kind},
                     {"draws", draws()},
                     {"preamble", hex_of(key->preamble)},
                     {"chunks", hex_of(body)},
                     {"hash", hex_of(finished.hash)}});
  }
  return {{"about",
           "one export in each of the three locks; draws: salt or encapsulation seed where there "
           "is one, file key, stream header, nonce of the wrapped key"},
          {"exporter", device_keys(therapist)},
          {"passphrase", "correct horse"},
          {"records_seed", hex_of(records_key.expose_seed())},
          {"recovery_key", hex_of(recovery.key)},
          {"entries", {hex_of(encode_entry(entries[0])), hex_of(encode_entry(entries[1]))}},
          {"files", files}};
}

}  // namespace holdspace::crypto::testing
