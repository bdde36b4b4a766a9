// See enrolment.hpp.
#include "tests/bench/enrolment.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "crypto/invite.hpp"
#include "crypto/random.hpp"
#include "crypto/statement.hpp"
#include "tests/bench/enrolment_tasks.hpp"

namespace holdspace::bench {
namespace {

constexpr std::int64_t kInviteLifeMs = 3'600'000;
// 2020: before any message.
constexpr std::int64_t kClosedFromMs = 1'577'836'800'000;
constexpr std::size_t kOpenInvites = 100;  // the product's bound for one account

v1::ClientFrame invite_frame(const crypto::InviteSecret& invite, crypto::Role role,
                             const crypto::RelationshipId* relationship) {
  v1::ClientFrame frame;
  auto& create = *frame.mutable_create_invite();
  create.set_invite_id(text_of(invite.id()));
  create.set_claim_key(text_of(invite.claim_key().public_key().bytes));
  create.set_packet(std::string(512, 'p'));
  create.set_role(static_cast<std::uint32_t>(role));
  if (relationship != nullptr) create.set_relationship_id(text_of(*relationship));
  create.set_expires_at_ms(wall_clock_ms() + kInviteLifeMs);
  return frame;
}

class Enroller {
 public:
  Enroller(Loop& loop, const Endpoint& endpoint, const Population& population)
      : loop_(loop), endpoint_(endpoint), population_(population) {}

  // In rounds, because nobody may have more than kOpenInvites invites unused at a time.
  Enrolled run(const std::string& code) {
    const Member admin = make_admin(code);
    while (therapists_.size() < population_.pairs) add_therapists(admin);
    const std::size_t clients = population_.pairs + population_.bystanders;
    const std::size_t each_round = population_.pairs * kOpenInvites;
    Enrolled enrolled{practice_, {}};
    for (std::size_t first = 0; first < clients; first += each_round)
      add_clients(enrolled, first, std::min(each_round, clients - first));
    return enrolled;
  }

 private:
  Member make_admin(const std::string& code) {
    const auto invite = crypto::parse_invite_code(code);
    if (!invite.has_value())
      throw std::runtime_error("the practice's invite code has a typing error");
    std::optional<Member> admin;
    std::string packet;
    run_tasks(
        loop_, 1, [&](std::size_t) { return redeem(*invite); },
        [&](std::size_t, Task& task) {
          admin = static_cast<RedeemTask&>(task).member();
          packet = static_cast<RedeemTask&>(task).packet();
        });
    const auto opened = crypto::open_invite_packet(*invite, endpoint_.host, view(packet));
    if (!opened.has_value()) throw std::runtime_error("the practice's invite packet does not open");
    practice_ = {opened->practice_id, opened->gateway_key, endpoint_.host};
    return std::move(*admin);
  }

  void add_therapists(const Member& admin) {
    const auto count = std::min(kOpenInvites, population_.pairs - therapists_.size());
    std::vector<crypto::InviteSecret> invites;
    std::vector<v1::ClientFrame> requests;
    for (std::size_t i = 0; i < count; ++i) {
      invites.push_back(crypto::InviteSecret::generate());
      requests.push_back(invite_frame(invites.back(), crypto::Role::therapist, nullptr));
    }
    run_tasks(
        loop_, 1,
        [&](std::size_t) -> std::unique_ptr<Task> {
          return std::make_unique<RequestTask>(loop_, endpoint_, practice_, admin, requests);
        },
        [](std::size_t, Task&) {});
    for (Member& member : redeem_all(invites)) therapists_.push_back(std::move(member));
  }

  // Clients `first` to `first` + `count`, dealt out to the therapists in turn; in the first round
  // each therapist opens all hours too.
  void add_clients(Enrolled& enrolled, std::size_t first, std::size_t count) {
    std::vector<std::vector<v1::ClientFrame>> requests(std::min(count, population_.pairs));
    std::vector<crypto::InviteSecret> invites;
    std::vector<crypto::RelationshipId> relationships;
    if (first == 0)
      for (std::size_t i = 0; i < requests.size(); ++i)
        requests[i].push_back(open_all_hours(therapists_[i], 1, 0));
    for (std::size_t i = 0; i < count; ++i) {
      invites.push_back(crypto::InviteSecret::generate());
      relationships.push_back(crypto::random_array<16>());
      requests[i % population_.pairs].push_back(
          invite_frame(invites.back(), crypto::Role::client, &relationships.back()));
    }
    run_tasks(
        loop_, requests.size(),
        [&](std::size_t i) -> std::unique_ptr<Task> {
          return std::make_unique<RequestTask>(loop_, endpoint_, practice_, therapists_[i],
                                               std::move(requests[i]));
        },
        [](std::size_t, Task&) {});
    auto clients = redeem_all(invites);
    for (std::size_t i = 0; i < count; ++i) {
      const Member& therapist = therapists_[i % population_.pairs];
      Member client{clients[i].account_id, std::move(clients[i].device_key), relationships[i],
                    therapist.account_id};
      enrolled.members.push_back(std::move(client));
      if (first + i >= population_.pairs) continue;
      enrolled.members.push_back({therapist.account_id, therapist.device_key.clone(),
                                  relationships[i], clients[i].account_id});
    }
  }

  std::vector<Member> redeem_all(const std::vector<crypto::InviteSecret>& invites) {
    std::vector<std::optional<Member>> found(invites.size());
    run_tasks(
        loop_, invites.size(), [&](std::size_t i) { return redeem(invites[i]); },
        [&](std::size_t i, Task& task) { found[i] = static_cast<RedeemTask&>(task).member(); });
    std::vector<Member> members;
    for (auto& member : found) members.push_back(std::move(*member));
    return members;
  }

  std::unique_ptr<Task> redeem(const crypto::InviteSecret& invite) {
    return std::make_unique<RedeemTask>(loop_, endpoint_, invite);
  }

  Loop& loop_;
  const Endpoint& endpoint_;
  Population population_;
  Practice practice_;
  std::vector<Member> therapists_;
};

}  // namespace

v1::ClientFrame open_all_hours(const Member& therapist, std::uint64_t version,
                               std::int64_t closed_until_ms) {
  v1::Policy policy;
  policy.set_version(version);
  policy.set_zone("Etc/UTC");
  for (const auto lane : {v1::ROUTINE, v1::LOGISTICS})
    for (const auto direction : {v1::TO_THERAPIST, v1::TO_CLIENT})
      for (int day = v1::MONDAY; day <= v1::SUNDAY; ++day) {
        auto& window = *policy.add_windows();
        window.set_lane(lane);
        window.set_direction(direction);
        window.set_weekday(static_cast<v1::Weekday>(day));
        window.set_start_minute(0);
        window.set_end_minute(1440);
      }
  if (closed_until_ms != 0) {
    auto& closure = *policy.add_closures();
    closure.set_id("bench");
    closure.set_from_ms(kClosedFromMs);
    closure.set_until_ms(closed_until_ms);
  }
  v1::ClientFrame frame;
  auto& apply = *frame.mutable_apply_policy();
  apply.set_document(policy.SerializeAsString());
  apply.set_reason(v1::HOURS);
  crypto::PolicyChange change;
  change.owner = therapist.account_id;
  change.version = version;
  change.document_hash = crypto::policy_document_hash(view(apply.document()));
  change.account_id = therapist.account_id;
  change.device_id = 1;
  change.at = crypto::Instant(std::chrono::milliseconds(wall_clock_ms()));
  apply.set_statement(text_of(crypto::sign_policy_change(change, therapist.device_key)));
  return frame;
}

Enrolled enrol_population(Loop& loop, const Endpoint& endpoint, const std::string& code,
                          const Population& population) {
  return Enroller(loop, endpoint, population).run(code);
}

}  // namespace holdspace::bench
