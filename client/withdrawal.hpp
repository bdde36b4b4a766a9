// Taking a held message back, as far as it is this device's own affair: what of its stream has to
// come back with it, and how the chain closes over the place. The questions to the gateway are
// Client's (client_withdraw.cpp). Works inside the caller's transaction.
//
// A stream is one relationship and lane. The recipient checks its chain, so a message in the middle
// cannot vanish alone: the later ones are withdrawn too, newest first, and written again behind the
// place. While a withdrawal is under way nothing of the stream is sent.
#pragma once

#include <string>
#include <vector>

#include "client/compose.hpp"
#include "client/identity.hpp"

namespace holdspace::client {

// Relationship and lane: what keeps an order among its messages.
[[nodiscard]] std::string stream_of(const records::OutboxRow& row);
[[nodiscard]] std::string stream_of(const Draft& draft);

struct StreamRow {
  std::string outbox_id;
  records::OutboxRow row;
};

// Those of the stream from `first_id` on that stand in its chain as the recipient sees it or will
// see it, and those whose withdrawal is under way; oldest first.
[[nodiscard]] std::vector<StreamRow> stream_from(const LocalStore& store, const std::string& stream,
                                                 const std::string& first_id);

// The person wants it back. `replacement`: what goes out instead; empty: nothing.
void ask_withdrawal(LocalStore& store, const std::string& outbox_id,
                    const std::string& replacement);

// The gateway has given it back, or never had it. One that nobody asked for is written again.
void mark_withdrawn(LocalStore& store, const std::string& outbox_id);

// Ends the withdrawal of the stream that began at `first_id`, whether it went through or not:
// closes the chain where the first withdrawn message stood, and writes the replacement and the
// later messages again behind it. Those still waiting to be sent move along. Returns the rows
// written.
std::vector<std::string> finish_withdrawal(LocalStore& store, const Identity& self,
                                           const std::string& stream, const std::string& first_id,
                                           crypto::Instant now);

}  // namespace holdspace::client
