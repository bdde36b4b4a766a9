#include "client/notices.hpp"

#include "client/compose.hpp"
#include "client/outbox.hpp"

namespace holdspace::client {
namespace {

void forget_oldest(LocalStore& store) {
  const auto count = store.count(Table::notice);
  if (count <= kNoticesKeptMax) return;
  std::vector<std::string> over;
  store.scan(Table::notice, {}, [&](std::string_view id, const auto&) {
    over.emplace_back(id);
    return over.size() < count - kNoticesKeptMax;
  });
  for (const auto& id : over) store.erase(Table::notice, id);
}

}  // namespace

NoticesTaken keep_notices(LocalStore& store, const Identity& self, const v1::Notices& notices) {
  NoticesTaken taken;
  for (const auto& notice : notices.notices()) {
    const auto id = encode_u64(notice.id());
    const auto bytes = notice.SerializeAsString();
    const auto known = store.get(Table::notice, id);
    if (known && to_string(*known) == bytes) continue;
    store.put(Table::notice, id, view(bytes));
    taken.fresh.push_back(notice);
  }
  if (taken.fresh.empty()) return taken;
  forget_oldest(store);

  std::vector<std::string> ids;
  each<records::OutboxRow>(store, Table::outbox, [&](auto id, const auto& row) {
    auto copy = row;
    bool changed = false;
    for (const auto& notice : taken.fresh) changed = take_notice(copy, notice) || changed;
    if (changed) {
      ids.emplace_back(id);
      taken.changed.push_back(std::move(copy));
    }
    return true;
  });
  for (std::size_t at = 0; at < ids.size(); ++at)
    save(store, Table::outbox, ids[at], taken.changed[at]);
  // From the newest: each of them is then the last of its chain, unless another one reached the
  // recipient behind it.
  for (auto row = taken.changed.rbegin(); row != taken.changed.rend(); ++row)
    if (row->state() == records::RETURNED) take_back_from_chain(store, self, *row);
  return taken;
}

void replay_notices(const LocalStore& store, records::OutboxRow& row) {
  each<v1::Notice>(store, Table::notice, [&row](auto, const auto& notice) {
    static_cast<void>(take_notice(row, notice));
    return true;
  });
}

}  // namespace holdspace::client
