#include "crypto/skipped_keys.hpp"

namespace holdspace::crypto {

const Secret<32>& SkippedKeys::header_key(std::size_t chain) const {
  require(chain < chains_.size());
  return chains_[chain].header_key;
}

std::size_t SkippedKeys::keys() const {
  std::size_t count = 0;
  for (const Chain& chain : chains_) count += chain.keys.size();
  return count;
}

std::uint64_t SkippedKeys::start_chain(Secret<32> header_key) {
  chains_.push_back({std::move(header_key), {}});
  if (chains_.size() <= kOldChainsMax + 1) return 0;
  const std::uint64_t dropped = chains_.front().keys.size();
  chains_.erase(chains_.begin());
  return dropped;
}

std::uint64_t SkippedKeys::make_room(std::size_t count) {
  require(count <= kSkippedKeysMax);
  const std::size_t held = keys();
  std::size_t excess = held + count > kSkippedKeysMax ? held + count - kSkippedKeysMax : 0;
  const std::uint64_t dropped = excess;
  for (Chain& chain : chains_) {
    const std::size_t here = std::min(excess, chain.keys.size());
    chain.keys.erase(chain.keys.begin(), chain.keys.begin() + static_cast<std::ptrdiff_t>(here));
    excess -= here;
  }
  return dropped;
}

void SkippedKeys::add(std::uint32_t number, Secret<32> key, Instant now) {
  require(!chains_.empty());
  chains_.back().keys.push_back({number, now, std::move(key)});
}

std::uint64_t SkippedKeys::drop_expired(Instant now) {
  std::uint64_t dropped = 0;
  for (Chain& chain : chains_) {
    dropped += std::erase_if(
        chain.keys, [&](const Key& key) { return now - key.stored_at >= kSkippedKeyLife; });
  }
  return dropped;
}

std::optional<Secret<32>> SkippedKeys::take(std::size_t chain, std::uint32_t number) {
  require(chain < chains_.size());
  auto& keys = chains_[chain].keys;
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.number == number; });
  if (found == keys.end()) return std::nullopt;
  Secret<32> key = std::move(found->key);
  keys.erase(found);
  return key;
}

SkippedKeys SkippedKeys::clone() const {
  SkippedKeys copy;
  copy.chains_.reserve(chains_.size() + 1);
  for (const Chain& chain : chains_) {
    Chain& made = copy.chains_.emplace_back();
    made.header_key = chain.header_key.clone();
    made.keys.reserve(chain.keys.size());
    for (const Key& key : chain.keys) {
      made.keys.push_back({key.number, key.stored_at, key.key.clone()});
    }
  }
  return copy;
}

void SkippedKeys::encode(SecretWriter& out) const {
  out.count(chains_.size());
  for (const Chain& chain : chains_) {
    out.secret(chain.header_key).count(chain.keys.size());
    for (const Key& key : chain.keys) {
      out.u32(key.number).instant(key.stored_at).secret(key.key);
    }
  }
}

SkippedKeys SkippedKeys::parse(Reader& in) {
  SkippedKeys parsed;
  parsed.chains_.resize(in.count(kOldChainsMax + 1));
  for (Chain& chain : parsed.chains_) {
    chain.header_key = in.secret<32>();
    chain.keys.resize(in.count(kSkippedKeysMax));
    for (Key& key : chain.keys) {
      key.number = in.u32();
      key.stored_at = in.instant();
      key.key = in.secret<32>();
    }
  }
  if (parsed.keys() > kSkippedKeysMax) in.fail();
  return parsed;
}

}  // namespace holdspace::crypto
