// AckNotices: the device has stored what it was told. Only what this session pushed counts; there
// is no answer but an error. docs/protocol.md section 11.
#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

Handled handle_ack_notices(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto through = frame.ack_notices().through();
  auto& fsm = session->notices().fsm();
  const auto state = fsm.ack_state(through);
  if (state == NoticeFsm::AckState::done) co_return;
  if (state == NoticeFsm::AckState::never) {
    if (id != 0) session->reply(id, make_error(v1::NOT_FOUND));
    co_return;
  }
  const StoreTimer timer(worker->gateway.metrics);
  const auto done =
      co_await worker->notices.ack_notices(who.practice, who.device, through, request_deadline());
  if (!done.has_value()) {
    if (id != 0) session->reply(id, to_error(done.error()));
    co_return;
  }
  fsm.acknowledged(through);
  session->notices().wake();  // the window has room
}

}  // namespace holdspace::gateway
