// Plays all people of the fault test in one process and writes what happens to them as a history
// for tests/fault/checker.py. Told what to do by lines on standard input:
//   finish  begin no further message
//   drain   settle every message, then connect anew and take everything that is left; answered by
//   "drained" stop    disconnect and end
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/fault/person.hpp"

namespace holdspace::fault {
namespace {

namespace asio = boost::asio;
using People = std::vector<std::unique_ptr<Person>>;

void say(const char* word) {
  std::printf("%s\n", word);
  std::fflush(stdout);
}

// Whoever fails fails the whole run, at once and by name.
void end_on_error(const std::exception_ptr& error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& what) {
    std::fprintf(stderr, "load driver: %s\n", what.what());
    std::_Exit(1);
  }
}

void start(asio::io_context& io, asio::awaitable<void> work) {
  asio::co_spawn(io, std::move(work), &end_on_error);
}

asio::awaitable<void> pause(asio::io_context& io) {
  asio::steady_timer timer(io, kLookAgain);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> count_down(asio::awaitable<void> work, std::size_t& left) {
  co_await std::move(work);
  --left;
}

asio::awaitable<void> drain_all(asio::io_context& io, People& people) {
  std::size_t left = people.size();
  for (auto& person : people) start(io, count_down(person->settle(), left));
  while (left != 0) co_await pause(io);
  left = people.size();
  for (auto& person : people) start(io, count_down(person->drain(), left));
  while (left != 0) co_await pause(io);
  say("drained");
}

asio::awaitable<void> direct(asio::io_context& io, World& world, People& people) {
  for (auto& person : people) start(io, person->live());
  for (auto& person : people)
    while (!person->online()) co_await pause(io);
  for (auto& person : people)
    for (auto& [relationship, label] : person->relationships())
      start(io, person->write_to(relationship, label));
  say("ready");

  asio::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
  std::string buffer;
  for (;;) {
    boost::system::error_code error;
    const std::size_t length =
        co_await asio::async_read_until(input, asio::dynamic_buffer(buffer), '\n',
                                        asio::redirect_error(asio::use_awaitable, error));
    const std::string word = error ? "stop" : buffer.substr(0, length - 1);
    buffer.erase(0, length);
    if (word == "finish") {
      world.writing = false;
    } else if (word == "drain") {
      co_await drain_all(io, people);
    } else {
      for (auto& person : people) person->stop();
      co_return;
    }
  }
}

struct Arguments {
  std::string history;
  std::vector<client::Address> gateways;
  std::vector<std::pair<std::string, std::string>> people;  // name, home
};

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int at = 1; at + 1 < count; at += 2) {
    const std::string option = values[at];
    const std::string value = values[at + 1];
    const auto equals = value.find('=');
    if (option == "--history") {
      arguments.history = value;
    } else if (option == "--url") {
      const auto address = client::parse_address(value);
      if (!address.has_value()) throw std::runtime_error("no gateway address: " + value);
      arguments.gateways.push_back(*address);
    } else if (option == "--person" && equals != std::string::npos) {
      arguments.people.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    } else {
      throw std::runtime_error("unknown option: " + option);
    }
  }
  if (arguments.history.empty() || arguments.gateways.empty() || arguments.people.empty())
    throw std::runtime_error("needs --history FILE, --url ... and --person NAME=HOME ...");
  return arguments;
}

int run(int count, char** values) {
  const Arguments arguments = parse(count, values);
  asio::io_context io(1);
  World world(arguments.history);
  world.gateways = arguments.gateways;
  People people;
  for (const auto& [name, home] : arguments.people)
    people.push_back(std::make_unique<Person>(io, world, name, home));
  start(io, direct(io, world, people));
  io.run();
  return 0;
}

}  // namespace
}  // namespace holdspace::fault

int main(int count, char** values) {
  try {
    return holdspace::fault::run(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load driver: %s\n", error.what());
    return 2;
  }
}
