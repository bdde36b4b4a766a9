#include "client/policy_change.hpp"

#include <utility>

#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

// Unlike any other by 32 random bits; a policy has at most 128 of a kind.
std::string unused_id(const std::string& word) {
  return word + "-" + to_hex(crypto::random_array<4>());
}

template <class List>
void drop_over(List& list, std::int64_t now_ms) {
  for (int at = list.size(); at-- > 0;)
    if (list.Get(at).until_ms() != 0 && list.Get(at).until_ms() <= now_ms)
      list.DeleteSubrange(at, 1);
}

}  // namespace

v1::Policy next_version(const v1::Policy& policy, crypto::Instant now) {
  auto next = policy;
  next.set_version(policy.version() + 1);
  drop_over(*next.mutable_openings(), to_ms(now));
  drop_over(*next.mutable_closures(), to_ms(now));
  return next;
}

void add_opening(v1::Policy& policy, v1::Opening opening) {
  opening.set_id(unused_id("open"));
  *policy.add_openings() = std::move(opening);
}

void add_closure(v1::Policy& policy, v1::Closure closure) {
  closure.set_id(unused_id("closure"));
  *policy.add_closures() = std::move(closure);
}

bool lift_closures(v1::Policy& policy) {
  const bool any = policy.closures_size() != 0;
  policy.clear_closures();
  return any;
}

std::optional<std::string> sign_policy_change(const Identity& self, const crypto::AccountId& owner,
                                              const std::string& document, crypto::Instant now) {
  v1::Policy policy;
  if (!policy.ParseFromString(document) || policy.version() == 0) return std::nullopt;
  crypto::PolicyChange change;
  change.owner = owner;
  change.version = policy.version();
  change.document_hash = crypto::policy_document_hash(view(document));
  change.account_id = self.account_id();
  change.device_id = self.device.address().device_id;
  change.at = now;
  return to_string(crypto::sign_policy_change(change, self.device.signing_key));
}

}  // namespace holdspace::client
