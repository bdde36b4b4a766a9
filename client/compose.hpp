// From a text to a row of the outbox, and back: each message takes the next place in the chain of
// what this device writes in one relationship and lane, and one that never reached its recipient
// gives its place up, so that the recipient sees no gap. Works inside the caller's transaction.
// docs/protocol.md section 10.2.
#pragma once

#include <string>

#include "client/identity.hpp"
#include "crypto/env.hpp"

namespace holdspace::client {

struct Draft {
  crypto::RelationshipId relationship_id{};
  crypto::Lane lane = crypto::Lane::routine;
  std::string text;
};

// Writes the outbox row and the history's entry; returns the row's id in table outbox. The text
// must be sendable.
[[nodiscard]] std::string compose(LocalStore& store, const Identity& self, const Draft& draft,
                                  crypto::Instant now);

// The message of `old` at the end of its chain, under another id and with a row of its own, which
// the history's entry goes over to. `replacement`: the text instead; empty: the same one.
[[nodiscard]] std::string compose_again(LocalStore& store, const Identity& self,
                                        const records::OutboxRow& old,
                                        const std::string& replacement, crypto::Instant now);

struct ControlText {
  std::string name;
  std::string value;
};
// A control message for the devices of the relationship; `place.text` is not used, and the history
// has no entry for it. Returns the row's id in table outbox.
[[nodiscard]] std::string compose_control(LocalStore& store, const Identity& self,
                                          const Draft& place, const ControlText& control,
                                          crypto::Instant now);

// The message of `row` once more, as `repeat_of` it, for a reader whose copy did not open. The
// history has its entry already.
[[nodiscard]] std::string compose_repeat(LocalStore& store, const Identity& self,
                                         const records::OutboxRow& row, crypto::Instant now);

// A message that did not reach its recipient leaves no gap when nothing was written after it.
void take_back_from_chain(LocalStore& store, const Identity& self, const records::OutboxRow& row);

// The chain ends before `row` again. Nothing that was written after it may have reached the
// recipient.
void rewind_chain(LocalStore& store, const Identity& self, const records::OutboxRow& row);

}  // namespace holdspace::client
