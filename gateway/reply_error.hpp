// The one place where an error of any room becomes a wire code (in two files, reply_error.cpp and
// reply_error_life.cpp). A peer learns a code and the field
// that it can mend, never a cause. docs/protocol.md section 16.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "boundary/policy.hpp"
#include "boundary/verdict.hpp"
#include "crypto/statement.hpp"
#include "crypto/verify.hpp"
#include "gateway/frame_check.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/relationship_change.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/account_store.hpp"
#include "storage/agreement_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/conflict_list.hpp"
#include "storage/error.hpp"
#include "storage/held_store.hpp"
#include "storage/invite_store.hpp"
#include "storage/leaving_store.hpp"
#include "storage/notice_store.hpp"
#include "storage/policy_store.hpp"
#include "storage/prekey_store.hpp"
#include "storage/queue_store.hpp"
#include "storage/relationship_store.hpp"
#include "storage/sent_store.hpp"

namespace holdspace::gateway {

// How soon a peer may try again after UNAVAILABLE: longer than a Redis restart takes to be noticed.
inline constexpr std::chrono::milliseconds kRetryUnavailable{1000};
// Reading pauses anyway when frames come too fast; this is what the peer is told.
inline constexpr std::chrono::milliseconds kFrameRateWait{1000};

[[nodiscard]] v1::Error make_error(v1::ErrorCode code);
// INVALID_ARGUMENT. `field`: the path in the ClientFrame, "send.copies[1].env".
[[nodiscard]] v1::Error invalid_field(std::string field);
[[nodiscard]] v1::Error rate_limited(std::chrono::milliseconds retry_after);
[[nodiscard]] v1::Error unavailable();

// Only for faults that do not close the connection.
[[nodiscard]] v1::Error to_error(const BadFrame& fault);

// REFUSED, or ENDED when the relationship is over; with the verdict.
[[nodiscard]] v1::Error to_error(boundary::Reason reason, const v1::Verdict& verdict);
// `wanted`: the terms to sign; none: the policy has none, and the envelope names some.
[[nodiscard]] v1::Error agreement_needed(const std::optional<storage::AgreementHash>& wanted);
// `prefix`: where the policy stands in the frame, "apply_policy.policy".
[[nodiscard]] v1::Error to_error(const boundary::PolicyError& error, const std::string& prefix);
[[nodiscard]] v1::Error to_error(const PolicyFieldFault& fault, const std::string& prefix);

// `field`: the statement that was refused.
[[nodiscard]] v1::Error to_error(crypto::StatementError error, std::string field);
[[nodiscard]] v1::Error to_error(crypto::SuccessionError error);

// The store's. `displaced` ends the session besides; the handler does that.
[[nodiscard]] v1::Error to_error(storage::CommandError error);
[[nodiscard]] v1::Error to_error(const storage::AcceptFault& fault);
[[nodiscard]] v1::Error to_error(storage::AckError error);
[[nodiscard]] v1::Error to_error(storage::RelationshipError error);
[[nodiscard]] v1::Error to_error(storage::ListRelationshipsError error);
[[nodiscard]] v1::Error to_error(storage::FetchPolicyError error);
[[nodiscard]] v1::Error to_error(storage::ApplyPolicyError error);
[[nodiscard]] v1::Error to_error(storage::ProposalError error);
[[nodiscard]] v1::Error to_error(storage::ListHeldError error);
[[nodiscard]] v1::Error to_error(storage::ListSentError error);
[[nodiscard]] v1::Error to_error(storage::PublishPrekeysError error);
[[nodiscard]] v1::Error to_error(const storage::FetchPrekeysFault& fault);
[[nodiscard]] v1::Error to_error(storage::FetchDevicesError error);
[[nodiscard]] v1::Error to_error(storage::ReplaceDevicesError error);
[[nodiscard]] v1::Error to_error(storage::CreateInviteError error);
[[nodiscard]] v1::Error to_error(storage::InviteError error);
[[nodiscard]] v1::Error to_error(storage::JoinError error);

// The life of relationships, and what is held.
[[nodiscard]] v1::Error to_error(ChangeError error);
[[nodiscard]] v1::Error to_error(storage::SetRelationshipError error);
[[nodiscard]] v1::Error to_error(storage::SignAgreementError error);
[[nodiscard]] v1::Error to_error(storage::FetchAgreementError error);
[[nodiscard]] v1::Error to_error(storage::FindSentError error);
[[nodiscard]] v1::Error to_error(storage::WithdrawError error);
[[nodiscard]] v1::Error to_error(storage::ReturnError error);
[[nodiscard]] v1::Error to_error(storage::SetLeavingError error);
[[nodiscard]] v1::Error to_error(const storage::FinishLeavingFault& fault);
[[nodiscard]] v1::Error to_error(storage::AckNoticesError error);
[[nodiscard]] v1::Error to_error(storage::FetchAuditError error);
[[nodiscard]] v1::Error to_error(storage::SetConflictError error);

// Names for metrics and logs: the enumerator's own spelling.
[[nodiscard]] std::string_view name(v1::ErrorCode code);
[[nodiscard]] std::string_view name(BadFrameKind kind);
[[nodiscard]] std::string_view name(storage::CommandError error);

}  // namespace holdspace::gateway
