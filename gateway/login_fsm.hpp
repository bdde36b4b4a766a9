// What a connection may say before it is a session, and what the gateway does next. Events in, one
// action out: no I/O, no keys, no clock; session_login.cpp performs the actions. A device that does
// not exist walks the same way as one that does. docs/protocol.md sections 3.2 and 5, and rows
// 53-58 of section 16.
#pragma once

#include <cstdint>

#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

enum class LoginAction : std::uint8_t {
  look_up_device,         // of Hello, in the store
  send_challenge,         // with fresh nonces; for an unknown device too
  check_signature,        // of Auth; for an unknown device against a key that nobody holds
  enter,                  // the device is who it says: register the session, send Welcome
  look_up_invite,         // of RedeemOpen
  send_redeem_challenge,  // with the packet
  check_claim,            // of Redeem; a wrong one costs the invite a try
  redeem,                 // one store function makes the account
  answer_redeemed,        // send Redeemed, close 1000: the device logs in on a new connection
  answer_not_found,       // Error NOT_FOUND, then close 4401
  answer_conflict,        // Error CONFLICT (the account id is taken), then close 4401
  answer_pair_exists,  // Error PAIR_EXISTS (the two may not have a relationship), then close 4401
  answer_invalid,      // Error INVALID_ARGUMENT (certificate and list do not belong together), then
                       // close 4401
  answer_unavailable,  // Error UNAVAILABLE, then close 1001: nothing was decided
  answer_uncertain,    // Error UNCERTAIN, then close 1001: the redeem may have happened; log in to
                       // see
  close_unauthenticated,  // 4401, one close for every cause
  close_limited,          // 4429: too many failures for this account or address
};

// One store lookup or check, as the machine sees it.
enum class LookedUp : std::uint8_t { found, unknown, unavailable };
enum class Checked : std::uint8_t {
  good,
  bad,      // wrong signature, revoked device, unknown device
  limited,  // the same, and the account or the address has failed too often
};
enum class ClaimChecked : std::uint8_t { good, bad_claim, bad_account };
enum class RedeemDone : std::uint8_t {
  redeemed,
  gone,
  account_taken,
  pair_exists,
  unavailable,
  uncertain
};

// One connection, one thread. Every event that the state does not expect ends the login: one
// attempt for each connection.
class LoginFsm {
 public:
  [[nodiscard]] LoginAction on_frame(v1::ClientFrame::BodyCase kind);
  [[nodiscard]] LoginAction on_device(LookedUp result);
  [[nodiscard]] LoginAction on_signature(Checked result);
  [[nodiscard]] LoginAction on_invite(LookedUp result);
  [[nodiscard]] LoginAction on_claim(ClaimChecked result);
  [[nodiscard]] LoginAction on_redeem(RedeemDone result);

  [[nodiscard]] bool entered() const { return state_ == State::entered; }

 private:
  enum class State : std::uint8_t {
    start,              // waits for Hello or RedeemOpen
    finding_device,     // the store is asked
    challenged,         // waits for Auth
    checking,           // the signature is checked
    entered,            // a session
    finding_invite,     // the store is asked
    redeem_challenged,  // waits for Redeem
    checking_claim,     // the claim is checked
    redeeming,          // the store makes the account
    finished,           // answered or refused; the connection closes
  };

  LoginAction finish(LoginAction action);
  LoginAction advance(State next, LoginAction action);

  State state_ = State::start;
};

}  // namespace holdspace::gateway
