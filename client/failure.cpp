#include "client/failure.hpp"

namespace holdspace::client {

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

Failure refused(v1::ErrorCode code, const std::string& field, const std::string& text) {
  auto line = text.empty() ? describe_code(code) : text;
  if (!field.empty()) line += " (" + field + ")";
  return {FailureKind::refused, std::move(line), code};
}

}  // namespace holdspace::client
