// The texts behind the three QR codes: an invite, a device that wants to be linked, and two people
// who compare their keys. Each names its type, and each parser takes only its own, so that a code
// dressed up as another one does nothing. docs/protocol.md section 3.6.
//
// Text: "HOLDSPACE:1:<TYPE>:" and base32 of the body, in the characters that QR packs best.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/contact.hpp"
#include "crypto/invite.hpp"
#include "crypto/link_message.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kQrTextBytesMax =
    1024;  // ours: twice the longest with a 253-byte host

enum class QrError {
  not_ours,    // not a text of Holdspace's, or of another version
  other_type,  // a code for something else: say so, and do nothing with it
  malformed,   // of this type, but not in its one encoding
};
template <class T>
using QrResult = boost::system::result<T, QrError>;

// type INVITE. Body: u32 length, host || S 16. Whoever reads it can redeem the invite: show it,
// never log it.
struct InviteQr {
  std::string host;  // what the invited person's client dials, 1..253 bytes
  InviteSecret secret;
};
[[nodiscard]] SecretBytes encode_invite_qr(std::string_view host, const InviteSecret& secret);
[[nodiscard]] QrResult<InviteQr> parse_invite_qr(std::string_view text);

// type LINK. Body: link_id 16 || C2 32 || u32 length, host.
[[nodiscard]] std::string encode_link_qr(const LinkOffer& offer);
[[nodiscard]] QrResult<LinkOffer> parse_link_qr(std::string_view text);

// type CONFIRM. Body: fp of whoever shows it 32 || fp of whoever is to scan it 32.
class ConfirmQr {
 public:
  // What this side shows to `peer`.
  ConfirmQr(const Pin& self, const Pin& peer);
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static QrResult<ConfirmQr> parse(std::string_view text);
  // Of a code that this side scanned: the peer's pin, if both sides hold the same two keys. Empty
  // means another person's code or a man in the middle: say so, and change no status.
  [[nodiscard]] std::optional<CheckedPin> check(const Pin& self, const Pin& peer) const;

 private:
  ConfirmQr(const Hash32& shower, const Hash32& scanner) : shower_(shower), scanner_(scanner) {}
  Hash32 shower_;
  Hash32 scanner_;
};

}  // namespace holdspace::crypto
