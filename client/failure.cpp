#include "client/failure.hpp"

namespace holdspace::client {
namespace {

// Codes whose words here tell a person the next step; the gateway knows no programs.
bool says_what_to_do(v1::ErrorCode code) {
  return code == v1::AGREEMENT_NEEDED || code == v1::ALREADY_RELEASED ||
         code == v1::STALE_RELATIONSHIP || code == v1::HELD_ITEMS_LEFT ||
         code == v1::SIGNATURE_NEEDED;
}

}  // namespace

std::string describe_code(v1::ErrorCode code) {
  switch (code) {
    case v1::INVALID_ARGUMENT:
      return "the gateway does not accept the request";
    case v1::UNSUPPORTED_VERSION:
      return "the gateway is older than this program";
    case v1::TOO_LARGE:
      return "too large";
    case v1::UNAUTHENTICATED:
      return "the gateway does not let this device in";
    case v1::PERMISSION_DENIED:
      return "not allowed for this role, or in the present state of the relationship";
    case v1::NOT_FOUND:
      return "unknown, expired, used or revoked";
    case v1::MISMATCH:
      return "the recipient's devices have changed";
    case v1::CONFLICT:
      return "an earlier version of this message was accepted; it stays";
    case v1::QUOTA:
      return "too many messages are waiting for the recipient";
    case v1::RATE_LIMITED:
      return "too many requests in a short time; try again in a moment";
    case v1::ENDED:
      return "the relationship has ended";
    case v1::STALE_POLICY:
      return "the policy was changed meanwhile; look at it again and apply again";
    case v1::REFUSED:
      return "the boundary rules do not take this message now";
    case v1::STALE_LIST:
      return "the device list was changed meanwhile";
    case v1::AGREEMENT_NEEDED:
      return "both have to sign the terms first: read and sign them";
    case v1::ALREADY_RELEASED:
      return "it was passed on already: the recipient may have it, so it stays";
    case v1::STALE_RELATIONSHIP:
      return "the relationship was changed meanwhile; look at it again and ask again";
    case v1::HELD_ITEMS_LEFT:
      return "held messages are left: list them and release, return or hand over each, then finish";
    case v1::SIGNATURE_NEEDED:
      return "this widens somebody's hours, and only they can sign that: apply it on their device";
    case v1::PAIR_EXISTS:
      return "these two people have a relationship already, or may not have one";
    case v1::UNAVAILABLE:
      return "the service is not available; try again later";
    case v1::UNCERTAIN:
      return "the service does not know whether it was done";
    case v1::ERROR_CODE_UNSPECIFIED:
    case v1::ErrorCode_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ErrorCode_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "refused for a reason that this program does not know";
}

Failure refused(const v1::Error& error) {
  const auto code = error.code();
  auto line = error.text().empty() || says_what_to_do(code) ? describe_code(code) : error.text();
  if (code == v1::HELD_ITEMS_LEFT) line += "; " + std::to_string(error.items_left()) + " left";
  if (!error.field().empty()) line += " (" + error.field() + ")";
  return {FailureKind::refused, std::move(line), code};
}

}  // namespace holdspace::client
