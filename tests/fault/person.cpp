#include "tests/fault/person.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "client/records.hpp"

namespace holdspace::fault {

using namespace std::chrono_literals;
namespace asio = boost::asio;

World::World(std::string history_path) : history_(std::fopen(history_path.c_str(), "w")) {
  if (!history_) throw std::runtime_error("the history cannot be written: " + history_path);
}

void World::write(const client::Event& event, const std::string& actor) {
  if (event.kind == client::EventKind::deliver) {
    auto& waiting = backlog[{event.peer, actor}];
    if (waiting > 0) --waiting;
  }
  const std::string line = client::to_json_line(event, actor) + "\n";
  if (std::fputs(line.c_str(), history_.get()) < 0 || std::fflush(history_.get()) != 0)
    throw std::runtime_error("the history cannot be written");
}

Person::Person(asio::io_context& io, World& world, std::string name, std::filesystem::path home)
    : io_(io), world_(world), name_(std::move(name)), home_(std::move(home)) {
  gateway_ = std::hash<std::string>{}(name_) % world_.gateways.size();
}

void Person::open_client() {
  std::ifstream file(home_ / "key", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto key = crypto::parse_key_file(text);
  if (!key) throw std::runtime_error(name_ + ": no key file in " + home_.string());
  auto store = client::LocalStore::open(home_, std::move(*key));
  if (!store.has_value())
    throw std::runtime_error(name_ + ": " + client::describe(store.error(), home_));
  auto profile = client::load<client::records::Profile>(**store, client::Table::profile, "self");
  if (!profile) throw std::runtime_error(name_ + ": the profile is empty");
  profile->set_address(client::format_address(world_.gateways[gateway_]));
  client::LocalStore::Transaction moved(**store);
  client::save(**store, client::Table::profile, "self", *profile);
  moved.commit();
  client::ClientOptions options;
  options.on_event = [this](const client::Event& event) { world_.write(event, name_); };
  client_ = std::make_unique<client::Client>(io_.get_executor(), std::move(*store), options);
}

asio::awaitable<void> Person::pause(std::chrono::milliseconds length) {
  asio::steady_timer timer(io_, length);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Person::live() {
  while (!stopping_) {
    open_client();
    const auto connected = co_await client_->connect();
    if (connected.has_value()) co_await stay();
    while (using_ != 0) co_await pause(kLookAgain);
    co_await client_->disconnect();
    client_.reset();
    anew_ = false;
    gateway_ = (gateway_ + 1) % world_.gateways.size();
    co_await pause(std::chrono::milliseconds(world_.random() % 200));
  }
}

asio::awaitable<void> Person::stay() {
  if (logins_++ == 0) {
    // Learns who has redeemed an invite of this device.
    const auto known = co_await client_->relationships();
    if (!known.has_value()) {
      --logins_;
      co_return;
    }
  }
  unsettled_ = co_await client_->flush() != 0;
  online_ = true;
  while (client_->is_connected() && !stopping_ && !anew_) {
    co_await pause(kLookAgain);
    if (unsettled_) unsettled_ = co_await client_->flush() != 0;
  }
  online_ = false;
}

std::vector<std::pair<crypto::RelationshipId, std::string>> Person::relationships() {
  std::vector<std::pair<crypto::RelationshipId, std::string>> found;
  client::each<client::records::Relationship>(
      client_->store(), client::Table::relationship,
      [&found](std::string_view id, const client::records::Relationship& relationship) {
        const auto bytes = client::parse_bytes<16>(id);
        if (bytes && !relationship.peer_account_id().empty())
          found.emplace_back(*bytes, relationship.label());
        return true;
      });
  return found;
}

std::string Person::compose(const std::string& label) {
  std::string text = name_ + " to " + label + ", number " + std::to_string(++written_) + " ";
  text.append(world_.random() % kTextBytesMost, '.');
  return text;
}

asio::awaitable<void> Person::write_to(crypto::RelationshipId relationship, std::string label) {
  std::size_t& waiting = world_.backlog[{name_, label}];
  while (world_.writing && !stopping_) {
    if (!online_ || waiting >= kBacklogMax) {
      co_await pause(kLookAgain);
      continue;
    }
    ++using_;
    ++waiting;
    client::Draft draft{relationship, crypto::Lane::routine, compose(label)};
    const auto report = co_await client_->send(std::move(draft));
    --using_;
    if (!report.has_value()) throw std::runtime_error(name_ + ": " + report.error().text);
    switch (report->row.state()) {
      case client::records::ACCEPTED_RELEASED:
      case client::records::ACCEPTED_HELD:
        break;
      case client::records::REFUSED:
        if (waiting > 0) --waiting;
        break;
      default:
        unsettled_ = true;
    }
    co_await pause(std::chrono::milliseconds(world_.random() % 20));
  }
}

asio::awaitable<void> Person::settle() {
  for (;;) {
    if (online_ && using_ == 0) {
      ++using_;
      const std::size_t open = co_await client_->flush();
      --using_;
      if (open == 0) co_return;
    }
    co_await pause(4 * kLookAgain);
  }
}

asio::awaitable<void> Person::drain() {
  anew_ = true;
  while (anew_ || !online_) co_await pause(kLookAgain);
  for (;;) {
    if (online_) {
      ++using_;
      const bool drained = co_await client_->wait_drained(5s);
      --using_;
      if (drained) co_return;
    }
    co_await pause(kLookAgain);
  }
}

}  // namespace holdspace::fault
