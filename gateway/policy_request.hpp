// What the policy handlers share: whose policy a frame is about, a document from outside, the
// stored version that is asked for. docs/boundary.md, "Who may do what".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

#include "gateway/handlers.hpp"
#include "gateway/policy_version.hpp"

namespace holdspace::gateway {

// Instants of this protocol are below 2^48 ms (the year 10889), so that adding days cannot
// overflow.
inline constexpr std::int64_t kInstantMax = std::int64_t{1} << 48;

// The owner of the practice's default.
inline constexpr storage::AccountId kPracticeDefault{};

// Whose policy: empty is the own; only an admin, who has none, names a therapist, or with 16 zero
// bytes the practice's default. Errors: INVALID_ARGUMENT with `path`, PERMISSION_DENIED, NOT_FOUND
// for an account that is no therapist's (a client's hours are not an admin's business),
// UNAVAILABLE.
[[nodiscard]] boost::asio::awaitable<boost::system::result<storage::AccountId, v1::Error>>
find_owner(SessionPtr session, const char* path, std::string account_id);

// The bytes of a document from outside. Errors: INVALID_ARGUMENT or UNSUPPORTED_VERSION with the
// field under `path`.
[[nodiscard]] boost::system::result<v1::Policy, v1::Error> read_document(const std::string& bytes,
                                                                         const std::string& path);

// Every rule is checked. Errors: INVALID_ARGUMENT with the field under `path` that breaks one.
[[nodiscard]] boost::system::result<GatePtr, v1::Error> compile_offer(const v1::Policy& document,
                                                                      const std::string& path);

// Version `version` (0: the one in force) of an owner's policy; version 0 in the answer: there is
// none yet.
[[nodiscard]] boost::asio::awaitable<boost::system::result<storage::StoredPolicy, v1::Error>>
fetch_version(SessionPtr session, storage::AccountId owner, std::uint64_t version);

// The same version compiled; shut altogether when there is none yet. Never null. Errors: NOT_FOUND,
// UNAVAILABLE.
[[nodiscard]] boost::asio::awaitable<boost::system::result<GatePtr, v1::Error>> fetch_gate(
    SessionPtr session, storage::AccountId owner, std::uint64_t version);

}  // namespace holdspace::gateway
