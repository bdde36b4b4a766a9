// See held_messages.hpp.
#include "gateway/held_messages.hpp"

#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "gateway/policy_snapshot.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

struct KindKey {
  storage::RelationshipId relationship;
  boundary::Lane lane{};
  boundary::Direction direction{};
  std::uint64_t version = 0;

  friend auto operator<=>(const KindKey&, const KindKey&) = default;
};

using Counts = std::map<KindKey, std::uint32_t>;

struct Counted {
  std::uint64_t held_count = 0;
  Counts counts;
};

boost::asio::awaitable<boost::system::result<Counted, v1::Error>> count_held(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, storage::AccountId account,
    storage::Deadline deadline) {
  Counted counted;
  std::string after;
  for (int page = 0; page < kHeldPagesMax; ++page) {
    const auto held =
        co_await worker->held.list_held(practice, account, after, storage::kHeldPerPage, deadline);
    if (!held.has_value()) co_return to_error(held.error());
    if (page == 0) counted.held_count = held->held_count;
    for (const auto& message : held->messages)
      ++counted.counts[{message.name.relationship, message.name.lane, message.name.direction,
                        message.policy_version}];
    if (held->next.empty()) co_return counted;
    after = held->next;
  }
  co_return make_error(v1::QUOTA);
}

}  // namespace

boost::asio::awaitable<boost::system::result<HeldMessages, v1::Error>> read_held_messages(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, storage::AccountId account,
    storage::Deadline deadline) {
  auto counted = co_await count_held(worker, practice, account, deadline);
  if (!counted.has_value()) co_return counted.error();
  auto listed = co_await worker->relationships.list_relationships(practice, account, deadline);
  if (!listed.has_value()) co_return to_error(listed.error());
  HeldMessages held;
  held.held_count = counted->held_count;
  held.relationships = std::move(*listed);
  std::map<storage::RelationshipId, PolicySnapshot> snapshots;
  for (const auto& facts : held.relationships) {
    const auto first = counted->counts.lower_bound({facts.id, {}, {}, 0});
    if (first == counted->counts.end() || first->first.relationship != facts.id) continue;
    auto snapshot = co_await take_snapshot(worker, practice, facts.id, account, facts, deadline);
    if (!snapshot.has_value()) co_return to_error(snapshot.error());
    snapshots.emplace(facts.id, std::move(*snapshot));
  }
  for (const auto& [key, messages] : counted->counts) {
    const auto place = snapshots.find(key.relationship);
    if (place == snapshots.end()) continue;  // no relationship of this account any more
    const auto& way = place->second;
    held.kinds.push_back(
        {way.facts, key.lane, key.direction, key.version, messages, way.therapist, way.client});
  }
  co_return held;
}

}  // namespace holdspace::gateway
