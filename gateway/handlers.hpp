// One handler for each frame kind, in handle_<noun>.cpp. Each: checks the fields, takes a snapshot
// of the facts, decides, calls one store function, replies. Errors become wire codes in
// reply_error.cpp only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "gateway/session.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// `frame` has the body that the handler is for.
using SessionPtr = std::shared_ptr<Session>;
using Handled = boost::asio::awaitable<void>;

[[nodiscard]] Handled handle_send(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_ack(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_publish_prekeys(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_prekeys(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_devices(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_replace_devices(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_create_invite(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_revoke_invite(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_join_open(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_join(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_list_relationships(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_list_accounts(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_change_relationship(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_pause_lane(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_sign_agreement(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_agreement(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_revoke_agreement(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_list_conflicts(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_set_conflict(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_withdraw(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_list_held(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_dispose_held(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_leave(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_ack_notices(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_audit(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_policy(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_apply_policy(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_preview_policy(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_compare_policy(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_list_policy_versions(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_fetch_proposal(SessionPtr session, v1::ClientFrame frame);
[[nodiscard]] Handled handle_reject_proposal(SessionPtr session, v1::ClientFrame frame);

}  // namespace holdspace::gateway
