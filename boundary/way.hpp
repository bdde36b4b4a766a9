// Every gate between one message and its recipient, as one: the therapist's, the client's own hours
// and the agreed pause of the lane. Part of decide.hpp; nobody else needs it. docs/boundary.md,
// "The ladder".
#pragma once

#include <optional>

#include "boundary/decide.hpp"
#include "boundary/question.hpp"
#include "boundary/stretch.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

// The message passes when all are open. For one call: refers to the gates that it was given.
class Way {
 public:
  Way(const Gates& gates, const Facts& facts);

  // What the therapist's gate is asked.
  [[nodiscard]] const Question& question() const { return to_therapists_gate_; }

  [[nodiscard]] bool paused_at(Instant at) const { return pause_ && pause_->contains(at); }

  // Only for what reaches the client: the client's hours are not about what the client sends.
  [[nodiscard]] bool client_shut_at(Instant at) const;

  // The longest stretch around `at` in which the way stays open or stays shut, cut to `within`,
  // which must contain `at`.
  [[nodiscard]] Stretch stretch_at(Instant at, Interval within) const;

 private:
  [[nodiscard]] bool is_one_gate() const { return !pause_ && gates_.client == nullptr; }
  [[nodiscard]] bool open_at(Instant at) const;
  [[nodiscard]] Stretch step_at(Instant at, Interval within) const;
  [[nodiscard]] Stretch pause_at(Instant at, Interval within) const;

  Gates gates_;  // its client is null when it has no say
  Question to_therapists_gate_;
  Question to_clients_gate_;
  std::optional<Interval> pause_;
};

}  // namespace holdspace::boundary
