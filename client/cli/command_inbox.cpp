// `inbox` and `history`: what came, and what was said before.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <deque>
#include <iostream>

#include "client/cli/command.hpp"
#include "client/cli/message_line.hpp"
#include "client/cli/profile.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::records::Message;

// Where the gateway is slow a person sees what is there after this long. Ours.
constexpr std::chrono::seconds kDrainTimeout{15};
constexpr char kShownCounter[] = "inbox_shown";

// Prints what was not shown before. What is printed is remembered right after it, so that a crash
// between the two shows a message again and never hides one. Without the profile's lock it is
// remembered in this process only.
class NewMessages {
 public:
  explicit NewMessages(const Globals& globals) : globals_(globals) {}

  void show(client::LocalStore& store) {
    const auto held = store.get(client::Table::counter, kShownCounter);
    const auto remembered = held ? client::decode_u64(client::to_string(*held)) : 0;
    shown_ = std::max(shown_, remembered);
    client::each_from<Message>(
        store, client::Table::message, client::encode_u64(shown_ + 1),
        [&](std::string_view id, const Message& message) {
          shown_ = client::decode_u64(id);
          if (!message.outgoing())
            std::cout << format_message(globals_, store, shown_, message) << '\n' << std::flush;
          return true;
        });
    if (shown_ == remembered || !store.try_lock()) return;
    client::LocalStore::Transaction transaction(store);
    store.put(client::Table::counter, kShownCounter, client::view(client::encode_u64(shown_)));
    transaction.commit();
  }

  // One line on standard error when the connection comes or goes; the messages go to standard
  // output.
  void tell_connection(const client::Event& event) {
    if (globals_.output == Output::json || event.kind != client::EventKind::note) return;
    std::string line;
    if (event.what.starts_with("connected")) line = "connected";
    if (event.what.starts_with("disconnected")) line = "not connected; trying again";
    if (event.what.starts_with("not_connected: ")) line = event.what.substr(15);
    if (line.empty() || line == told_) return;
    std::cerr << "holdspace: " << line << '\n';
    told_ = line;
  }

 private:
  Globals globals_;
  std::uint64_t shown_ = 0;
  std::string told_;
};

asio::awaitable<int> show_once(client::Client& device, Globals globals) {
  NewMessages messages(globals);
  const auto connected = co_await device.connect();
  if (connected.has_value()) {
    co_await device.flush();
    const bool drained = co_await device.wait_drained(kDrainTimeout);
    messages.show(device.store());
    co_await device.disconnect();
    if (!drained)
      co_return fail(globals, {client::FailureKind::unreachable,
                               "the gateway did not say that this was all; try again",
                               {}});
    co_return kOk;
  }
  messages.show(device.store());
  co_return fail(globals, connected.error());
}

asio::awaitable<void> stop_on_signal(client::Client& device) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  device.stop();
}

asio::awaitable<int> show_until_stopped(client::Client& device, Globals globals,
                                        NewMessages& messages) {
  asio::co_spawn(co_await asio::this_coro::executor, stop_on_signal(device), asio::detached);
  messages.show(device.store());
  const auto ended = co_await device.follow();
  if (!ended.has_value()) co_return fail(globals, ended.error());
  co_return kOk;
}

}  // namespace

int inbox(const Globals& globals, const InboxOptions& options) {
  if (options.mode == InboxMode::once)
    return with_client(globals, {},
                       [&](client::Client& device) { return show_once(device, globals); });
  client::LocalStore* store = nullptr;
  client::ClientOptions callbacks;
  NewMessages messages(globals);
  callbacks.on_message = [&](std::uint64_t, const Message&) { messages.show(*store); };
  callbacks.on_event = [&](const client::Event& event) { messages.tell_connection(event); };
  return with_client(globals, std::move(callbacks), [&](client::Client& device) {
    store = &device.store();
    return show_until_stopped(device, globals, messages);
  });
}

int history(const Globals& globals, const HistoryOptions& options) {
  auto opened = open_profile(globals);
  if (!opened.has_value()) return fail(globals, opened.error());
  const auto& store = **opened;
  std::string only;
  if (!options.with.empty()) {
    const auto with = find_relationship(store, options.with);
    if (!with.has_value()) return fail(globals, with.error());
    only = client::to_string(with->id);
  }
  std::deque<std::string> lines;
  client::each<Message>(
      store, client::Table::message, [&](std::string_view id, const Message& message) {
        if (!only.empty() && message.relationship_id() != only) return true;
        lines.push_back(format_message(globals, store, client::decode_u64(id), message));
        if (options.last != 0 && lines.size() > options.last) lines.pop_front();
        return true;
      });
  for (const auto& line : lines) std::cout << line << '\n';
  return kOk;
}

}  // namespace holdspace::cli
