// Notices: durable, then acknowledged, then the app hears of them.
#include <utility>

#include "client/client.hpp"
#include "client/notices.hpp"

namespace holdspace::client {

namespace asio = boost::asio;

asio::awaitable<void> Client::take_notices(std::shared_ptr<Connection> connection,
                                           v1::Notices notices) {
  if (notices.notices().empty()) co_return;
  NoticesTaken taken;
  {
    LocalStore::Transaction transaction(*store_);
    taken = keep_notices(*store_, identity_, notices);
    transaction.commit();
  }
  // One that was returned without an answer before is no longer unanswered.
  if (!taken.changed.empty()) pending_.reset();
  v1::ClientFrame frame;
  frame.mutable_ack_notices()->set_through(notices.notices().rbegin()->id());
  connection->post(std::move(frame));
  for (const auto& row : taken.changed) tell_change(row);
  for (const auto& notice : taken.fresh) {
    if (!notice.has_agreement()) continue;
    const auto& about = notice.agreement();
    const auto relationship = parse_bytes<16>(about.relationship_id());
    if (!relationship || (!about.in_force() && !about.revoked())) continue;
    const auto fetched = co_await fetch_agreement(*relationship);
    if (!fetched.has_value()) note("agreement: " + fetched.error().text);
  }
}

}  // namespace holdspace::client
