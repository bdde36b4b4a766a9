#include "client/retry.hpp"

#include <algorithm>

#include "client/compose.hpp"
#include "client/people.hpp"
#include "client/seal.hpp"

namespace holdspace::client {
namespace {

// What an honest sender's second sealing could mend. A discontinuity is not among them: whoever
// sent it would be given the message.
bool is_mendable(crypto::OpenError error) {
  switch (error) {
    case crypto::OpenError::unknown_session:
    case crypto::OpenError::altered:
    case crypto::OpenError::jump_too_far:
    case crypto::OpenError::handshake_failed:
      return true;
    case crypto::OpenError::malformed:
    case crypto::OpenError::wrong_size_class:
    case crypto::OpenError::not_for_us:
    case crypto::OpenError::duplicate:
    case crypto::OpenError::invalid_header:
    case crypto::OpenError::discontinuity:
      return false;
  }
  return false;
}

records::RetryMark load_mark(const LocalStore& store, const crypto::DeviceAddress& device) {
  return load<records::RetryMark>(store, Table::retry, session_id(device))
      .value_or(records::RetryMark());
}

std::string tell_discontinuity(LocalStore& store, const Identity& self, const crypto::Env& env,
                               records::RetryMark& mark, crypto::Instant now) {
  if (now < from_ms(mark.told_at_ms()) + kDiscontinuityPause) return {};
  mark.set_told_at_ms(to_ms(now));
  save(store, Table::retry, session_id(env.sender), mark);
  return compose_control(store, self, {env.relationship_id, env.lane, {}},
                         {kDiscontinuity, to_string(env.session_id)}, now);
}

std::optional<std::string> find_row(const LocalStore& store, const std::string& message_id) {
  std::optional<std::string> found;
  each<records::OutboxRow>(store, Table::outbox, [&](auto id, const auto& row) {
    if (row.message_id() == message_id) found = std::string(id);
    return !found;
  });
  return found;
}

}  // namespace

RetryStep next_retry(records::RetryMark& mark, crypto::OpenError error,
                     const crypto::MessageId& message_id, crypto::Instant now) {
  if (!is_mendable(error)) return RetryStep::nothing;
  if (now >= from_ms(mark.first_asked_at_ms()) + kRetryPause) {
    mark.clear_asked();
    mark.set_first_asked_at_ms(to_ms(now));
  }
  const auto id = to_string(message_id);
  const auto& asked = mark.asked();
  if (asked.size() >= kRetryAsksMax || std::find(asked.begin(), asked.end(), id) != asked.end())
    return RetryStep::nothing;
  mark.add_asked(id);
  mark.set_unopened(mark.unopened() + 1);
  if (mark.unopened() < 2 || now < from_ms(mark.renewed_at_ms()) + crypto::kRenewPause)
    return RetryStep::ask;
  mark.set_renewed_at_ms(to_ms(now));
  return RetryStep::ask_in_new_session;
}

bool may_seal_again(const records::OutboxRow& row, const records::Peer& peer, crypto::Instant now) {
  return row.state() == records::ACCEPTED_RELEASED && row.control() == 0 && !row.sealed_again() &&
         now < from_ms(row.created_at_ms()) + kRetryLife && peer.pinned() &&
         row.sealed_to() == peer.account_key();
}

std::string ask_again(LocalStore& store, const Identity& self, const crypto::Env& env,
                      crypto::OpenError error, crypto::Instant now) {
  const auto peer = load<records::Peer>(store, Table::peer, env.sender.account_id);
  if (!peer || !peer->pinned() || !store.get(Table::session, session_id(env.sender))) return {};
  auto mark = load_mark(store, env.sender);
  if (error == crypto::OpenError::discontinuity)
    return tell_discontinuity(store, self, env, mark, now);
  const auto step = next_retry(mark, error, env.message_id, now);
  if (step == RetryStep::nothing) return {};
  save(store, Table::retry, session_id(env.sender), mark);
  const auto id = compose_control(store, self, {env.relationship_id, env.lane, {}},
                                  {kRetryRequest, to_string(env.message_id)}, now);
  if (step == RetryStep::ask_in_new_session) {
    auto row = load<records::OutboxRow>(store, Table::outbox, std::string_view(id)).value();
    row.set_new_session_with(session_id(env.sender));
    save(store, Table::outbox, id, row);
  }
  return id;
}

void note_opened(LocalStore& store, const crypto::DeviceAddress& device) {
  auto mark = load_mark(store, device);
  if (mark.unopened() == 0) return;
  mark.set_unopened(0);
  save(store, Table::retry, session_id(device), mark);
}

std::string answer_request(LocalStore& store, const Identity& self, const crypto::Env& env,
                           const v1::Control& request, crypto::Instant now) {
  const auto peer = load<records::Peer>(store, Table::peer, env.sender.account_id);
  const auto found = find_row(store, request.value());
  if (!peer || !found) return {};
  const auto devices = held_devices(env.sender.account_id, *peer);
  if (!devices || devices->find(env.sender.device_id) == nullptr) return {};
  auto row = load<records::OutboxRow>(store, Table::outbox, std::string_view(*found)).value();
  if (row.relationship_id() != to_string(env.relationship_id) || !may_seal_again(row, *peer, now))
    return {};
  row.set_sealed_again(true);
  save(store, Table::outbox, *found, row);
  return compose_repeat(store, self, row, now);
}

}  // namespace holdspace::client
