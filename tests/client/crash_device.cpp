// A device that dies by SIGKILL at one exact point, for end_to_end_test.py. Not a test by itself.
//
//   crash_device HOME send TEXT      dies when TEXT is durable in the outbox and no byte of it has
//   left crash_device HOME receive        dies when the first message is durable and its
//   acknowledgement has not left
#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "client/client.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;

std::unique_ptr<LocalStore> open_home(const std::filesystem::path& home) {
  std::ifstream file(home / "key", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto key = crypto::parse_key_file(text);
  if (!key) throw std::runtime_error("no key file");
  auto store = LocalStore::open(home, std::move(*key));
  if (!store.has_value()) throw std::runtime_error(describe(store.error(), home));
  return std::move(*store);
}

void die() {
  ::kill(::getpid(), SIGKILL);
}

asio::awaitable<void> send_and_die(Client& device, std::string text) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) throw std::runtime_error(connected.error().text);
  Draft draft;
  each<records::Relationship>(device.store(), Table::relationship, [&draft](auto id, const auto&) {
    draft.relationship_id = parse_bytes<16>(id).value();
    return false;
  });
  draft.text = std::move(text);
  const auto report = co_await device.send(std::move(draft));
  throw std::runtime_error(report.has_value() ? "it was sent" : report.error().text);
}

asio::awaitable<void> receive_and_die(Client& device) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) throw std::runtime_error(connected.error().text);
  const bool drained = co_await device.wait_drained(std::chrono::seconds(20));
  throw std::runtime_error(drained ? "nothing came" : "the gateway is silent");
}

int run(const std::string& home, const std::string& what, const std::string& text) {
  crypto::init();
  ClientOptions options;
  if (what == "send") {
    options.on_event = [](const Event& event) {
      if (event.kind == EventKind::submit) die();
    };
  } else {
    options.on_message = [](std::uint64_t, const records::Message&) { die(); };
  }
  asio::io_context io(1);
  Client device(io.get_executor(), open_home(home), std::move(options));
  const auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  if (what == "send")
    asio::co_spawn(io, send_and_die(device, text), rethrow);
  else
    asio::co_spawn(io, receive_and_die(device), rethrow);
  io.run();
  return 1;
}

}  // namespace
}  // namespace holdspace::client

int main(int count, char** words) {
  try {
    return count < 3 ? 2 : holdspace::client::run(words[1], words[2], count > 3 ? words[3] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crash_device: %s\n", error.what());
    return 1;
  }
}
