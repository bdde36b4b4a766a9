// This machine's clock: for what is written into certificates, for display and for age limits.
// Never decides whether a message may pass; the store's clock does.
#pragma once

#include "crypto/bytes.hpp"

namespace holdspace::client {

[[nodiscard]] crypto::Instant now();

}  // namespace holdspace::client
