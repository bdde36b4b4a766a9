// See policy_cache.hpp.
#include "gateway/policy_cache.hpp"

namespace holdspace::gateway {

std::shared_ptr<const boundary::Gate> PolicyCache::find(storage::AccountId owner,
                                                        std::uint64_t version) {
  const auto place = places_.find({owner, version});
  if (place == places_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, place->second);
  return place->second->second;
}

void PolicyCache::put(storage::AccountId owner, std::uint64_t version,
                      std::shared_ptr<const boundary::Gate> gate) {
  const Key key{owner, version};
  if (find(owner, version) != nullptr) return;
  if (places_.size() >= policies_max_) {
    places_.erase(recent_.back().first);
    recent_.pop_back();
  }
  recent_.emplace_front(key, std::move(gate));
  places_.emplace(key, recent_.begin());
}

}  // namespace holdspace::gateway
