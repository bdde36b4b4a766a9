// What every signed statement's body and verification have in common: the rules that writers assert
// and parsers enforce, and the only maker of Verified<T>. Room-internal. docs/protocol.md
// section 2.
#pragma once

#include <algorithm>

#include "crypto/layout.hpp"
#include "crypto/statement.hpp"
#include "crypto/statement_name.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

template <class Range, class Project>
[[nodiscard]] bool strictly_ascending(const Range& range, Project project) {
  return std::adjacent_find(range.begin(), range.end(), [&](const auto& a, const auto& b) {
           return project(a) >= project(b);
         }) == range.end();
}

// Whether `until` lies in (from, from + life].
template <class Duration>
[[nodiscard]] bool within(Instant from, Instant until, Duration life) {
  return from < until && until <= from + life;
}

template <class Key>
[[nodiscard]] ByteVector sign_body(StatementType type, ByteVector body, const Key& key) {
  std::vector<Signature> signatures{key.sign(statement_name(type), body)};
  return encode_signed({type, std::move(body), std::move(signatures)});
}

struct Verifier {
  template <class T>
  [[nodiscard]] static Verified<T> make(T value, const Signed& statement, ByteView bytes) {
    return {std::move(value), statement_hash(statement.type, statement.body),
            ByteVector(bytes.begin(), bytes.end())};
  }
  [[nodiscard]] static TrustedDevice trusted(const Verified<DeviceCert>& cert,
                                             const Verified<DeviceList>& list) {
    return {cert, ListRef{list->epoch, list.hash()}};
  }
};

[[nodiscard]] inline StatementResult<Signed> parse_typed(ByteView bytes, StatementType type) {
  StatementResult<Signed> statement = parse_signed(bytes);
  if (statement && statement->type != type) return StatementError::wrong_type;
  return statement;
}

template <class Role>
[[nodiscard]] bool signed_by(const Signed& statement, std::size_t index,
                             const VerifyingKey<Role>& key) {
  return verify_signature(key, statement_name(statement.type), statement.body,
                          statement.signatures[index]);
}

// A statement with one signature, by `key`, whose value `belongs` where it is to be used.
template <class T, class Role, class Belongs>
[[nodiscard]] StatementResult<Verified<T>> verify_by_key(ByteView bytes, StatementType type,
                                                         StatementResult<T> (*parse)(ByteView),
                                                         const VerifyingKey<Role>& key,
                                                         Belongs belongs) {
  const auto statement = parse_typed(bytes, type);
  if (!statement) return statement.error();
  auto value = parse(statement->body);
  if (!value) return value.error();
  if (!belongs(*value)) return StatementError::wrong_signer;
  if (!signed_by(*statement, 0, key)) return StatementError::bad_signature;
  return Verifier::make(std::move(*value), *statement, bytes);
}

// The statements that one device signs and that name it.
template <class T>
[[nodiscard]] StatementResult<Verified<T>> verify_by_device(ByteView bytes, StatementType type,
                                                            StatementResult<T> (*parse)(ByteView),
                                                            const DeviceCert& cert) {
  return verify_by_key(bytes, type, parse, cert.signing_key, [&](const T& value) {
    return value.account_id == cert.account_id && value.device_id == cert.device_id;
  });
}

// Whether the next epoch of one chain of statements follows the held one directly.
template <class T>
[[nodiscard]] boost::system::result<void, SuccessionError> check_epochs(const Verified<T>& held,
                                                                        const Verified<T>& next) {
  if (held.hash() == next.hash()) return SuccessionError::same;
  if (next->epoch <= held->epoch) return SuccessionError::stale;
  if (next->epoch - held->epoch > 1) return SuccessionError::gap;
  if (next->prev_hash != held.hash()) return SuccessionError::broken_chain;
  return {};
}

}  // namespace holdspace::crypto
