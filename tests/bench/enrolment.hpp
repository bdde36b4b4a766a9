// Fills an empty gateway with people over the wire, as real ones come: the operator's invite makes
// an admin, the admin invites therapists, each therapist opens all hours and invites clients. Not
// measured; the accounts and keys are real, the invite packets are not (nobody opens them).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/conversation.hpp"
#include "tests/bench/loop.hpp"
#include "tests/bench/websocket.hpp"

namespace holdspace::bench {

struct Population {
  std::size_t pairs = 100;     // a client (2i) and its therapist (2i + 1)
  std::size_t bystanders = 0;  // further clients, who only connect
};

struct Enrolled {
  Practice practice;
  std::vector<Member> members;  // by Person number
};

// Every gated lane open in both directions all week, so that the boundary lets all mail pass, but
// for a closure until `closed_until_ms` (UTC; 0: none). `version` follows the one in force.
[[nodiscard]] v1::ClientFrame open_all_hours(const Member& therapist, std::uint64_t version,
                                             std::int64_t closed_until_ms);

// `code` is what `holdspace-operator practice-invite` printed. Throws std::runtime_error, naming
// what the gateway answered.
[[nodiscard]] Enrolled enrol_population(Loop& loop, const Endpoint& endpoint,
                                        const std::string& code, const Population& population);

}  // namespace holdspace::bench
