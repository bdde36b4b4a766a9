// `notices`: what the service has told this account about its own messages and agreements.
#include <algorithm>
#include <iostream>

#include "client/cli/command.hpp"
#include "client/cli/notice_line.hpp"
#include "client/cli/profile.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;

// Where the gateway is slow a person sees what is there after this long. Ours.
constexpr std::chrono::seconds kDrainTimeout{15};
constexpr char kShownCounter[] = "notices_shown";

// Those that were not shown before, or all that are kept. Printed first and remembered then: a
// crash between the two shows one again and never hides one.
void show(client::LocalStore& store, const Globals& globals, bool all) {
  const auto held = store.get(client::Table::counter, kShownCounter);
  const auto shown = held ? client::decode_u64(client::to_string(*held)) : 0;
  auto last = shown;
  client::each_from<v1::Notice>(store, client::Table::notice,
                                client::encode_u64(all ? 0 : shown + 1),
                                [&](std::string_view, const v1::Notice& notice) {
                                  std::cout << format_notice(globals, store, notice) << '\n';
                                  last = std::max(last, notice.id());
                                  return true;
                                });
  std::cout << std::flush;
  if (last == shown || !store.try_lock()) return;
  client::LocalStore::Transaction transaction(store);
  store.put(client::Table::counter, kShownCounter, client::view(client::encode_u64(last)));
  transaction.commit();
}

asio::awaitable<int> collect(client::Client& device, Globals globals, bool all) {
  const auto connected = co_await device.connect();
  if (connected.has_value()) {
    static_cast<void>(co_await device.wait_drained(kDrainTimeout));
    show(device.store(), globals, all);
    co_await device.disconnect();
    co_return kOk;
  }
  show(device.store(), globals, all);
  co_return fail(globals, connected.error());
}

}  // namespace

int notices(const Globals& globals, bool all) {
  return with_client(globals, {},
                     [&](client::Client& device) { return collect(device, globals, all); });
}

}  // namespace holdspace::cli
