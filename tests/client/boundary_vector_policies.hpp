// What the golden vectors are about: the policies, and the questions that are put to them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "boundary/decide.hpp"
#include "boundary/gate.hpp"

namespace holdspace::client::testing {

struct Question {
  std::size_t policy = 0;             // index
  std::optional<std::size_t> client;  // index of the client's own hours
  boundary::Facts facts;
  boundary::Instant at{};
};

[[nodiscard]] std::vector<boundary::Policy> vector_policies();

// `gates`: the policies, compiled. The questions follow each gate from change to change.
[[nodiscard]] std::vector<Question> vector_questions(const std::vector<boundary::Gate>& gates);

}  // namespace holdspace::client::testing
