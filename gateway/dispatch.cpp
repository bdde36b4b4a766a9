// See dispatch.hpp.
#include "gateway/dispatch.hpp"

#include <array>
#include <utility>

#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

using Frame = v1::ClientFrame;
using storage::Role;

constexpr unsigned bit(Role role) {
  return 1U << static_cast<unsigned>(role);
}
constexpr unsigned kAdmin = bit(Role::admin);
constexpr unsigned kTherapist = bit(Role::therapist);
constexpr unsigned kClient = bit(Role::client);
constexpr unsigned kAuditor = bit(Role::auditor);
// Everybody that policies concern: the auditor reads the ledger alone.
constexpr unsigned kPeople = kAdmin | kTherapist | kClient;
constexpr unsigned kAll = kPeople | kAuditor;

struct Row {
  Frame::BodyCase kind;
  unsigned roles;
  Handled (*handler)(SessionPtr, Frame);
};

constexpr std::array kTable = {
    Row{Frame::kSend, kTherapist | kClient, handle_send},
    Row{Frame::kAck, kTherapist | kClient, handle_ack},
    Row{Frame::kPublishPrekeys, kAll, handle_publish_prekeys},
    Row{Frame::kFetchPrekeys, kAll, handle_fetch_prekeys},
    Row{Frame::kFetchDevices, kAll, handle_fetch_devices},
    Row{Frame::kReplaceDevices, kAll, handle_replace_devices},
    Row{Frame::kCreateInvite, kAdmin | kTherapist, handle_create_invite},
    Row{Frame::kRevokeInvite, kAdmin | kTherapist, handle_revoke_invite},
    Row{Frame::kJoinOpen, kClient, handle_join_open},
    Row{Frame::kJoin, kClient, handle_join},
    Row{Frame::kListRelationships, kPeople, handle_list_relationships},
    Row{Frame::kListAccounts, kAdmin, handle_list_accounts},
    Row{Frame::kChangeRelationship, kPeople, handle_change_relationship},
    Row{Frame::kPauseLane, kTherapist | kClient, handle_pause_lane},
    Row{Frame::kSignAgreement, kTherapist | kClient, handle_sign_agreement},
    Row{Frame::kFetchAgreement, kTherapist | kClient, handle_fetch_agreement},
    Row{Frame::kRevokeAgreement, kTherapist | kClient, handle_revoke_agreement},
    Row{Frame::kListConflicts, kAdmin, handle_list_conflicts},
    Row{Frame::kSetConflict, kAdmin, handle_set_conflict},
    Row{Frame::kWithdraw, kTherapist | kClient, handle_withdraw},
    Row{Frame::kListHeld, kAdmin | kTherapist, handle_list_held},
    Row{Frame::kDisposeHeld, kAdmin | kTherapist, handle_dispose_held},
    Row{Frame::kLeave, kAdmin | kTherapist, handle_leave},
    Row{Frame::kAckNotices, kTherapist | kClient, handle_ack_notices},
    Row{Frame::kFetchAudit, kAuditor, handle_fetch_audit},
    Row{Frame::kFetchPolicy, kPeople, handle_fetch_policy},
    Row{Frame::kApplyPolicy, kPeople, handle_apply_policy},
    Row{Frame::kPreviewPolicy, kPeople, handle_preview_policy},
    Row{Frame::kComparePolicy, kAdmin | kTherapist, handle_compare_policy},
    Row{Frame::kListPolicyVersions, kPeople, handle_list_policy_versions},
    Row{Frame::kFetchProposal, kTherapist, handle_fetch_proposal},
    Row{Frame::kRejectProposal, kTherapist, handle_reject_proposal},
};

}  // namespace

boost::asio::awaitable<void> dispatch(std::shared_ptr<Session> session, v1::ClientFrame frame) {
  for (const auto& row : kTable) {
    if (row.kind != frame.body_case()) continue;
    if ((row.roles & bit(session->identity().role)) == 0)
      session->reply(frame.request_id(), make_error(v1::PERMISSION_DENIED));
    else
      co_await row.handler(session, std::move(frame));
    co_return;
  }
  // Hello, Auth, RedeemOpen, Redeem: one login for each connection.
  session->connection().close(CloseCode::unauthenticated, "login again");
}

}  // namespace holdspace::gateway
