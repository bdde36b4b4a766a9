// See zone_data_walk.hpp.
#include "gateway/zone_data_walk.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <tuple>
#include <utility>

#include "gateway/hints.hpp"
#include "gateway/opening_lookup.hpp"

namespace holdspace::gateway {
namespace {

using storage::ZoneDataError;

// A policy that is applied while a promise is computed makes it be computed again; three times in a
// row is not chance.
constexpr int kAttemptsMax = 3;

HeldWay way_of(const PolicySnapshot& snapshot, const storage::HeldMessage& message) {
  return {snapshot.facts, message.name.lane, message.name.direction};
}

using Waiting = std::vector<storage::HeldMessage>;

// What shares an opening: lane, direction, accepting version and what was promised.
auto opening_of(const storage::HeldMessage& message) {
  return std::tuple(message.name.lane, message.name.direction, message.policy_version,
                    message.promise);
}

// Those for which the gate has not opened since their acceptance: the others were released, though
// nobody has collected them. Nothing when the store does not answer.
boost::asio::awaitable<std::optional<Waiting>> still_waiting(std::shared_ptr<Worker> worker,
                                                             storage::PracticeId practice,
                                                             PolicySnapshot snapshot,
                                                             Waiting messages, Instant now) {
  std::map<decltype(opening_of(messages.front())), bool> waits;
  for (const auto& message : messages) {
    const bool due = message.promise && *message.promise <= now;
    const auto place = waits.emplace(opening_of(message), true);
    if (!due || !place.second) continue;
    const auto way = way_of(snapshot, message);
    const HeldRecord record{message.policy_version, message.accepted_at};
    const auto found = co_await look_up_opening(worker, practice, way, record);
    if (!found) co_return std::nullopt;
    place.first->second = found->kind == OpeningFound::Kind::waits;
  }
  std::erase_if(messages, [&](const auto& message) { return !waits.at(opening_of(message)); });
  co_return messages;
}

}  // namespace

ZoneDataWalks::ZoneDataWalks(std::shared_ptr<Worker> worker)
    : worker_(std::move(worker)), version_(zone_data_version()) {}

boost::asio::awaitable<void> ZoneDataWalks::look(storage::PracticeId practice) {
  if (version_.empty() || walks_.contains(practice)) co_return;
  const auto state = co_await worker_->zone_data.begin(practice, version_, request_deadline());
  if (!state.has_value() || state->stands_by(version_)) co_return;
  if (state->newest != version_) co_return note_older();
  const auto accounts = co_await worker_->accounts.list_accounts(practice, request_deadline());
  if (!accounts.has_value()) co_return;
  Walk walk{*state, {}, 0};
  for (const auto& account : *accounts)
    if (account.role == storage::Role::therapist) walk.therapists.push_back(account.id);
  walks_.emplace(practice, std::move(walk));
}

boost::asio::awaitable<void> ZoneDataWalks::go_on() {
  std::vector<storage::PracticeId> under_way;
  for (const auto& [practice, walk] : walks_) under_way.push_back(practice);
  for (const auto& practice : under_way) co_await step(practice);
}

boost::asio::awaitable<void> ZoneDataWalks::step(storage::PracticeId practice) {
  const auto budget = std::make_shared<Budget>();
  auto& walk = walks_.at(practice);
  while (walk.next < walk.therapists.size()) {
    if (budget->pages == 0 || budget->renewals == 0) co_return;
    const auto progress = co_await walk_therapist(practice, walk.therapists[walk.next], budget);
    if (progress == Progress::failed) walks_.erase(practice);
    if (progress != Progress::done) co_return;
    ++walk.next;
  }
  co_await finish(practice);
}

// A therapist whose walk ends in the middle is walked from the beginning by the next step: what was
// renewed already stands.
boost::asio::awaitable<ZoneDataWalks::Progress> ZoneDataWalks::walk_therapist(
    storage::PracticeId practice, storage::AccountId therapist, std::shared_ptr<Budget> budget) {
  Waiting of_one;  // relationship; the list goes by them
  std::string after;
  do {
    const auto page = co_await worker_->held.list_held(practice, therapist, after,
                                                       storage::kHeldPerPage, request_deadline());
    if (!page.has_value()) co_return Progress::failed;
    budget->pages -= budget->pages > 0 ? 1 : 0;
    for (const auto& message : page->messages) {
      if (!of_one.empty() && of_one.front().name.relationship != message.name.relationship) {
        auto whole = std::exchange(of_one, Waiting());
        const auto progress = co_await renew(practice, therapist, std::move(whole), budget);
        if (progress != Progress::done) co_return progress;
      }
      of_one.push_back(message);
    }
    after = page->next;
  } while (!after.empty());
  if (of_one.empty()) co_return Progress::done;
  co_return co_await renew(practice, therapist, std::move(of_one), budget);
}

boost::asio::awaitable<ZoneDataWalks::Progress> ZoneDataWalks::renew(
    storage::PracticeId practice, storage::AccountId therapist,
    std::vector<storage::HeldMessage> messages, std::shared_ptr<Budget> budget) {
  const auto relationship = messages.front().name.relationship;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto snapshot = co_await take_snapshot(worker_, practice, relationship, therapist,
                                                 std::nullopt, request_deadline());
    const auto now = worker_->store_now();
    if (!snapshot.has_value() || !now) co_return Progress::failed;
    const auto waiting = co_await still_waiting(worker_, practice, *snapshot, messages, *now);
    if (!waiting) co_return Progress::failed;
    bool stale = false;
    for (auto& shift : plan_shifts(*snapshot, *waiting, *now)) {
      if (budget->renewals == 0) co_return Progress::more;
      --budget->renewals;
      auto renewal = renewal_of(*snapshot, std::move(shift), step_of(practice));
      const auto moved = co_await worker_->zone_data.renew_promises(practice, std::move(renewal),
                                                                    request_deadline());
      stale = !moved.has_value() && moved.error() == ZoneDataError::stale;
      if (stale) break;
      if (!moved.has_value()) co_return Progress::failed;
      if (*moved == 0) continue;
      worker_->gateway.metrics.promises_moved(*moved);
      co_await hint_account(worker_, practice, snapshot->facts.therapist);
      co_await hint_account(worker_, practice, snapshot->facts.client);
    }
    if (!stale) co_return Progress::done;
  }
  co_return Progress::failed;
}

// A message that an older gateway accepted meanwhile makes the walk begin again.
boost::asio::awaitable<void> ZoneDataWalks::finish(storage::PracticeId practice) {
  auto& walk = walks_.at(practice);
  const auto state = co_await worker_->zone_data.begin(practice, version_, request_deadline());
  if (state.has_value() && state->newest == version_ && state->strays != walk.seen.strays) {
    walk.seen = *state;
    walk.next = 0;
    co_return;
  }
  const auto made = step_of(practice);
  walks_.erase(practice);
  if (!state.has_value() || state->newest != version_) co_return;
  // Without an effect on anybody it is no change: strays that were promised the same.
  std::string record;
  if (made.before != version_ || state->moved > 0)
    record = practice_record(practice, made, state->moved);
  const auto first = co_await worker_->zone_data.complete(practice, *state, version_,
                                                          std::move(record), request_deadline());
  if (!first.has_value() || !*first || state->moved == 0) co_return;
  worker_->gateway.log.event(Event::promises_moved,
                             {{"practice", worker_->gateway.log.pseudonym(practice.bytes)},
                              {"before", ForeignText{made.before}},
                              {"after", ForeignText{version_}},
                              {"moved", state->moved}});
}

ZoneDataStep ZoneDataWalks::step_of(storage::PracticeId practice) const {
  return {walks_.at(practice).seen.complete, version_};
}

void ZoneDataWalks::note_older() {
  if (std::exchange(older_noted_, true)) return;
  worker_->gateway.log.event(Event::zone_data_older, {{"version", ForeignText{version_}}});
}

}  // namespace holdspace::gateway
