// What a transition leaves besides its effect, written in the same step: notices to accounts, and
// one record in the audit ledger. Both are opaque bytes here. Not how they are read:
// notice_store.hpp, audit_store.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: a notice names ids, instants and a reason; a record names who did what to which thing.
inline constexpr std::size_t kNoticeBytesMax = 512;
inline constexpr std::size_t kAuditBytesMax = 512;
// Ours: both parties of each of an account's 256 relationships.
inline constexpr std::size_t kTrailNoticesMax = 512;

struct NewNotice {
  AccountId account;  // who is told
  std::string bytes;  // serialised, 1..kNoticeBytesMax; id and instant are given by the store
};

struct Trail {
  std::vector<NewNotice> notices;  // at most kTrailNoticesMax
  std::string audit;               // at most kAuditBytesMax; empty: no record
};

// Stands in a ReturnForm for the relationship and the message that a notice is about.
inline constexpr std::string_view kRelationshipHole = "\xFErelationship..\xFE";
inline constexpr std::string_view kMessageHole = "\xFEmessage.......\xFE";
static_assert(kRelationshipHole.size() == 16 && kMessageHole.size() == 16);

// The notice to the sender of a message that goes back, for messages that the caller does not know
// beforehand: a serialised notice for each lane in which the relationship id is kRelationshipHole
// and, later in the bytes, the message id is kMessageHole, each once. The store fills them in. An
// empty form tells nobody.
struct ReturnForm {
  std::array<std::string, 3>
      by_lane;  // in the order of boundary::Lane, each at most kNoticeBytesMax
};

}  // namespace holdspace::storage
