#include "tests/crypto/support/stored_state.hpp"

#include "crypto/kdf.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto::testing {
namespace {

void skip(Reader& in, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) (void)in.u8();
}

void read_sending(Reader& in, StoredSession& out, ByteView state, const auto& position) {
  if (in.u8() == 0) return;
  out.sending_header = in.bytes<32>();
  out.sending_chain = in.bytes<32>();
  out.sending_next_at = position(in, state);
  skip(in, 8);
  if (in.u8() == 1) skip(in, kKemCiphertextBytes);
}

void read_skipped(Reader& in, StoredSession& out) {
  const std::size_t chains = in.count(100);
  for (std::size_t chain = 0; chain < chains; ++chain) {
    skip(in, 32);
    const std::size_t keys = in.count(100'000);
    for (std::size_t key = 0; key < keys; ++key) {
      skip(in, 12);
      out.skipped_keys.push_back(in.bytes<32>());
    }
    out.skipped += keys;
  }
}

// Bytes consumed so far: found by how much is left, which Reader does not tell, so by trying.
std::size_t consumed(Reader in, ByteView state) {
  std::size_t left = 0;
  while (in.ok()) {
    (void)in.u8();
    if (in.ok()) ++left;
  }
  return state.size() - left;
}

}  // namespace

StoredSession read_stored_state(ByteView state) {
  Reader in(state);
  skip(in, 1 + 20 + 20 + 17 + 1 + 1 + 8);
  skip(in, 16 * in.count(100));
  require(in.count(100) >= 1);
  skip(in, 16 + 1 + 8);
  (void)in.prefixed(4096);
  skip(in, 1);
  StoredSession out;
  out.transcript = in.bytes<64>();
  out.turns = in.u32();
  out.root_key = in.bytes<32>();
  out.own_dh = in.bytes<32>();
  read_sending(in, out, state, consumed);
  out.next_sending_header = in.bytes<32>();
  if (in.u8() == 1) {
    out.receiving_chain = in.bytes<32>();
    skip(in, 4);
  }
  out.next_receiving_header = in.bytes<32>();
  if (in.u8() == 1) out.own_kem_seed = in.bytes<32>();
  out.peer_dh = in.key<DhPublicKey<RatchetRole>>();
  if (in.u8() == 1) out.peer_ek = in.key<KemPublicKey<RatchetRole>>();
  skip(in, 1);
  read_skipped(in, out);
  require(in.ok());
  return out;
}

Bytes<32> next_message_key(const Bytes<32>& chain_key) {
  const Secret<64> keys = hkdf_expand<64>(Secret<32>(chain_key), "dr/chain");
  return *to_bytes<32>(ByteView(keys.expose()).subspan(32));
}

bool contains(ByteView haystack, ByteView needle) {
  return std::search(haystack.begin(), haystack.end(), needle.begin(), needle.end()) !=
         haystack.end();
}

}  // namespace holdspace::crypto::testing
