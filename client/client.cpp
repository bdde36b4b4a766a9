// Connecting and staying connected. Sending, receiving, requests and upkeep have files of their
// own.
#include "client/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "client/clock.hpp"
#include "client/outbox.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

constexpr char kTrustFileName[] = "gateway.pem";
// While waiting for another program to end or a state to come. Ours: unnoticeable to a person.
constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::milliseconds kMakeWayPause = 25 * kPoll;
// Programs of one profile that begin at the same moment. Ours: a person starts two, not ten.
constexpr int kConnectTriesMax = 3;
constexpr std::uint16_t kReplacedCode = 4409;  // a newer connection of this device

std::chrono::milliseconds random_part_of(std::chrono::milliseconds pause) {
  const auto drawn = crypto::random_array<4>();
  std::uint64_t number = 0;
  for (const auto byte : drawn) number = number << 8 | byte;
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(number * static_cast<std::uint64_t>(pause.count()) >> 32));
}

}  // namespace

Client::Client(asio::any_io_executor executor, std::unique_ptr<LocalStore> store,
               ClientOptions options)
    : executor_(executor),
      store_(std::move(store)),
      options_(std::move(options)),
      identity_(load_identity(*store_)),
      pause_timer_(executor) {
  if (options_.trust_file.empty()) {
    const auto own = store_->folder() / kTrustFileName;
    if (std::filesystem::exists(own)) options_.trust_file = own.string();
  }
}

Client::~Client() {
  if (connection_) connection_->abort();
}

// A program of the same profile that began at the same moment may log in after this one and have it
// closed: then this one lets go, waits a little and asks again.
asio::awaitable<result<void, Failure>> Client::connect() {
  auto connected = co_await connect_once();
  for (int tries = 1; tries < kConnectTriesMax && !connected.has_value() &&
                      connected.error().kind == FailureKind::profile_busy;
       ++tries) {
    co_await pause(kMakeWayPause);
    connected = co_await connect_once();
  }
  co_return connected;
}

// profile_busy: closed in favour of a newer program, or that one holds the lock; the lock is free
// of this one then.
asio::awaitable<result<void, Failure>> Client::connect_once() {
  // When nobody else uses the profile it is locked before anything is said; otherwise logging in
  // makes the gateway close the other program's connection, and that one then lets go of the lock.
  static_cast<void>(store_->try_lock());
  auto opened = co_await Connection::open(identity_.address, options_.trust_file);
  if (!opened.has_value())
    co_return Failure{FailureKind::unreachable, describe(opened.error(), identity_.address), {}};
  auto connection = *opened;
  auto logged_in = co_await log_in(connection, identity_);
  if (!logged_in.has_value() && connection->close_code() != kReplacedCode) {
    connection->abort();
    co_return logged_in.error();
  }
  const auto until = asio::steady_timer::clock_type::now() + kMakeWayTimeout;
  while (connection->is_open() && !store_->try_lock() && !stopping_ &&
         asio::steady_timer::clock_type::now() < until)
    co_await pause(kPoll);
  if (!logged_in.has_value() || !connection->is_open() || !store_->try_lock()) {
    const auto displaced = connection->close_code() == kReplacedCode || connection->is_open();
    connection->abort();
    store_->unlock();
    if (!displaced) co_return Failure{FailureKind::unreachable, "the connection broke", {}};
    co_return Failure{
        FailureKind::profile_busy, "another holdspace program uses this profile; end it first", {}};
  }
  identity_ = load_identity(*store_);  // another program may have renewed it
  pending_.reset();
  connection_ = connection;
  logged_in_ = *logged_in;
  drained_ = false;
  note_epoch();
  ++receiving_;
  asio::co_spawn(executor_, receive_all(connection), asio::detached);
  co_await upkeep();
  co_return result<void, Failure>();
}

asio::awaitable<void> Client::disconnect() {
  if (connection_) co_await connection_->close();
  while (receiving_ > 0) {
    asio::steady_timer timer(executor_, kPoll);
    co_await timer.async_wait(kTuple);
  }
  connection_.reset();
  pending_.reset();
  store_->unlock();
}

asio::awaitable<bool> Client::take_lock(std::chrono::milliseconds limit) {
  const auto until = asio::steady_timer::clock_type::now() + limit;
  while (!store_->try_lock()) {
    if (stopping_ || asio::steady_timer::clock_type::now() >= until) co_return false;
    co_await pause(kPoll);
  }
  co_return true;
}

asio::awaitable<void> Client::pause(std::chrono::milliseconds length) {
  pause_timer_.expires_after(length);
  co_await pause_timer_.async_wait(kTuple);
}

asio::awaitable<result<void, Failure>> Client::follow() {
  auto backoff = std::chrono::milliseconds(kFirstPause);
  while (!stopping_) {
    const auto connected = co_await connect_once();
    bool replaced = false;
    if (connected.has_value()) {
      backoff = kFirstPause;
      co_await while_connected();
      replaced = connection_ && connection_->close_code() == kReplacedCode;
      co_await disconnect();
    } else if (connected.error().kind == FailureKind::login_refused ||
               connected.error().kind == FailureKind::wrong_gateway) {
      co_return connected.error();
    } else if (connected.error().kind == FailureKind::profile_busy) {
      replaced = true;
    } else {
      note("not_connected: " + connected.error().text);
    }
    if (stopping_) break;
    store_->unlock();
    if (replaced) {
      // The newer program holds the lock until it ends. It looks for it each kPoll: taking it back
      // before it has looked would push it out again.
      co_await pause(kMakeWayPause);
      while (!stopping_ && !co_await take_lock(kMakeWayTimeout)) continue;
      continue;
    }
    co_await pause(random_part_of(backoff));
    backoff = std::min<std::chrono::milliseconds>(backoff * 2, kLastPause);
  }
  co_await disconnect();
  co_return result<void, Failure>();
}

asio::awaitable<void> Client::while_connected() {
  auto look = asio::steady_timer::clock_type::now();
  while (!stopping_ && is_connected()) {
    if (asio::steady_timer::clock_type::now() >= look) {
      co_await flush();
      look = asio::steady_timer::clock_type::now() + kOutboxPause;
    }
    co_await pause(std::chrono::milliseconds(100));
  }
}

void Client::stop() {
  stopping_ = true;
  pause_timer_.cancel();
}

asio::awaitable<bool> Client::wait_drained(std::chrono::milliseconds limit) {
  const auto until = asio::steady_timer::clock_type::now() + limit;
  while (!drained_ && is_connected() && asio::steady_timer::clock_type::now() < until) {
    asio::steady_timer timer(executor_, kPoll);
    co_await timer.async_wait(kTuple);
  }
  co_return drained_;
}

// Another epoch means that the store may have forgotten what it accepted, or that it was taken
// back: everything kept goes out again.
void Client::note_epoch() {
  const auto& epoch = logged_in_->welcome.store_epoch();
  const bool changed = identity_.profile.store_epoch() != epoch;
  std::vector<std::pair<std::string, records::OutboxRow>> due;
  each<records::OutboxRow>(*store_, Table::outbox, [&due, &epoch](auto id, const auto& row) {
    auto copy = row;
    if (due_at_login(copy, epoch) &&
        (copy.state() != row.state() || copy.withdrawal() != row.withdrawal()))
      due.emplace_back(id, std::move(copy));
    return true;
  });
  if (changed || !due.empty()) {
    LocalStore::Transaction transaction(*store_);
    for (const auto& [id, row] : due) save(*store_, Table::outbox, id, row);
    identity_.profile.set_store_epoch(epoch);
    save(*store_, Table::profile, std::string_view("self"), identity_.profile);
    transaction.commit();
  }
  Event event;
  event.kind = EventKind::note;
  event.epoch = to_hex(view(epoch));
  event.what = changed ? "connected_new_epoch" : "connected";
  if (options_.on_event) options_.on_event(event);
}

crypto::Instant Client::store_now() const {
  return now() - (logged_in_ ? logged_in_->clock_skew : std::chrono::milliseconds(0));
}

}  // namespace holdspace::client
