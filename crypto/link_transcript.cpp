#include "crypto/link_transcript.hpp"

#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {

Hash32 link_commitment(const LinkReveal& reveal) {
  return hash32({label("lnk/c"), reveal.link_id, reveal.signing_key.bytes, reveal.dh_key.bytes,
                 reveal.link_key.bytes, reveal.nonce});
}

Hash64 link_transcript(std::string_view host, const LinkHello& hello, const LinkReveal& reveal) {
  return hash({Writer{}
                   .bytes(label("lnk/sas"))
                   .bytes(hello.link_id)
                   .prefixed(text_bytes(host))
                   .bytes(hello.account_id)
                   .key(hello.account_key)
                   .key(reveal.signing_key)
                   .key(reveal.dh_key)
                   .key(reveal.link_key)
                   .bytes(hello.nonce)
                   .bytes(reveal.nonce)
                   .take()});
}

Secret<32> link_package_key(const Secret<32>& shared, const Hash64& transcript) {
  return hkdf_expand<32>(hkdf_extract(hash32({label("lnk/salt")}), shared.expose()), "lnk/key",
                         transcript);
}

ByteVector link_package_associated(const Hash64& transcript) {
  return Writer{}.bytes(label("lnk/pkg")).bytes(transcript).take();
}

}  // namespace holdspace::crypto
