#include "client/cli/policy_words.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/display.hpp"
#include "client/cli/policy_gaps.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

using boost::system::result;
using client::Failure;
using client::FailureKind;
using Json = nlohmann::ordered_json;

// The enumerator's name in small letters, without `ending`.
std::string small_word(std::string name, std::string_view ending) {
  if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter; });
  return name;
}

Json promise_row(const client::LocalStore& store, const v1::BrokenPromise& promise) {
  Json row;
  row["with"] = label_of(store, promise.relationship_id());
  row["relationship"] = client::to_hex(client::view(promise.relationship_id()));
  row["lane"] = lane_word(promise.lane());
  row["direction"] = direction_word(promise.direction());
  row["messages"] = promise.messages();
  row["promise"] = format_utc(client::from_ms(promise.promise_ms()));
  row["renewed"] = nullptr;
  if (promise.has_renewed_ms()) row["renewed"] = format_utc(client::from_ms(promise.renewed_ms()));
  return row;
}

Json opening_row(const v1::Opening& opening) {
  Json row;
  row["id"] = opening.id();
  row["lane"] = lane_word(opening.lane());
  row["direction"] = direction_word(opening.direction());
  row["from"] = format_utc(client::from_ms(opening.from_ms()));
  row["until"] = format_utc(client::from_ms(opening.until_ms()));
  return row;
}

void print_promise(const client::LocalStore& store, const v1::BrokenPromise& promise, bool renew) {
  std::cout << "  " << printable(label_of(store, promise.relationship_id()), "") << ", "
            << lane_word(promise.lane()) << ' ' << direction_word(promise.direction()) << ": "
            << promise.messages() << " waiting, promised for "
            << format_time(viewer_zone(), client::from_ms(promise.promise_ms()));
  if (!renew) {
    std::cout << "; the promise is kept\n";
  } else if (promise.has_renewed_ms()) {
    std::cout << "; their senders are told "
              << format_time(viewer_zone(), client::from_ms(promise.renewed_ms())) << '\n';
  } else {
    std::cout << "; their senders are told that no opening is planned\n";
  }
}

}  // namespace

result<v1::FetchPolicy, Failure> ask_about(client::Client& device, const PolicyOwner& owner) {
  v1::FetchPolicy question;
  if (owner.of_practice) {
    question.set_account_id(client::to_string(crypto::AccountId{}));
  } else if (!owner.account.empty()) {
    const auto account = parse_id(owner.account);
    if (!account)
      return Failure{FailureKind::bad_input, "an account id has 32 hexadecimal digits", {}};
    question.set_account_id(client::to_string(*account));
  } else if (!owner.with.empty() || device.identity().role == crypto::Role::client) {
    const auto found = find_relationship(device.store(), owner.with);
    if (!found.has_value()) return found.error();
    question.set_relationship_id(client::to_string(found->id));
  }
  return question;
}

int print_policy(const Globals& globals, const v1::PolicyReply& reply, std::string_view none) {
  if (globals.output == Output::human) {
    if (reply.has_policy())
      std::cout << client::format_policy_file(reply.policy());
    else
      std::cout << none << '\n';
    return kOk;
  }
  Json line;
  line["policy"] = nullptr;
  if (reply.has_policy()) line["policy"] = Json::parse(client::format_policy_file(reply.policy()));
  line["kept"] = Json::array();
  for (const auto& opening : reply.kept()) line["kept"].push_back(opening_row(opening));
  if (reply.has_practice_default())
    line["practice_default"] = Json::parse(client::format_policy_file(reply.practice_default()));
  line["tzdb_version"] = reply.tzdb_version();
  std::cout << line.dump() << '\n';
  return kOk;
}

int print_applied(const Globals& globals, const client::LocalStore& store,
                  const v1::PolicyApplied& applied, const client::PolicyDraft& draft,
                  const client::Gaps& gaps) {
  const bool renew = draft.promises == v1::RENEW_PROMISES;
  if (globals.output == Output::json) {
    Json line;
    line["version"] = applied.version();
    line["dry_run"] = draft.dry_run;
    line["proposed"] = applied.proposed();
    line["widens"] = applied.widens();
    line["broken"] = Json::array();
    for (const auto& promise : applied.broken())
      line["broken"].push_back(promise_row(store, promise));
    line["kept"] = Json::array();
    for (const auto& opening : applied.kept()) line["kept"].push_back(opening_row(opening));
    line["refusals"] = refusals_row(gaps);
    line["skipped_windows"] = gaps.skipped_windows;
    std::cout << line.dump() << '\n';
    return kOk;
  }
  const auto version = std::to_string(applied.version());
  if (draft.dry_run && applied.proposed())
    std::cout << "Nothing was changed. As version " << version
              << " it would wait for its owner's signature.\n";
  else if (draft.dry_run)
    std::cout << "Nothing was changed. It would be in force at once, as version " << version
              << ".\n";
  else if (applied.proposed())
    std::cout << "It widens its owner's hours, so it waits for their signature, as version "
              << version << ".\n";
  else
    std::cout << "The policy is in force, as version " << version << ".\n";
  for (const auto& promise : applied.broken()) print_promise(store, promise, renew);
  return kOk;
}

std::string reason_word(v1::ChangeReason reason) {
  return small_word(v1::ChangeReason_Name(reason), "_CHANGE");
}

std::optional<crypto::Instant> end_of(const Span& span, crypto::Instant now) {
  if (span.until.empty() == span.length.empty()) return std::nullopt;
  if (!span.until.empty()) return parse_time(viewer_zone(), span.until);
  const auto length = parse_span(span.length);
  if (!length) return std::nullopt;
  return now + *length;
}

}  // namespace holdspace::cli
