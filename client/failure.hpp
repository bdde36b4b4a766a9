// Why an operation of the SDK did not succeed: a kind to act upon and one line for a person.
#pragma once

#include <cstdint>
#include <string>

#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

enum class FailureKind : std::uint8_t {
  unreachable,    // no connection to the gateway: try again later
  not_answered,   // sent, and no answer came: it may or may not have been done
  refused,        // a definite Error of the gateway; `code` says which
  login_refused,  // the gateway does not let this device in
  wrong_gateway,  // the other side does not hold the pinned gateway key: do not go on
  profile_busy,   // another program uses this profile and does not make way
  bad_input,      // what the caller gave cannot be used
  untrusted,      // what the gateway sent does not verify
};

struct Failure {
  FailureKind kind{};
  std::string text;
  v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;  // refused
};

// Words for a code: what happened, and what to do next where a person can do something.
[[nodiscard]] std::string describe_code(v1::ErrorCode code);

// One line for an Error frame: its own text, or words for its code when it has none or when they
// say what to do next.
[[nodiscard]] Failure refused(const v1::Error& error);

}  // namespace holdspace::client
