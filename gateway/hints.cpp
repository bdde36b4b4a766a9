// See hints.hpp.
#include "gateway/hints.hpp"

#include <set>
#include <utility>

#include "gateway/hint.hpp"
#include "storage/hint_channel.hpp"

namespace holdspace::gateway {
namespace {

// A hint that takes longer has lost its use.
constexpr std::chrono::milliseconds kHintTime{1000};

boost::asio::awaitable<void> publish(std::shared_ptr<Worker> worker, storage::GatewayId to,
                                     Hint hint) {
  (void)co_await storage::publish_hint(worker->pool.any(), to, encode_hint(hint),
                                       monotonic_now() + kHintTime);
}

}  // namespace

boost::asio::awaitable<void> hint_recipients(std::shared_ptr<Worker> worker,
                                             storage::PracticeId practice,
                                             storage::AccountId sender,
                                             storage::RelationshipId relationship,
                                             boundary::Lane lane,
                                             std::vector<storage::QueuedCopy> copies) {
  for (const auto& copy : copies) {
    if (!copy.gateway) continue;
    if (*copy.gateway == worker->gateway.id) {
      const auto origin =
          copy.recipient.account == sender ? storage::Origin::own : storage::Origin::peer;
      worker->gateway.directory.look(practice, copy.recipient,
                                     storage::SubQueue{relationship, lane, origin});
    } else {
      co_await publish(worker, *copy.gateway, {Hint::Kind::look, practice, copy.recipient, {}});
    }
  }
}

boost::asio::awaitable<void> hint_account(std::shared_ptr<Worker> worker,
                                          storage::PracticeId practice,
                                          storage::AccountId account) {
  worker->gateway.directory.look_account(practice, account);
  const auto places =
      co_await worker->devices.places(practice, account, monotonic_now() + kHintTime);
  if (!places.has_value()) co_return;
  std::set<storage::GatewayId> others;
  for (const auto& place : *places)
    if (place.gateway != worker->gateway.id) others.insert(place.gateway);
  for (const auto& gateway : others)
    co_await publish(worker, gateway, {Hint::Kind::changed, practice, {account, 0}, {}});
}

boost::asio::awaitable<void> end_session(std::shared_ptr<Worker> worker,
                                         storage::PracticeId practice, storage::CutOff cut_off,
                                         EndReason reason) {
  if (cut_off.place.gateway == worker->gateway.id) {
    worker->gateway.directory.end(practice, cut_off.device, cut_off.place.session, reason);
    co_return;
  }
  const auto kind = reason == EndReason::revoked ? Hint::Kind::revoked : Hint::Kind::displaced;
  co_await publish(worker, cut_off.place.gateway,
                   {kind, practice, cut_off.device, cut_off.place.session});
}

void take_hint(const Gateway& gateway, std::string bytes) {
  const auto hint = parse_hint(bytes);
  if (!hint) return;
  switch (hint->kind) {
    case Hint::Kind::look:
      gateway.directory.look(hint->practice, hint->device, std::nullopt);
      break;
    case Hint::Kind::changed:
      gateway.directory.look_account(hint->practice, hint->device.account);
      break;
    case Hint::Kind::displaced:
      gateway.directory.end(hint->practice, hint->device, hint->session, EndReason::displaced);
      break;
    case Hint::Kind::revoked:
      gateway.directory.end(hint->practice, hint->device, hint->session, EndReason::revoked);
      break;
  }
}

}  // namespace holdspace::gateway
