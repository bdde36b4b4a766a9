// A result's error, or empty when it has a value: result::error() would then give the first
// enumerator, which is an error, too.
#pragma once

#include <optional>

namespace holdspace::crypto::testing {

template <class Result>
[[nodiscard]] auto error_of(const Result& result) {
  return result.has_value() ? std::nullopt : std::optional(result.error());
}

}  // namespace holdspace::crypto::testing
