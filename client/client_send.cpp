// Sending: durable first, then out, and what to do with each answer. The rules are outbox.hpp's;
// this is their hands.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "client/client.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"
#include "client/notices.hpp"
#include "client/outbox.hpp"
#include "client/withdrawal.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;

// How often a submit looks whether another one of the same message has ended.
constexpr std::chrono::milliseconds kTurnPoll{5};

Failure bad_input(std::string text) {
  return {FailureKind::bad_input, std::move(text), {}};
}

}  // namespace

asio::awaitable<result<SendReport, Failure>> Client::send(Draft draft) {
  if (!is_sendable_text(draft.text))
    co_return bad_input("a message is 1 to " + std::to_string(kTextBytesMax) +
                        " bytes of UTF-8 text");
  if (!store_->get(Table::relationship, to_string(draft.relationship_id)))
    co_return bad_input("no such relationship in this profile");
  if (!co_await take_lock(kMakeWayTimeout))
    co_return Failure{FailureKind::profile_busy, "another holdspace program uses this profile", {}};
  if (!is_connected()) pending_.reset();
  if (unanswered().size() >= kOutboxWaitingMax)
    co_return bad_input("the outbox is full of messages that could not be sent yet");
  const auto stream = stream_of(draft);
  // Nothing goes behind a message that is wanted back while that is not known to be possible.
  static_cast<void>(co_await carry_out(stream));
  const auto id = write_draft(draft);
  // What was written before to the same person on the same lane goes first.
  if (pending_) pending_->unanswered.emplace(id, stream);
  auto due = unanswered();
  std::erase_if(due, [&stream, &id](const Unanswered& one) {
    return one.stream != stream || one.outbox_id > id;
  });
  co_await submit_in_order(std::move(due));
  auto row = load<records::OutboxRow>(*store_, Table::outbox, id);
  if (!row) throw StoreFailure("a message vanished from the outbox");
  co_return SendReport{id, std::move(*row)};
}

// With everything at hand the message is written and sealed in one transaction; otherwise it is
// written first, so that it cannot be lost while keys are fetched. Behind a withdrawal it is not
// sealed yet: it may take another place.
std::string Client::write_draft(const Draft& draft) {
  if (!pending().withdrawing.contains(stream_of(draft))) {
    LocalStore::Transaction transaction(*store_);
    const auto id = compose(*store_, identity_, draft, now());
    auto row = load<records::OutboxRow>(*store_, Table::outbox, id).value();
    if (seal_row(*store_, identity_, row, {}, now()).has_value()) {
      save(*store_, Table::outbox, id, row);
      transaction.commit();
      tell_submit(row);
      return id;
    }
  }
  LocalStore::Transaction transaction(*store_);
  auto id = compose(*store_, identity_, draft, now());
  transaction.commit();
  tell_submit(load<records::OutboxRow>(*store_, Table::outbox, id).value());
  return id;
}

bool Client::try_seal(const std::string& outbox_id, const FetchedPrekeys& prekeys,
                      std::optional<SealNeed>& need) {
  LocalStore::Transaction transaction(*store_);
  auto row = load<records::OutboxRow>(*store_, Table::outbox, outbox_id);
  if (!row) return false;
  const auto sealed = seal_row(*store_, identity_, *row, prekeys, now());
  if (!sealed.has_value()) {
    need = sealed.error();
    return false;
  }
  save(*store_, Table::outbox, outbox_id, *row);
  transaction.commit();
  return true;
}

// Each gap is filled at most once for each round of fetching; a gap that comes back is not filled
// again.
asio::awaitable<bool> Client::seal(std::string outbox_id) {
  FetchedPrekeys prekeys;
  constexpr int kFetchesMax =
      6;  // relationship, devices and prekeys of the peer and of the own account
  for (int fetches = 0; fetches <= kFetchesMax; ++fetches) {
    std::optional<SealNeed> need;
    if (try_seal(outbox_id, prekeys, need)) co_return true;
    if (!need) co_return false;
    if (!is_connected()) co_return false;
    auto failed = co_await fill_gap(*need, &prekeys);
    if (failed) {
      give_up(outbox_id, failed->text);
      co_return false;
    }
  }
  give_up(outbox_id, "the recipient's keys could not be fetched");
  co_return false;
}

// Fetches what sealing lacks; what cannot be fetched is the failure.
asio::awaitable<std::optional<Failure>> Client::fill_gap(SealNeed need, FetchedPrekeys* prekeys) {
  switch (need.gap) {
    case SealGap::no_peer_yet: {
      const auto listed = co_await relationships();
      if (!listed.has_value()) co_return listed.error();
      bool redeemed = false;
      each<records::Relationship>(*store_, Table::relationship,
                                  [&redeemed](auto, const auto& known) {
                                    redeemed = redeemed || !known.peer_account_id().empty();
                                    return true;
                                  });
      if (!redeemed) co_return bad_input("the invite has not been redeemed yet");
      co_return std::nullopt;
    }
    case SealGap::devices: {
      const auto fetched = co_await devices(need.account);
      if (!fetched.has_value()) co_return fetched.error();
      co_return std::nullopt;
    }
    case SealGap::prekeys: {
      v1::ClientFrame frame;
      frame.mutable_fetch_prekeys()->set_account_id(to_string(need.account));
      for (const auto device : need.devices) frame.mutable_fetch_prekeys()->add_device_ids(device);
      const auto answer = co_await ask(std::move(frame));
      if (!answer.has_value()) co_return answer.error();
      for (const auto& device : answer->prekeys().devices())
        (*prekeys)[{need.account, device.device_id()}] = device;
      co_return std::nullopt;
    }
    case SealGap::bad_prekeys:
      co_return Failure{FailureKind::untrusted,
                        "the keys that the gateway offers for the recipient do not verify",
                        {}};
    case SealGap::session_dead:
      co_return Failure{FailureKind::untrusted, "the session with the recipient is unusable", {}};
    case SealGap::unknown_relationship:
      co_return bad_input("no such relationship in this profile");
    case SealGap::too_large:
      co_return bad_input("the text is too long for so many devices");
  }
  co_return std::nullopt;
}

// The row stays and says why it did not go out.
void Client::give_up(const std::string& outbox_id, std::string why) {
  LocalStore::Transaction transaction(*store_);
  auto row = load<records::OutboxRow>(*store_, Table::outbox, outbox_id);
  if (!row) return;
  row->set_error_text(std::move(why));
  save(*store_, Table::outbox, outbox_id, *row);
  transaction.commit();
}

asio::awaitable<void> Client::submit(std::string outbox_id) {
  if (!submitting_.insert(outbox_id).second) {
    // Somebody else is at it; the outcome is theirs.
    asio::steady_timer timer(executor_);
    while (submitting_.contains(outbox_id)) {
      timer.expires_after(kTurnPoll);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return;
  }
  int reseals = 0;
  for (int tries = 0; tries < kSubmitTriesMax && is_connected();) {
    auto row = load<records::OutboxRow>(*store_, Table::outbox, outbox_id);
    if (!row || has_answer(*row) || row->state() == records::UNSIGNED) break;
    if (row->send().empty()) {
      if (!co_await seal(outbox_id)) break;
      continue;
    }
    v1::ClientFrame frame;
    if (!frame.mutable_send()->ParseFromString(row->send()))
      throw StoreFailure("a message of the outbox is damaged");
    const auto connection = connection_;
    const auto answer = co_await connection->request(std::move(frame));
    ++tries;
    // Meanwhile a notice may have said what became of it, or the person wants it back.
    row = load<records::OutboxRow>(*store_, Table::outbox, outbox_id);
    if (!row || has_answer(*row)) break;
    const auto step =
        answer.has_value() ? settle(*row, *answer, store_now()) : settle_unanswered(*row);
    if (step == NextStep::reseal || step == NextStep::reagree) row->clear_send();
    if (answer.has_value() && answer->accepted().duplicate()) replay_notices(*store_, *row);
    finish_submit(outbox_id, *row);
    tell_answer(*row);
    if (step == NextStep::done || step == NextStep::later) break;
    if (step != NextStep::resend && ++reseals > kResealRoundsMax) break;
    co_await follow_up(step, std::move(*row));
  }
  submitting_.erase(outbox_id);
}

void Client::finish_submit(const std::string& outbox_id, const records::OutboxRow& row) {
  LocalStore::Transaction transaction(*store_);
  save(*store_, Table::outbox, outbox_id, row);
  if (row.state() == records::REFUSED) take_back_from_chain(*store_, identity_, row);
  transaction.commit();
  if (pending_ && has_answer(row)) pending_->unanswered.erase(outbox_id);
}

// What comes before the next try of a row that was not taken.
asio::awaitable<void> Client::follow_up(NextStep step, records::OutboxRow row) {
  switch (step) {
    case NextStep::done:
    case NextStep::later:
      break;
    case NextStep::resend: {
      asio::steady_timer timer(executor_, kResendPause);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      break;
    }
    case NextStep::reseal:
      co_await refresh_devices(std::move(row));
      break;
    case NextStep::reagree: {
      const auto relationship = parse_bytes<16>(row.relationship_id());
      const auto fetched = co_await fetch_agreement(relationship.value());
      if (!fetched.has_value()) note("agreement: " + fetched.error().text);
      break;
    }
  }
}

// After MISMATCH: the newest verified lists of the peer and of the own account. What cannot be
// fetched now shows itself at the next round.
asio::awaitable<void> Client::refresh_devices(records::OutboxRow row) {
  const auto relationship =
      load<records::Relationship>(*store_, Table::relationship, row.relationship_id());
  if (!relationship) co_return;
  if (const auto peer = parse_bytes<16>(relationship->peer_account_id())) {
    const auto fetched = co_await devices(*peer);
    if (!fetched.has_value()) note("devices: " + fetched.error().text);
  }
  if (identity_.device.list->active.size() > 1) {
    const auto fetched = co_await devices(identity_.account_id());
    if (!fetched.has_value()) note("devices: " + fetched.error().text);
  }
}

Client::Pending& Client::pending() {
  if (pending_) return *pending_;
  pending_.emplace();
  each<records::OutboxRow>(*store_, Table::outbox, [this](auto id, const auto& row) {
    if (!has_answer(row)) pending_->unanswered.emplace(id, stream_of(row));
    if (row.withdrawal() == records::ASKED) pending_->withdrawing.emplace(stream_of(row), id);
    if (row.withdrawal() == records::AGAIN) pending_->withdraw_again.emplace_back(id);
    return true;
  });
  return *pending_;
}

std::vector<Client::Unanswered> Client::unanswered() {
  std::vector<Unanswered> found;
  for (const auto& [id, stream] : pending().unanswered) found.push_back({id, stream});
  return found;
}

// A message that gets no answer holds back the newer ones of its stream: overtaken, it would reach
// the reader after them. So does one that its sender wants back.
asio::awaitable<void> Client::submit_in_order(std::vector<Unanswered> due) {
  std::set<std::string> stuck;
  for (const auto& one : due) {
    if (!is_connected()) break;
    if (stuck.contains(one.stream) || pending().withdrawing.contains(one.stream)) continue;
    co_await submit(one.outbox_id);
    const auto row = load<records::OutboxRow>(*store_, Table::outbox, one.outbox_id);
    if (row && !has_answer(*row)) stuck.insert(one.stream);
  }
}

asio::awaitable<std::size_t> Client::flush() {
  co_await carry_out_all();
  co_await submit_in_order(unanswered());
  co_return unanswered().size();
}

}  // namespace holdspace::client
