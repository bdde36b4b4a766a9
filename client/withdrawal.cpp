#include "client/withdrawal.hpp"

#include <algorithm>

#include "client/outbox.hpp"

namespace holdspace::client {
namespace {

bool counts(const records::OutboxRow& row) {
  if (row.withdrawal() == records::ASKED || row.withdrawal() == records::ANEW) return true;
  return row.state() != records::REFUSED && row.state() != records::WITHDRAWN &&
         row.state() != records::RETURNED;
}

records::OutboxRow load_row(const LocalStore& store, const std::string& outbox_id) {
  auto row = load<records::OutboxRow>(store, Table::outbox, std::string_view(outbox_id));
  if (!row) throw StoreFailure("a message vanished from the outbox");
  return std::move(*row);
}

// Its place in the chain is free: it was withdrawn, or it never left this device.
bool is_free(const records::OutboxRow& row) {
  return row.state() == records::WITHDRAWN || was_never_sent(row);
}

}  // namespace

std::string stream_of(const records::OutboxRow& row) {
  return row.relationship_id() + static_cast<char>(row.lane());
}

std::string stream_of(const Draft& draft) {
  return to_string(draft.relationship_id) + static_cast<char>(draft.lane);
}

std::vector<StreamRow> stream_from(const LocalStore& store, const std::string& stream,
                                   const std::string& first_id) {
  std::vector<StreamRow> found;
  each_from<records::OutboxRow>(store, Table::outbox, first_id, [&](auto id, const auto& row) {
    if (stream_of(row) == stream && counts(row)) found.push_back({std::string(id), row});
    return true;
  });
  return found;
}

void ask_withdrawal(LocalStore& store, const std::string& outbox_id,
                    const std::string& replacement) {
  auto row = load_row(store, outbox_id);
  row.set_withdrawal(records::ASKED);
  row.set_replacement(replacement);
  save(store, Table::outbox, outbox_id, row);
}

void mark_withdrawn(LocalStore& store, const std::string& outbox_id) {
  auto row = load_row(store, outbox_id);
  row.set_state(records::WITHDRAWN);
  if (row.withdrawal() != records::ASKED) row.set_withdrawal(records::ANEW);
  save(store, Table::outbox, outbox_id, row);
}

std::vector<std::string> finish_withdrawal(LocalStore& store, const Identity& self,
                                           const std::string& stream, const std::string& first_id,
                                           crypto::Instant now) {
  std::vector<std::string> written;
  auto rows = stream_from(store, stream, first_id);
  const auto first = std::find_if(rows.begin(), rows.end(), [](const StreamRow& one) {
    return one.row.state() == records::WITHDRAWN;
  });
  if (first != rows.end()) rewind_chain(store, self, first->row);
  for (auto one = rows.begin(); one != rows.end(); ++one) {
    auto& row = one->row;
    const bool asked = row.withdrawal() == records::ASKED;
    if (one >= first && is_free(row)) {
      if (!asked || !row.replacement().empty()) {
        written.push_back(compose_again(store, self, row, row.replacement(), now));
        row.clear_message_ordinal();  // the entry is the other row's
      }
      row.set_state(records::WITHDRAWN);
    }
    row.set_withdrawal(records::NONE);
    row.clear_replacement();
    save(store, Table::outbox, one->outbox_id, row);
  }
  return written;
}

}  // namespace holdspace::client
