// Compiled policies by owner and version. A version never changes, so an entry is never wrong,
// only forgotten. Not the store: a miss is answered by policy_snapshot.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "boundary/gate.hpp"
#include "storage/ids.hpp"

namespace holdspace::gateway {

// Ours: the therapists of one large practice, or of a smaller one with those clients who have hours
// of their own. A compiled policy is some 10 KB, a full one below a megabyte.
inline constexpr std::size_t kPoliciesMax = 1024;

// One for each io thread; the gates may be used anywhere.
class PolicyCache {
 public:
  explicit PolicyCache(std::size_t policies_max = kPoliciesMax) : policies_max_(policies_max) {}

  // Null when it is not here.
  [[nodiscard]] std::shared_ptr<const boundary::Gate> find(storage::AccountId owner,
                                                           std::uint64_t version);
  void put(storage::AccountId owner, std::uint64_t version,
           std::shared_ptr<const boundary::Gate> gate);

  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  using Key = std::pair<storage::AccountId, std::uint64_t>;
  using Entry = std::pair<Key, std::shared_ptr<const boundary::Gate>>;

  std::size_t policies_max_;
  std::list<Entry> recent_;  // the most recently used first
  std::map<Key, std::list<Entry>::iterator> places_;
};

}  // namespace holdspace::gateway
