// What the policy commands have in common: whose policy, and how versions and what
// became of a change are shown.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "client/cli/command.hpp"
#include "client/client.hpp"
#include "client/policy_coverage.hpp"

namespace holdspace::cli {

// The question for the policy that `owner` means: a therapist's own by default, a client's of the
// named or the only relationship.
[[nodiscard]] boost::system::result<v1::FetchPolicy, client::Failure> ask_about(
    client::Client& device, const PolicyOwner& owner);

// As a policy file, or `none` when there is no policy. Returns kOk.
int print_policy(const Globals& globals, const v1::PolicyReply& reply, std::string_view none);

// What the gateway says about a change; `gaps` are of the version that was made. Returns kOk.
int print_applied(const Globals& globals, const client::LocalStore& store,
                  const v1::PolicyApplied& applied, const client::PolicyDraft& draft,
                  const client::Gaps& gaps);

// "holiday", "other".
[[nodiscard]] std::string reason_word(v1::ChangeReason reason);

// The end of the span that begins at `now`; nothing when it does not say one, or two.
[[nodiscard]] std::optional<crypto::Instant> end_of(const Span& span, crypto::Instant now);

}  // namespace holdspace::cli
