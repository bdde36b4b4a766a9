// One connection on its way in: the state between its first frame and its login or redeemed invite.
// Split over two files by what comes in: session_login.cpp (a device) and session_redeem.cpp (an
// invite). Part of session_login.hpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "crypto/claim.hpp"
#include "crypto/login.hpp"
#include "gateway/connection.hpp"
#include "gateway/login_fsm.hpp"
#include "gateway/session.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

// Its thread only; lives as long as its coroutine pass().
class Entrance {
 public:
  Entrance(std::shared_ptr<Worker> worker, std::shared_ptr<Connection> connection);

  // Who logged in; nothing when the connection was answered and closed instead.
  [[nodiscard]] boost::asio::awaitable<std::optional<Identity>> pass();

 private:
  // The action that follows at once; none when the peer's next frame is awaited or the login is
  // over.
  using Next = std::optional<LoginAction>;

  boost::asio::awaitable<Next> perform(LoginAction action);
  void answer(v1::Error error, CloseCode code);
  void refuse(CloseCode code);

  // A device.
  bool read_hello();
  boost::asio::awaitable<Next> look_up_device();
  bool take_certificate(const std::string& signed_cert);
  void send_challenge();
  LoginAction check_signature();

  // An invite.
  boost::asio::awaitable<Next> look_up_invite();
  void send_redeem_challenge();
  boost::asio::awaitable<Next> check_claim();
  boost::asio::awaitable<Next> redeem();
  void answer_redeemed();

  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Connection> connection_;
  LoginFsm fsm_;
  v1::ClientFrame frame_;  // the newest
  std::chrono::milliseconds limit_wait_{0};
  std::string wrong_field_;

  storage::PracticeId practice_;
  storage::DeviceRef device_;
  storage::Role role_ = storage::Role::client;
  bool known_ = true;
  crypto::LoginTranscript transcript_;
  std::optional<crypto::Verified<crypto::DeviceCert>> cert_;
  std::optional<Identity> identity_;

  storage::InviteId invite_id_;
  storage::OpenInvite invite_;
  crypto::RedeemChallenge challenge_;
  std::optional<crypto::NewAccount> account_;
};

}  // namespace holdspace::gateway
