// Taking a message back: the questions to the gateway. What it does to the outbox is
// withdrawal.hpp's.
#include <algorithm>
#include <utility>

#include "client/client.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"
#include "client/withdrawal.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;

Failure failure(FailureKind kind, std::string text) {
  return {kind, std::move(text), {}};
}

Failure already_released() {
  return {FailureKind::refused, describe_code(v1::ALREADY_RELEASED), v1::ALREADY_RELEASED};
}

// The same question may get another answer later.
bool is_for_now(const Failure& failed) {
  if (failed.kind != FailureKind::refused) return true;
  return failed.code == v1::RATE_LIMITED || failed.code == v1::UNAVAILABLE ||
         failed.code == v1::UNCERTAIN || failed.code == v1::UNAUTHENTICATED;
}

std::optional<StreamRow> find_message(const LocalStore& store, const crypto::MessageId& id) {
  std::optional<StreamRow> found;
  each<records::OutboxRow>(store, Table::outbox, [&](auto outbox_id, const auto& row) {
    if (row.message_id() == to_string(id)) found = StreamRow{std::string(outbox_id), row};
    return !found;
  });
  return found;
}

}  // namespace

asio::awaitable<result<WithdrawReport, Failure>> Client::withdraw(crypto::MessageId message_id,
                                                                  std::string replacement) {
  if (!replacement.empty() && !is_sendable_text(replacement))
    co_return failure(FailureKind::bad_input, "the new text cannot be sent");
  if (!co_await take_lock(kMakeWayTimeout))
    co_return failure(FailureKind::profile_busy, "another holdspace program uses this profile");
  const auto found = find_message(*store_, message_id);
  if (!found)
    co_return failure(FailureKind::bad_input, "this device has no such message in its outbox");
  const auto state = found->row.state();
  if (was_sent_anew(found->row))
    co_return failure(FailureKind::bad_input, "it goes on under another id; see the outbox");
  const bool under_way =
      found->row.withdrawal() == records::ASKED || found->row.withdrawal() == records::ANEW;
  if (state == records::WITHDRAWN && !under_way) co_return WithdrawReport{};
  if (state == records::ACCEPTED_RELEASED) co_return already_released();
  if (state == records::REFUSED || state == records::RETURNED)
    co_return failure(FailureKind::bad_input, "this message is not with the gateway any more");
  {
    LocalStore::Transaction transaction(*store_);
    ask_withdrawal(*store_, found->outbox_id, replacement);
    transaction.commit();
  }
  pending_.reset();
  const auto written = co_await carry_out(stream_of(found->row));
  if (!written.has_value()) co_return written.error();
  WithdrawReport report;
  report.sent_anew = written->size();
  if (!replacement.empty() && !written->empty()) {
    --report.sent_anew;
    auto row = load<records::OutboxRow>(*store_, Table::outbox, std::string_view(written->front()));
    if (!row) throw StoreFailure("a message vanished from the outbox");
    report.replacement = SendReport{written->front(), std::move(*row)};
  }
  co_return report;
}

// Everything of the stream that its sender wants back, once. Returns the rows that were written
// again; they are sent when there is a connection.
asio::awaitable<result<std::vector<std::string>, Failure>> Client::carry_out(std::string stream) {
  const auto asked = pending().withdrawing.find(stream);
  if (asked == pending().withdrawing.end()) co_return std::vector<std::string>();
  const auto first_id = asked->second;
  if (!carrying_out_.insert(stream).second)
    co_return failure(FailureKind::not_answered, "a withdrawal is under way; try again");
  const auto taken = co_await take_back(stream, first_id);
  carrying_out_.erase(stream);
  pending_.reset();
  if (!taken.has_value() && is_for_now(taken.error())) co_return taken.error();
  std::vector<std::string> written;
  {
    LocalStore::Transaction transaction(*store_);
    written = finish_withdrawal(*store_, identity_, stream, first_id, now());
    transaction.commit();
  }
  std::vector<Unanswered> due;
  for (const auto& id : written) due.push_back({id, stream});
  co_await submit_in_order(std::move(due));
  if (!taken.has_value()) co_return taken.error();
  co_return written;
}

// The newest first: were an older one withdrawn alone, the recipient might be offered a newer one
// across the gap.
asio::awaitable<result<void, Failure>> Client::take_back(std::string stream, std::string first_id) {
  const auto settled = co_await settle_stream(stream, first_id);
  if (!settled.has_value()) co_return settled.error();
  const auto rows = stream_from(*store_, stream, first_id);
  if (rows.empty() || rows.front().outbox_id != first_id)
    co_return result<void, Failure>();  // it came back meanwhile
  const bool released = std::any_of(rows.begin(), rows.end(), [](const StreamRow& one) {
    return one.row.state() == records::ACCEPTED_RELEASED;
  });
  if (released) co_return already_released();
  for (auto one = rows.rbegin(); one != rows.rend(); ++one) {
    const bool wanted = one->row.withdrawal() == records::ASKED;
    if (one->row.state() == records::WITHDRAWN) continue;  // at an earlier try
    if (one->row.state() == records::ACCEPTED_HELD) {
      const auto asked = co_await ask_back(one->outbox_id);
      if (!asked.has_value()) co_return asked.error();
    } else if (wanted) {
      LocalStore::Transaction transaction(*store_);
      mark_withdrawn(*store_, one->outbox_id);
      transaction.commit();
    }
  }
  co_return result<void, Failure>();
}

// Every message of the stream from there on gets its answer, unless no gateway has it.
asio::awaitable<result<void, Failure>> Client::settle_stream(std::string stream,
                                                             std::string first_id) {
  const auto before = stream_from(*store_, stream, first_id);
  for (const auto& one : before) {
    if (has_answer(one.row)) continue;
    if (!was_never_sent(one.row) || submitting_.contains(one.outbox_id))
      co_await submit(one.outbox_id);
  }
  const auto after = stream_from(*store_, stream, first_id);
  for (const auto& one : after) {
    if (!has_answer(one.row) && !was_never_sent(one.row))
      co_return failure(is_connected() ? FailureKind::not_answered : FailureKind::unreachable,
                        "it is not certain yet what became of the message; it is withdrawn as soon "
                        "as that is known");
  }
  co_return result<void, Failure>();
}

// One held message, from the gateway's queues.
asio::awaitable<result<void, Failure>> Client::ask_back(std::string outbox_id) {
  const auto row = load<records::OutboxRow>(*store_, Table::outbox, std::string_view(outbox_id));
  if (!row) throw StoreFailure("a message vanished from the outbox");
  v1::Withdraw question;
  question.set_relationship_id(row->relationship_id());
  question.set_message_id(row->message_id());
  const auto answer = co_await exchange(std::move(question), &v1::ClientFrame::mutable_withdraw,
                                        &v1::ServerFrame::mutable_withdrawn);
  auto after = load<records::OutboxRow>(*store_, Table::outbox, std::string_view(outbox_id));
  if (!after) throw StoreFailure("a message vanished from the outbox");
  LocalStore::Transaction transaction(*store_);
  if (answer.has_value() && row->state() != records::WITHDRAWN) {
    mark_withdrawn(*store_, outbox_id);
  } else if (!answer.has_value() && answer.error().code == v1::ALREADY_RELEASED) {
    after->set_state(records::ACCEPTED_RELEASED);
    save(*store_, Table::outbox, std::string_view(outbox_id), *after);
  }
  transaction.commit();
  after = load<records::OutboxRow>(*store_, Table::outbox, std::string_view(outbox_id));
  if (after && after->state() != row->state()) tell_change(*after);
  if (!answer.has_value()) co_return answer.error();
  co_return result<void, Failure>();
}

asio::awaitable<void> Client::carry_out_all() {
  const auto due = pending();  // a copy: each one changes it
  for (const auto& [stream, first_id] : due.withdrawing) {
    const auto done = co_await carry_out(stream);
    if (!done.has_value()) note("withdraw: " + done.error().text);
  }
  for (const auto& id : due.withdraw_again) {
    const auto asked = co_await ask_back(id);
    if (!asked.has_value() && is_for_now(asked.error())) continue;
    LocalStore::Transaction transaction(*store_);
    auto row = load<records::OutboxRow>(*store_, Table::outbox, std::string_view(id));
    if (row && row->withdrawal() != records::NONE) {
      row->set_withdrawal(records::NONE);
      save(*store_, Table::outbox, std::string_view(id), *row);
    }
    transaction.commit();
    pending_.reset();
  }
}

}  // namespace holdspace::client
