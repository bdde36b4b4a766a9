// See enrolment.hpp.
#include "tests/bench/enrolment.hpp"

#include <optional>
#include <stdexcept>

#include "crypto/invite.hpp"
#include "crypto/random.hpp"
#include "tests/bench/enrolment_tasks.hpp"

namespace holdspace::bench {
namespace {

constexpr std::int64_t kInviteLifeMs = 3'600'000;

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

// Every gated lane open in both directions all week, so that the boundary lets all mail pass.
v1::ClientFrame open_all_hours() {
  v1::ClientFrame frame;
  auto& policy = *frame.mutable_apply_policy()->mutable_policy();
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
  return frame;
}

// What a therapist gives to one client.
struct ClientInvite {
  crypto::InviteSecret secret;
  crypto::RelationshipId relationship_id{};
  std::size_t therapist = 0;
};

class Enroller {
 public:
  Enroller(Loop& loop, const Endpoint& endpoint, const Population& population)
      : loop_(loop), endpoint_(endpoint), population_(population) {}

  Enrolled run(const std::string& code) {
    const Member admin = make_admin(code);
    invite_therapists(admin);
    invite_clients();
    return redeem_clients();
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

  void invite_therapists(const Member& admin) {
    std::vector<crypto::InviteSecret> invites;
    std::vector<v1::ClientFrame> requests;
    for (std::size_t i = 0; i < population_.pairs; ++i) {
      invites.push_back(crypto::InviteSecret::generate());
      requests.push_back(invite_frame(invites.back(), crypto::Role::therapist, nullptr));
    }
    run_tasks(
        loop_, 1,
        [&](std::size_t) -> std::unique_ptr<Task> {
          return std::make_unique<RequestTask>(loop_, endpoint_, practice_, admin, requests);
        },
        [](std::size_t, Task&) {});
    std::vector<std::optional<Member>> members(population_.pairs);
    run_tasks(
        loop_, invites.size(), [&](std::size_t i) { return redeem(invites[i]); },
        [&](std::size_t i, Task& task) { members[i] = static_cast<RedeemTask&>(task).member(); });
    for (auto& member : members) therapists_.push_back(std::move(*member));
  }

  void invite_clients() {
    std::vector<std::vector<v1::ClientFrame>> requests(population_.pairs);
    for (auto& list : requests) list.push_back(open_all_hours());
    for (std::size_t i = 0; i < population_.pairs + population_.bystanders; ++i) {
      const std::size_t therapist = i % population_.pairs;
      invites_.push_back({crypto::InviteSecret::generate(), crypto::random_array<16>(), therapist});
      requests[therapist].push_back(
          invite_frame(invites_[i].secret, crypto::Role::client, &invites_[i].relationship_id));
    }
    run_tasks(
        loop_, population_.pairs,
        [&](std::size_t i) -> std::unique_ptr<Task> {
          return std::make_unique<RequestTask>(loop_, endpoint_, practice_, therapists_[i],
                                               std::move(requests[i]));
        },
        [](std::size_t, Task&) {});
  }

  Enrolled redeem_clients() {
    std::vector<std::optional<Member>> clients(invites_.size());
    run_tasks(
        loop_, invites_.size(), [&](std::size_t i) { return redeem(invites_[i].secret); },
        [&](std::size_t i, Task& task) { clients[i] = static_cast<RedeemTask&>(task).member(); });
    Enrolled enrolled{practice_, {}};
    for (std::size_t i = 0; i < clients.size(); ++i) {
      Member& client = *clients[i];
      client.relationship_id = invites_[i].relationship_id;
      client.partner = therapists_[invites_[i].therapist].account_id;
      const crypto::AccountId client_id = client.account_id;
      enrolled.members.push_back(std::move(client));
      if (i >= population_.pairs) continue;
      // therapists_ stays whole, because later clients look their partner up in it.
      const Member& therapist = therapists_[i];
      enrolled.members.push_back({therapist.account_id, therapist.device_key.clone(),
                                  invites_[i].relationship_id, client_id});
    }
    return enrolled;
  }

  std::unique_ptr<Task> redeem(const crypto::InviteSecret& invite) {
    return std::make_unique<RedeemTask>(loop_, endpoint_, invite);
  }

  Loop& loop_;
  const Endpoint& endpoint_;
  Population population_;
  Practice practice_;
  std::vector<Member> therapists_;
  std::vector<ClientInvite> invites_;
};

}  // namespace

Enrolled enrol_population(Loop& loop, const Endpoint& endpoint, const std::string& code,
                          const Population& population) {
  return Enroller(loop, endpoint, population).run(code);
}

}  // namespace holdspace::bench
