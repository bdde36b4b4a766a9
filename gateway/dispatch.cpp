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
constexpr unsigned kAll = kAdmin | kTherapist | kClient | kAuditor;

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
    Row{Frame::kListRelationships, kAdmin | kTherapist | kClient, handle_list_relationships},
    Row{Frame::kFetchPolicy, kTherapist | kClient, handle_fetch_policy},
    Row{Frame::kApplyPolicy, kTherapist, handle_apply_policy},
    Row{Frame::kPreviewPolicy, kTherapist | kClient, handle_preview_policy},
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
