// Questions to the gateway about policies, and the signature under a version of one's own.
#include <utility>

#include "client/client.hpp"
#include "client/policy_change.hpp"

namespace holdspace::client {

namespace asio = boost::asio;
using boost::system::result;

asio::awaitable<result<v1::PolicyReply, Failure>> Client::fetch_policy(v1::FetchPolicy question) {
  return exchange(std::move(question), &v1::ClientFrame::mutable_fetch_policy,
                  &v1::ServerFrame::mutable_policy);
}

asio::awaitable<result<v1::PolicyApplied, Failure>> Client::apply_policy(PolicyDraft draft) {
  v1::ApplyPolicy question;
  const auto owner = draft.account.value_or(identity_.account_id());
  if (draft.account) question.set_account_id(to_string(*draft.account));
  // Of somebody else's policy the owner's own signature counts, and this device cannot give it.
  if (owner == identity_.account_id() || owner == crypto::AccountId{}) {
    auto statement = sign_policy_change(identity_, owner, draft.document, store_now());
    if (!statement)
      co_return Failure{FailureKind::bad_input, "the document is not a version of a policy", {}};
    question.set_statement(std::move(*statement));
  }
  question.set_document(std::move(draft.document));
  question.set_reason(draft.reason);
  question.set_promises(draft.promises);
  question.set_dry_run(draft.dry_run);
  co_return co_await exchange(std::move(question), &v1::ClientFrame::mutable_apply_policy,
                              &v1::ServerFrame::mutable_policy_applied);
}

asio::awaitable<result<v1::PolicyPreview, Failure>> Client::preview_policy(
    v1::PreviewPolicy question) {
  return exchange(std::move(question), &v1::ClientFrame::mutable_preview_policy,
                  &v1::ServerFrame::mutable_policy_preview);
}

asio::awaitable<result<v1::PolicyVersions, Failure>> Client::policy_versions(
    std::string account_id) {
  v1::ListPolicyVersions question;
  question.set_account_id(std::move(account_id));
  return exchange(std::move(question), &v1::ClientFrame::mutable_list_policy_versions,
                  &v1::ServerFrame::mutable_policy_versions);
}

asio::awaitable<result<v1::PolicyComparison, Failure>> Client::compare_policy(
    v1::ComparePolicy question) {
  return exchange(std::move(question), &v1::ClientFrame::mutable_compare_policy,
                  &v1::ServerFrame::mutable_policy_comparison);
}

asio::awaitable<result<v1::Proposal, Failure>> Client::fetch_proposal() {
  return exchange(v1::FetchProposal(), &v1::ClientFrame::mutable_fetch_proposal,
                  &v1::ServerFrame::mutable_proposal);
}

asio::awaitable<result<void, Failure>> Client::reject_proposal() {
  v1::RejectProposal question;
  const auto answer =
      co_await exchange(std::move(question), &v1::ClientFrame::mutable_reject_proposal,
                        &v1::ServerFrame::mutable_proposal_rejected);
  if (!answer.has_value()) co_return answer.error();
  co_return result<void, Failure>();
}

}  // namespace holdspace::client
