#include "crypto/chain_key.hpp"

#include "crypto/kdf.hpp"

namespace holdspace::crypto {

Secret<32> ChainKey::next_message_key() {
  const Secret<64> keys = hkdf_expand<64>(key_, "dr/chain");
  key_ = key_at(keys, 0);
  return key_at(keys, 1);
}

}  // namespace holdspace::crypto
