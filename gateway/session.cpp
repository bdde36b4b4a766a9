// See session.hpp.
#include "gateway/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "gateway/dispatch.hpp"
#include "gateway/fields.hpp"
#include "gateway/frame_io.hpp"
#include "gateway/hints.hpp"
#include "gateway/reply_error.hpp"
#include "gateway/session_login.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;

// A prekey set that expires within this is asked for anew.
constexpr std::chrono::hours kPrekeysRenewBefore{24};

bool prekeys_needed(const std::string& prekey_set, Instant now) {
  const auto statement = crypto::parse_signed(view(prekey_set));
  if (!statement.has_value()) return true;
  const auto set = crypto::parse_prekey_set(statement->body);
  return !set.has_value() || set->expires_at <= now + kPrekeysRenewBefore;
}

bool has_relationships(storage::Role role) {
  return role == storage::Role::therapist || role == storage::Role::client;
}

// A device's number alone says which of a person's devices it is.
Pseudonym device_pseudonym(const Log& log, const storage::DeviceRef& device) {
  const auto id = storage::to_bytes(device.account) + std::to_string(device.device);
  return log.pseudonym(view(id));
}

// A delivery that ends by a fault of ours ends its session, and the log says so.
struct DeliveryEnded {
  std::shared_ptr<Session> session;

  void operator()(const std::exception_ptr& fault) const {
    if (fault == nullptr) return;
    session->worker()->gateway.log.event(Event::handler_failed, {{"what", LogWord("delivery")}});
    session->connection().close(CloseCode::internal_error, "internal");
  }
};

}  // namespace

Session::Session(std::shared_ptr<Worker> worker, std::shared_ptr<Connection> connection,
                 Identity identity)
    : worker_(std::move(worker)),
      connection_(std::move(connection)),
      identity_(std::move(identity)),
      delivery_(*this),
      notices_(*this) {}

void Session::reply(std::uint64_t request_id, v1::ServerFrame frame) {
  send_frame(*connection_, request_id, std::move(frame));
}

void Session::reply(std::uint64_t request_id, v1::Error error) {
  send_error(*connection_, request_id, std::move(error));
}

std::optional<storage::RelationshipFacts> Session::known_facts(storage::RelationshipId id) const {
  const auto place = known_facts_.find(id);
  if (place == known_facts_.end()) return std::nullopt;
  return place->second;
}

void Session::remember_facts(const storage::RelationshipFacts& facts) {
  if (known_facts_.size() >= storage::kRelationshipsMax) known_facts_.clear();
  known_facts_.insert_or_assign(facts.id, facts);
}

void Session::end(EndReason reason) {
  switch (reason) {
    case EndReason::displaced:
      connection_->close(CloseCode::displaced, "newer login");
      break;
    case EndReason::revoked:
      connection_->close(CloseCode::unauthenticated, "device revoked");
      break;
    case EndReason::store_changed:
      connection_->close(CloseCode::going_away, "store changed");
      break;
  }
  delivery_.stop();
  notices_.stop();
}

void Session::look_everywhere() {
  delivery_.look(std::nullopt);
  notices_.look();
}

void Session::poll() {
  delivery_.look(std::nullopt);
  notices_.poll();
}

void Session::wake() {
  delivery_.wake();
  notices_.wake();
}

// Registers the session, looks at the queues and sends Welcome. False: answered and closed instead.
asio::awaitable<bool> Session::open() {
  auto& gateway = worker_->gateway;
  const auto deadline = request_deadline();
  const storage::SessionPlace place{gateway.id, identity_.session};
  const auto displaced =
      co_await worker_->devices.connect(identity_.practice, identity_.device, place, deadline);
  if (!displaced.has_value()) {
    if (displaced.error() == storage::ConnectError::not_found) {  // revoked since it was looked up
      connection_->close(CloseCode::unauthenticated, "login");
    } else {
      reply(identity_.auth_request, unavailable());
      connection_->close(CloseCode::going_away, "store");
    }
    co_return false;
  }
  if (*displaced)
    co_await end_session(worker_, identity_.practice, {identity_.device, **displaced},
                         EndReason::displaced);
  gateway.directory.enter(identity_.practice, identity_.device, identity_.session,
                          connection_->executor(), weak_from_this());

  const auto status =
      co_await worker_->prekeys.prekey_status(identity_.practice, identity_.device, deadline);
  const auto queued = co_await delivery_.begin(deadline);
  if (!status.has_value() || !queued.has_value()) {
    reply(identity_.auth_request, unavailable());
    connection_->close(CloseCode::going_away, "store");
    co_return false;
  }
  v1::ServerFrame frame;
  auto& welcome = *frame.mutable_welcome();
  welcome.set_store_epoch(to_string(worker_->epoch));
  welcome.set_one_time_keys(status->one_time_keys);
  welcome.set_prekeys_needed(
      prekeys_needed(status->prekey_set, worker_->store_now().value_or(Instant{})));
  welcome.set_queued(*queued);
  welcome.set_role(static_cast<std::uint32_t>(identity_.role));
  reply(identity_.auth_request, std::move(frame));
  co_return true;
}

asio::awaitable<void> Session::serve() {
  while (true) {
    auto frame = co_await receive_frame(worker_->gateway, connection_);
    if (frame.has_value())
      co_await dispatch(shared_from_this(), std::move(*frame));
    else if (frame.error() == ReceiveError::over)
      break;
  }
}

// The store forgets the session; when it is away, the next login displaces what is left.
asio::awaitable<void> Session::leave() {
  worker_->gateway.directory.leave(identity_.practice, identity_.device, identity_.session);
  (void)co_await worker_->devices.disconnect(identity_.practice, identity_.device,
                                             identity_.session,
                                             monotonic_now() + kClockQuestionTime);
}

asio::awaitable<void> Session::run() {
  connection_->set_authenticated();
  if (co_await open()) {
    const auto& log = worker_->gateway.log;
    const auto who = log.pseudonym(identity_.device.account.bytes);
    const auto device = device_pseudonym(log, identity_.device);
    const auto role = static_cast<unsigned>(identity_.role);
    log.event(Event::session_opened, {{"account", who}, {"device", device}, {"role", role}});
    worker_->gateway.metrics.session_opened();
    asio::co_spawn(connection_->executor(), Delivery::run(shared_from_this()),
                   DeliveryEnded{shared_from_this()});
    if (has_relationships(identity_.role)) notices_.start();
    co_await serve();
    delivery_.stop();
    notices_.stop();
    worker_->gateway.metrics.session_closed();
    const auto code = connection_->close_code();
    log.event(
        Event::session_closed,
        {{"account", who}, {"device", device}, {"code", code ? static_cast<unsigned>(*code) : 0U}});
  }
  co_await leave();
}

asio::awaitable<void> run_connection(std::shared_ptr<Worker> worker,
                                     std::shared_ptr<Connection> connection) {
  auto identity = co_await let_in(worker, connection);
  if (!identity) co_return;
  const auto session = std::make_shared<Session>(worker, connection, std::move(*identity));
  co_await session->run();
}

}  // namespace holdspace::gateway
