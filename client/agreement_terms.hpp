// The terms that a person reads before signing. They are worded on this device from the therapist's
// policy, and what is signed is the hash of what was shown: never a hash that the gateway names.
// Not the signatures: agreement.hpp. docs/boundary.md, section "The agreement".
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "boundary/agreement.hpp"
#include "boundary/policy.hpp"
#include "crypto/bytes.hpp"

namespace holdspace::client {

struct ShownTerms {
  std::string text;                    // the binding part, an empty line, the hours at present
  std::optional<crypto::Hash32> hash;  // of the binding part; none: the policy states no terms
};

// `policy` must be valid. The hash is of the standard style, whatever the style of the text.
[[nodiscard]] ShownTerms show_terms(const boundary::Policy& policy, boundary::TextStyle style,
                                    const boundary::RelationshipId& relationship_id);

enum class TermsError : std::uint8_t {
  none_stated,   // the gateway wants a signature, but the policy that it shows states no terms
  others_wanted  // the gateway wants other terms signed than those of the policy that it shows
};
[[nodiscard]] std::string_view describe(TermsError error);

// What may be signed after `shown` was read: its own hash, where the gateway wants exactly that.
// `wanted`: AgreementReply.wanted, 32 bytes.
[[nodiscard]] boost::system::result<crypto::Hash32, TermsError> signable(const ShownTerms& shown,
                                                                         std::string_view wanted);

}  // namespace holdspace::client
