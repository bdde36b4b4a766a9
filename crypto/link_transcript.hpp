// What both devices of a linking compute alike: the commitment, the transcript behind the digits,
// and the key of the package. Room-internal. docs/protocol.md section 4.1.
#pragma once

#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/link_message.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// C2 = H32(L("lnk/c") || link_id || DSK || DDK || lk || n2).
[[nodiscard]] Hash32 link_commitment(const LinkReveal& reveal);

// H(L("lnk/sas") || link_id || u32 length, host || account_id || AK || DSK || DDK || lk || n1 ||
// n2).
[[nodiscard]] Hash64 link_transcript(std::string_view host, const LinkHello& hello,
                                     const LinkReveal& reveal);

// Expand(Extract(H32(L("lnk/salt")), ss), L("lnk/key") || transcript, 32); ss is X-Wing's.
[[nodiscard]] Secret<32> link_package_key(const Secret<32>& shared, const Hash64& transcript);

// Associated data of the package: L("lnk/pkg") || transcript.
[[nodiscard]] ByteVector link_package_associated(const Hash64& transcript);

inline constexpr std::uint8_t kLinkPlainVersion = 1;

}  // namespace holdspace::crypto
