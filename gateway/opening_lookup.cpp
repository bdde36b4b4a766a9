// See opening_lookup.hpp.
#include "gateway/opening_lookup.hpp"

#include <algorithm>
#include <utility>

#include "gateway/policy_snapshot.hpp"

namespace holdspace::gateway {
namespace {

using Versions = std::vector<VersionSince>;

// The versions of `owner` that were in force since `since`, ascending.
boost::asio::awaitable<std::optional<Versions>> versions_since(std::shared_ptr<Worker> worker,
                                                               storage::PracticeId practice,
                                                               storage::AccountId owner,
                                                               std::uint64_t newest,
                                                               Instant since) {
  Versions versions;
  for (auto version = newest; version > 0 && versions.size() < kVersionsSearched; --version) {
    const StoreTimer timer(worker->gateway.metrics);
    const auto stored = co_await worker->policies.fetch_policy_version(practice, owner, version,
                                                                       request_deadline());
    v1::PolicyMeta meta;
    if (!stored.has_value() || !meta.ParseFromString(stored->meta)) co_return std::nullopt;
    auto gate = gate_of(*worker, owner, version, stored->document);
    if (gate == nullptr) co_return std::nullopt;
    const Instant made_at(std::chrono::milliseconds(meta.made_at_ms()));
    versions.push_back({made_at, std::move(gate)});
    if (made_at <= since) break;
  }
  std::reverse(versions.begin(), versions.end());
  co_return versions;
}

// Under the version of its acceptance nothing was changed since.
boost::asio::awaitable<std::optional<std::vector<Era>>> look_up_eras(std::shared_ptr<Worker> worker,
                                                                     storage::PracticeId practice,
                                                                     HeldWay way,
                                                                     HeldRecord record) {
  const auto& facts = way.facts;
  const bool to_client = way.direction == boundary::Direction::to_client;
  Versions therapist;
  Versions client;
  if (facts.policy_version == record.version) {
    const auto snapshot = co_await take_snapshot(worker, practice, facts.id, facts.therapist, facts,
                                                 request_deadline());
    if (!snapshot.has_value()) co_return std::nullopt;
    therapist.push_back({Instant::min(), snapshot->therapist});
  } else {
    auto found = co_await versions_since(worker, practice, facts.therapist, facts.policy_version,
                                         record.accepted_at);
    if (!found || found->empty()) co_return std::nullopt;
    therapist = std::move(*found);
  }
  if (to_client && facts.hours_version != 0) {
    auto found = co_await versions_since(worker, practice, facts.client, facts.hours_version,
                                         record.accepted_at);
    if (!found) co_return std::nullopt;
    client = std::move(*found);
  }
  co_return eras_of(therapist, client);
}

}  // namespace

boost::asio::awaitable<std::optional<OpeningFound>> look_up_opening(std::shared_ptr<Worker> worker,
                                                                    storage::PracticeId practice,
                                                                    HeldWay way,
                                                                    HeldRecord record) {
  const auto eras = co_await look_up_eras(worker, practice, way, record);
  // The store's clock may have been set back since the caller looked at it: an opening that was
  // seen must not be missed.
  const auto now = worker->store_now();
  if (!eras || !now || !worker->clock.ready(monotonic_now())) co_return std::nullopt;
  const bool to_client = way.direction == boundary::Direction::to_client;
  const auto recipient = to_client ? way.facts.client : way.facts.therapist;
  const auto facts = facts_for(way.facts, recipient, Side::receiving, way.lane, record.version);
  co_return search_opening(record, *eras, facts, *now);
}

}  // namespace holdspace::gateway
