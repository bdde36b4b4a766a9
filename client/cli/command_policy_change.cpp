// `policy apply|open|close|proposal` and `hours`: making the next version of a policy.
#include <chrono>
#include <functional>
#include <iostream>
#include <utility>

#include "boundary/policy.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/policy_gaps.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"
#include "client/policy_change.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::Failure;
using client::FailureKind;

constexpr char kSpanWords[] =
    "say --until \"YYYY-MM-DD HH:MM\" in your zone, or --for with a span such as 90m, 24h or 3d";

Failure bad_input(std::string text) {
  return {FailureKind::bad_input, std::move(text), {}};
}

// `gaps`: of the version in the draft.
asio::awaitable<int> finish(client::Client& device, Globals globals, client::PolicyDraft draft,
                            client::Gaps gaps) {
  const auto applied = co_await device.apply_policy(draft);
  co_await device.disconnect();
  if (!applied.has_value()) co_return fail(globals, applied.error());
  co_return print_applied(globals, device.store(), *applied, draft, gaps);
}

// A file that says no version is made from the policy in force.
asio::awaitable<int> apply(client::Client& device, Globals globals, v1::FetchPolicy whose,
                           v1::Policy policy, client::PolicyDraft draft, client::Gaps gaps) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  if (policy.version() == 0) {
    const auto held = co_await device.fetch_policy(std::move(whose));
    if (!held.has_value()) {
      co_await device.disconnect();
      co_return fail(globals, held.error());
    }
    policy.set_version(held->policy().version());
  }
  draft.document = client::next_version(policy, client::now()).SerializeAsString();
  co_return co_await finish(device, globals, std::move(draft), std::move(gaps));
}

// Changes the own policy in force; `change` says what is wrong when there is nothing to change.
using Change = std::function<std::optional<std::string>(v1::Policy& policy)>;
asio::awaitable<int> change_own(client::Client& device, Globals globals, v1::ChangeReason reason,
                                Change change) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  v1::FetchPolicy own;
  const auto held = co_await device.fetch_policy(std::move(own));
  std::optional<Failure> failed;
  client::PolicyDraft draft;
  client::Gaps gaps;
  if (!held.has_value()) {
    failed = held.error();
  } else if (!held->has_policy()) {
    failed = bad_input("there is no policy yet; write one and use `holdspace policy apply FILE`");
  } else {
    auto policy = client::next_version(held->policy(), client::now());
    if (auto wrong = change(policy)) failed = bad_input(std::move(*wrong));
    draft.document = policy.SerializeAsString();
    draft.reason = reason;
    gaps = gaps_from_now(policy);
  }
  if (failed) {
    co_await device.disconnect();
    co_return fail(globals, *failed);
  }
  // In an emergency no word is asked for, and a week that is as it was needs no warning.
  gaps.of_the_week.clear();
  if (reason == v1::EMERGENCY) warn(globals, gaps);
  co_return co_await finish(device, globals, std::move(draft), std::move(gaps));
}

asio::awaitable<int> proposal(client::Client& device, Globals globals, ProposalStep step,
                              bool accept_refusals) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  const auto waiting = co_await device.fetch_proposal();
  v1::PolicyReply shown;
  if (waiting.has_value() && !waiting->document().empty() &&
      !shown.mutable_policy()->ParseFromString(waiting->document())) {
    co_await device.disconnect();
    co_return fail(globals, {FailureKind::untrusted, "the proposal is not a policy", {}});
  }
  if (!waiting.has_value() || step == ProposalStep::show || !shown.has_policy()) {
    co_await device.disconnect();
    if (!waiting.has_value()) co_return fail(globals, waiting.error());
    co_return print_policy(globals, shown, "No proposal waits for you.");
  }
  if (step == ProposalStep::accept) {
    auto gaps = gaps_from_now(shown.policy());
    warn(globals, gaps);
    if (const auto missing = missing_word(gaps, accept_refusals)) {
      co_await device.disconnect();
      co_return fail_usage(globals, *missing);
    }
    client::PolicyDraft draft;
    draft.document = waiting->document();
    draft.reason = waiting->meta().reason();
    co_return co_await finish(device, globals, std::move(draft), std::move(gaps));
  }
  const auto rejected = co_await device.reject_proposal();
  co_await device.disconnect();
  if (!rejected.has_value()) co_return fail(globals, rejected.error());
  if (globals.output == Output::json)
    std::cout << "{\"rejected\":true}\n";
  else
    std::cout << "The proposal is rejected; your policy is as it was.\n";
  co_return kOk;
}

// The own hours of a client.
asio::awaitable<int> show_hours(client::Client& device, Globals globals) {
  v1::FetchPolicy question;
  question.set_account_id(client::to_string(device.identity().account_id()));
  auto asked = device.fetch_policy(std::move(question));
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  co_return print_policy(globals, *reply,
                         "You have set no hours of your own: replies reach you as soon as they are "
                         "passed on. Write a policy file with TO_CLIENT windows and use `holdspace "
                         "hours apply FILE`.");
}

// The gateway would refuse it as well; here the field is named without a connection.
boost::system::result<v1::Policy, Failure> read_checked(const std::filesystem::path& file) {
  auto policy = read_policy(file);
  if (!policy.has_value()) return policy.error();
  const auto checked = client::compile_policy_file(*policy);
  if (!checked.has_value()) return bad_input(file.string() + ": " + checked.error().text);
  return policy;
}

client::PolicyDraft draft_of(const ApplyOptions& options) {
  client::PolicyDraft draft;
  draft.reason = options.reason;
  draft.promises = options.renew_promises ? v1::RENEW_PROMISES : v1::KEEP_PROMISES;
  draft.dry_run = options.dry_run;
  return draft;
}

}  // namespace

int policy_apply(const Globals& globals, const ApplyOptions& options) {
  const auto policy = read_checked(options.file);
  if (!policy.has_value()) return fail(globals, policy.error());
  const auto gaps = gaps_from_now(*policy);
  warn(globals, gaps);
  if (const auto missing = missing_word(gaps, options.accept_refusals || options.dry_run))
    return fail_usage(globals, *missing);
  return with_client(globals, {}, [&](client::Client& device) {
    auto whose = ask_about(device, options.owner);
    if (!whose.has_value()) return fail_later(globals, whose.error());
    auto draft = draft_of(options);
    draft.account = client::parse_bytes<16>(whose->account_id());
    return apply(device, globals, std::move(*whose), *policy, std::move(draft), gaps);
  });
}

int policy_open(const Globals& globals, const OpenOptions& options) {
  if (options.lane == crypto::Lane::urgent)
    return fail_usage(globals, "the urgent lane is never shut, so nothing opens it");
  const auto from = client::now();
  const auto until = end_of(options.span, from);
  if (!until) return fail_usage(globals, kSpanWords);
  if (*until <= from || *until - from > boundary::kOpeningMax)
    return fail_usage(globals, "an opening ends within 14 days; for longer, change the windows");
  return with_client(globals, {}, [&](client::Client& device) {
    v1::Opening opening;
    if (!options.with.empty()) {
      const auto with = find_relationship(device.store(), options.with);
      if (!with.has_value()) return fail_later(globals, with.error());
      opening.set_relationship_id(client::to_string(with->id));
    }
    opening.set_lane(client::to_wire(options.lane));
    opening.set_direction(options.direction == "to_client" ? v1::TO_CLIENT : v1::TO_THERAPIST);
    opening.set_from_ms(client::to_ms(from));
    opening.set_until_ms(client::to_ms(*until));
    opening.set_reason(options.reason);
    const Change change = [opening](v1::Policy& policy) {
      client::add_opening(policy, opening);
      return std::optional<std::string>();
    };
    return change_own(device, globals, v1::OVERRIDE, change);
  });
}

int policy_close(const Globals& globals, const CloseOptions& options) {
  const auto from = client::now();
  const bool endless = options.span.until.empty() && options.span.length.empty();
  const auto until = end_of(options.span, from);
  if (!endless && (!until || *until <= from)) return fail_usage(globals, kSpanWords);
  v1::Closure closure;
  closure.set_from_ms(client::to_ms(from));
  if (until) closure.set_until_ms(client::to_ms(*until));
  if (!options.cover.empty()) {
    const auto cover = parse_id(options.cover);
    if (!cover) return fail_usage(globals, "an account id has 32 hexadecimal digits");
    closure.set_cover_account_id(client::to_string(*cover));
  }
  const Change change = [closure, lift = options.lift](v1::Policy& policy) {
    std::optional<std::string> wrong;
    if (!lift)
      client::add_closure(policy, closure);
    else if (!client::lift_closures(policy))
      wrong = "there is no emergency closure to lift";
    return wrong;
  };
  return with_client(globals, {}, [&](client::Client& device) {
    return change_own(device, globals, v1::EMERGENCY, change);
  });
}

int policy_proposal(const Globals& globals, ProposalStep step, bool accept_refusals) {
  return with_client(globals, {}, [&](client::Client& device) {
    return proposal(device, globals, step, accept_refusals);
  });
}

int hours_show(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return show_hours(device, globals); });
}

int hours_apply(const Globals& globals, const ApplyOptions& options) {
  const auto policy = read_checked(options.file);
  if (!policy.has_value()) return fail(globals, policy.error());
  return with_client(globals, {}, [&](client::Client& device) {
    if (device.identity().role != crypto::Role::client)
      return fail_later(globals, bad_input("hours are a client's own; yours are your policy"));
    v1::FetchPolicy whose;
    whose.set_account_id(client::to_string(device.identity().account_id()));
    auto draft = draft_of(options);
    draft.reason = v1::CLIENT_HOURS;
    return apply(device, globals, std::move(whose), *policy, std::move(draft), {});
  });
}

}  // namespace holdspace::cli
