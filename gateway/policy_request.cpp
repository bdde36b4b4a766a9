// See policy_request.hpp.
#include "gateway/policy_request.hpp"

#include <utility>

#include "gateway/account_check.hpp"
#include "gateway/fields.hpp"
#include "gateway/frame_check.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

boost::asio::awaitable<boost::system::result<storage::AccountId, v1::Error>> find_owner(
    SessionPtr session, const char* path, std::string account_id) {
  const auto& who = session->identity();
  const bool admin = who.role == storage::Role::admin;
  if (account_id.empty() && !admin) co_return who.device.account;
  const auto named = storage::parse_id<storage::AccountId>(account_id);
  if (!named) co_return invalid_field(path);
  if (!admin && *named != who.device.account) co_return make_error(v1::PERMISSION_DENIED);
  if (admin && *named != kPracticeDefault) {
    auto fault = co_await check_therapist(session->worker(), who.practice, *named);
    if (fault) co_return std::move(*fault);
  }
  co_return *named;
}

boost::system::result<v1::Policy, v1::Error> read_document(const std::string& bytes,
                                                           const std::string& path) {
  auto policy = parse_policy_document(view(bytes));
  if (policy.has_value()) return std::move(*policy);
  auto fault = policy.error();
  fault.path = fault.path.empty() ? path : field_path(path, fault.path);
  auto error = to_error(fault);
  if (fault.kind == BadFrameKind::unknown_fields) error.set_code(v1::UNSUPPORTED_VERSION);
  return error;
}

boost::system::result<GatePtr, v1::Error> compile_offer(const v1::Policy& document,
                                                        const std::string& path) {
  auto policy = to_policy(document);
  if (!policy.has_value()) return to_error(policy.error(), path);
  auto gate = boundary::Gate::compile(std::move(*policy));
  if (!gate.has_value()) return to_error(gate.error(), path);
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

boost::asio::awaitable<boost::system::result<storage::StoredPolicy, v1::Error>> fetch_version(
    SessionPtr session, storage::AccountId owner, std::uint64_t version) {
  const auto worker = session->worker();
  const auto practice = session->identity().practice;
  const StoreTimer timer(worker->gateway.metrics);
  if (version == 0) {
    auto newest = co_await worker->policies.fetch_policy(practice, owner, request_deadline());
    if (!newest.has_value()) co_return to_error(newest.error());
    co_return std::move(*newest);
  }
  auto earlier =
      co_await worker->policies.fetch_policy_version(practice, owner, version, request_deadline());
  if (!earlier.has_value()) co_return to_error(earlier.error());
  co_return std::move(*earlier);
}

boost::asio::awaitable<boost::system::result<GatePtr, v1::Error>> fetch_gate(
    SessionPtr session, storage::AccountId owner, std::uint64_t version) {
  const auto stored = co_await fetch_version(session, owner, version);
  if (!stored.has_value()) co_return stored.error();
  auto gate = gate_of(*session->worker(), owner, stored->version, stored->document);
  if (gate == nullptr) co_return unavailable();
  co_return gate;
}

}  // namespace holdspace::gateway
