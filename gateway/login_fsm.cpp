// See login_fsm.hpp.
#include "gateway/login_fsm.hpp"

namespace holdspace::gateway {

LoginAction LoginFsm::finish(LoginAction action) {
  return advance(State::finished, action);
}

LoginAction LoginFsm::advance(State next, LoginAction action) {
  state_ = next;
  return action;
}

LoginAction LoginFsm::on_frame(v1::ClientFrame::BodyCase kind) {
  if (state_ == State::start && kind == v1::ClientFrame::kHello)
    return advance(State::finding_device, LoginAction::look_up_device);
  if (state_ == State::start && kind == v1::ClientFrame::kRedeemOpen)
    return advance(State::finding_invite, LoginAction::look_up_invite);
  if (state_ == State::challenged && kind == v1::ClientFrame::kAuth)
    return advance(State::checking, LoginAction::check_signature);
  if (state_ == State::redeem_challenged && kind == v1::ClientFrame::kRedeem)
    return advance(State::checking_claim, LoginAction::check_claim);
  return finish(LoginAction::close_unauthenticated);
}

LoginAction LoginFsm::on_device(LookedUp result) {
  if (state_ != State::finding_device) return finish(LoginAction::close_unauthenticated);
  if (result == LookedUp::unavailable) return finish(LoginAction::answer_unavailable);
  // Found and unknown get the same challenge.
  return advance(State::challenged, LoginAction::send_challenge);
}

LoginAction LoginFsm::on_signature(Checked result) {
  if (state_ != State::checking) return finish(LoginAction::close_unauthenticated);
  switch (result) {
    case Checked::good:
      return advance(State::entered, LoginAction::enter);
    case Checked::bad:
      return finish(LoginAction::close_unauthenticated);
    case Checked::limited:
      return finish(LoginAction::close_limited);
  }
  return finish(LoginAction::close_unauthenticated);
}

LoginAction LoginFsm::on_invite(LookedUp result) {
  if (state_ != State::finding_invite) return finish(LoginAction::close_unauthenticated);
  switch (result) {
    case LookedUp::found:
      return advance(State::redeem_challenged, LoginAction::send_redeem_challenge);
    case LookedUp::unknown:
      return finish(LoginAction::answer_not_found);
    case LookedUp::unavailable:
      return finish(LoginAction::answer_unavailable);
  }
  return finish(LoginAction::close_unauthenticated);
}

LoginAction LoginFsm::on_claim(ClaimChecked result) {
  if (state_ != State::checking_claim) return finish(LoginAction::close_unauthenticated);
  switch (result) {
    case ClaimChecked::good:
      return advance(State::redeeming, LoginAction::redeem);
    case ClaimChecked::bad_claim:
      return finish(LoginAction::answer_not_found);
    case ClaimChecked::bad_account:
      return finish(LoginAction::answer_invalid);
  }
  return finish(LoginAction::close_unauthenticated);
}

LoginAction LoginFsm::on_redeem(RedeemDone result) {
  if (state_ != State::redeeming) return finish(LoginAction::close_unauthenticated);
  switch (result) {
    case RedeemDone::redeemed:
      return finish(LoginAction::answer_redeemed);
    case RedeemDone::gone:
      return finish(LoginAction::answer_not_found);
    case RedeemDone::account_taken:
      return finish(LoginAction::answer_conflict);
    case RedeemDone::pair_exists:
      return finish(LoginAction::answer_pair_exists);
    case RedeemDone::unavailable:
      return finish(LoginAction::answer_unavailable);
    case RedeemDone::uncertain:
      return finish(LoginAction::answer_uncertain);
  }
  return finish(LoginAction::close_unauthenticated);
}

}  // namespace holdspace::gateway
