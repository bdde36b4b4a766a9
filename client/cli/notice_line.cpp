#include "client/cli/notice_line.hpp"

#include <nlohmann/json.hpp>

#include "client/cli/display.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string hex(const std::string& bytes) {
  return client::to_hex(client::view(bytes));
}

std::string lane_of(const client::LocalStore& store, const std::string& relationship,
                    v1::Lane lane) {
  return printable(label_of(store, relationship), "") + " [" + std::string(lane_word(lane)) + "]: ";
}

std::string words(const client::LocalStore& store, const v1::PromiseRenewed& renewed) {
  auto line = lane_of(store, renewed.relationship_id(), renewed.lane());
  if (!renewed.has_promise_ms())
    return line + "your messages that wait stay held; no opening is planned yet";
  return line + "your messages that wait are passed on at another time: " +
         format_time(viewer_zone(), client::from_ms(renewed.promise_ms()));
}

std::string words(const client::LocalStore& store, const v1::Released& released) {
  return lane_of(store, released.relationship_id(), released.lane()) +
         "it is open; your messages that waited were passed on";
}

std::string words(const client::LocalStore& store, const v1::Returned& returned) {
  auto line = lane_of(store, returned.relationship_id(), returned.lane()) + "your message " +
              hex(returned.message_id()).substr(0, 8) +
              " came back: " + std::string(returned_words(returned.why()));
  if (!returned.cover_account_id().empty())
    line += "; account " + hex(returned.cover_account_id()) + " covers";
  return line;
}

std::string words(const client::LocalStore& store, const v1::RelationshipNotice& notice) {
  auto line = printable(label_of(store, notice.relationship_id()), "") + ": the relationship is " +
              std::string(state_word(notice.state()));
  if (notice.ends_at_ms() != 0)
    line += " until " + format_time(viewer_zone(), client::from_ms(notice.ends_at_ms()));
  if (!notice.successor_account_id().empty())
    line += "; account " + hex(notice.successor_account_id()) + " takes over";
  return line;
}

std::string words(const client::LocalStore& store, const v1::AgreementNotice& notice) {
  const auto label = printable(label_of(store, notice.relationship_id()), "");
  if (notice.in_force()) return label + ": both sides have signed the terms";
  if (notice.revoked())
    return label +
           ": the other side took its signature back; nothing passes until both have signed again";
  return label + ": terms wait for your signature; see `holdspace agreement show`";
}

std::string words(const client::LocalStore& store, const v1::PolicyNotice& notice) {
  if (notice.relationship_id().empty())
    return "a policy is proposed to you; see `holdspace policy proposal show`";
  return printable(label_of(store, notice.relationship_id()), "") +
         ": the hours have changed; see `holdspace policy show`";
}

std::string words(const client::LocalStore& store, const v1::Notice& notice) {
  switch (notice.kind_case()) {
    case v1::Notice::kPromiseRenewed:
      return words(store, notice.promise_renewed());
    case v1::Notice::kReleased:
      return words(store, notice.released());
    case v1::Notice::kReturned:
      return words(store, notice.returned());
    case v1::Notice::kRelationship:
      return words(store, notice.relationship());
    case v1::Notice::kAgreement:
      return words(store, notice.agreement());
    case v1::Notice::kPolicy:
      return words(store, notice.policy());
    case v1::Notice::KIND_NOT_SET:
      break;
  }
  return "a notice that this version cannot show";
}

template <class About>
void about(Json& line, const client::LocalStore& store, const About& notice) {
  line["with"] = label_of(store, notice.relationship_id());
  line["relationship"] = hex(notice.relationship_id());
}

void fill(Json& line, const client::LocalStore& store, const v1::Notice& notice) {
  switch (notice.kind_case()) {
    case v1::Notice::kPromiseRenewed: {
      const auto& renewed = notice.promise_renewed();
      line["kind"] = "promise_renewed";
      about(line, store, renewed);
      line["lane"] = lane_word(renewed.lane());
      line["promise"] = nullptr;
      if (renewed.has_promise_ms())
        line["promise"] = format_utc(client::from_ms(renewed.promise_ms()));
      line["reason"] = renewed.reason();
      break;
    }
    case v1::Notice::kReleased:
      line["kind"] = "released";
      about(line, store, notice.released());
      line["lane"] = lane_word(notice.released().lane());
      break;
    case v1::Notice::kReturned:
      line["kind"] = "returned";
      about(line, store, notice.returned());
      line["lane"] = lane_word(notice.returned().lane());
      line["message_id"] = hex(notice.returned().message_id());
      line["why"] = returned_name(notice.returned().why());
      line["cover"] = hex(notice.returned().cover_account_id());
      break;
    case v1::Notice::kRelationship:
      line["kind"] = "relationship";
      about(line, store, notice.relationship());
      line["state"] = state_word(notice.relationship().state());
      if (notice.relationship().ends_at_ms() != 0)
        line["ends_at"] = format_utc(client::from_ms(notice.relationship().ends_at_ms()));
      line["successor"] = hex(notice.relationship().successor_account_id());
      break;
    case v1::Notice::kAgreement:
      line["kind"] = "agreement";
      about(line, store, notice.agreement());
      line["agreement"] = hex(notice.agreement().agreement_hash());
      line["in_force"] = notice.agreement().in_force();
      line["revoked"] = notice.agreement().revoked();
      break;
    case v1::Notice::kPolicy:
      line["kind"] = notice.policy().relationship_id().empty() ? "proposal" : "policy";
      if (!notice.policy().relationship_id().empty()) about(line, store, notice.policy());
      line["version"] = notice.policy().version();
      break;
    case v1::Notice::KIND_NOT_SET:
      line["kind"] = "unsupported";
      break;
  }
}

}  // namespace

std::string format_notice(const Globals& globals, const client::LocalStore& store,
                          const v1::Notice& notice) {
  const auto at = client::from_ms(notice.at_ms());
  if (globals.output == Output::human)
    return format_time(viewer_zone(), at) + "  " + words(store, notice);
  Json line;
  line["type"] = "notice";
  line["id"] = notice.id();
  line["at"] = format_utc(at);
  fill(line, store, notice);
  return line.dump();
}

}  // namespace holdspace::cli
