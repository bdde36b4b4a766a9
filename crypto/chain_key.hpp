// One chain of message keys: each step gives a message key and forgets how to make it.
// Room-internal. docs/protocol.md section 8.2.
#pragma once

#include <utility>

#include "crypto/secret.hpp"

namespace holdspace::crypto {

class ChainKey {
 public:
  explicit ChainKey(Secret<32> key) : key_(std::move(key)) {}
  // CK | MK = Expand(CK, L("dr/chain"), 64). The old chain key is gone afterwards.
  [[nodiscard]] Secret<32> next_message_key();
  [[nodiscard]] const Secret<32>& expose() const { return key_; }
  [[nodiscard]] ChainKey clone() const { return ChainKey(key_.clone()); }

 private:
  Secret<32> key_;
};

}  // namespace holdspace::crypto
