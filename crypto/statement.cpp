// The envelope of a signed statement, its hash, and signing. The signature labels are
// sig/device_cert and so on.
#include "crypto/statement.hpp"

#include <string>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/statement_name.hpp"

namespace holdspace::crypto {
namespace {

bool is_statement_type(std::uint16_t type) {
  constexpr auto kPeopleLast = static_cast<std::uint16_t>(StatementType::account_reset);
  constexpr auto kPracticeFirst = static_cast<std::uint16_t>(StatementType::escalation_set);
  constexpr auto kPracticeLast = static_cast<std::uint16_t>(StatementType::record_export);
  return (type >= 1 && type <= kPeopleLast) || (type >= kPracticeFirst && type <= kPracticeLast);
}

std::size_t signatures_of(StatementType type) {
  return type == StatementType::device_cert ? 2 : 1;
}

template <class... Keys>
ByteVector sign_statement(StatementType type, ByteVector body, const Keys&... keys) {
  std::vector<Signature> signatures{keys.sign(statement_name(type), body)...};
  return encode_signed({type, std::move(body), std::move(signatures)});
}

}  // namespace

std::string_view statement_name(StatementType type) {
  switch (type) {
    case StatementType::device_cert:
      return "device_cert";
    case StatementType::device_list:
      return "device_list";
    case StatementType::prekey_set:
      return "prekey_set";
    case StatementType::one_time_key:
      return "one_time_key";
    case StatementType::policy_change:
      return "policy_change";
    case StatementType::contact_agreement:
      return "contact_agreement";
    case StatementType::account_reset:
      return "account_reset";
    case StatementType::escalation_set:
      return "escalation_set";
    case StatementType::roster:
      return "roster";
    case StatementType::tree_head:
      return "tree_head";
    case StatementType::record_export:
      return "record_export";
  }
  require(false);
  return {};
}

ByteVector encode_signed(const Signed& statement) {
  require(statement.body.size() <= kStatementBodyBytesMax);
  require(statement.signatures.size() == signatures_of(statement.type));
  Writer out;
  out.u16(static_cast<std::uint16_t>(statement.type)).prefixed(statement.body);
  out.count(statement.signatures.size());
  for (const Signature& signature : statement.signatures) out.bytes(signature);
  return out.take();
}

StatementResult<Signed> parse_signed(ByteView bytes) {
  Reader in(bytes);
  Signed statement;
  const std::uint16_t type = in.u16();
  if (!is_statement_type(type)) in.fail();
  statement.type = static_cast<StatementType>(type);
  const ByteView body = in.prefixed(kStatementBodyBytesMax);
  statement.body.assign(body.begin(), body.end());
  statement.signatures.resize(in.count(2));
  for (Signature& signature : statement.signatures) signature = in.bytes<64>();
  if (!in.finish()) return StatementError::malformed;
  if (statement.signatures.size() != signatures_of(statement.type)) {
    return StatementError::wrong_type;
  }
  return statement;
}

Hash32 statement_hash(StatementType type, ByteView body) {
  return hash32({label("st/" + std::string(statement_name(type))), body});
}

Hash32 policy_document_hash(ByteView document) {
  return hash32({label("policy"), document});
}

Hash32 agreement_hash(ByteView binding_text) {
  return hash32({label("agreement"), binding_text});
}

ByteVector sign_device_cert(const DeviceCert& cert, const AccountKey& account_key,
                            const DeviceSigningKey& device_key) {
  return sign_statement(StatementType::device_cert, encode_body(cert), account_key, device_key);
}

ByteVector sign_device_list(const DeviceList& list, const AccountKey& account_key) {
  return sign_statement(StatementType::device_list, encode_body(list), account_key);
}

ByteVector sign_prekey_set(const PrekeySet& set, const DeviceSigningKey& device_key) {
  return sign_statement(StatementType::prekey_set, encode_body(set), device_key);
}

ByteVector sign_one_time_key(const OneTimeKey& key, const DeviceSigningKey& device_key) {
  return sign_statement(StatementType::one_time_key, encode_body(key), device_key);
}

ByteVector sign_policy_change(const PolicyChange& change, const DeviceSigningKey& device_key) {
  return sign_statement(StatementType::policy_change, encode_body(change), device_key);
}

ByteVector sign_contact_agreement(const ContactAgreement& agreement,
                                  const DeviceSigningKey& device_key) {
  return sign_statement(StatementType::contact_agreement, encode_body(agreement), device_key);
}

ByteVector sign_account_reset(const AccountReset& reset, const OrganisationKey& organisation_key) {
  return sign_statement(StatementType::account_reset, encode_body(reset), organisation_key);
}

}  // namespace holdspace::crypto
