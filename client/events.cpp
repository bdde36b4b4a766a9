#include "client/events.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "client/clock.hpp"
#include "client/wire_bytes.hpp"

namespace holdspace::client {
namespace {

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::submit:
      return "submit";
    case EventKind::answer:
      return "answer";
    case EventKind::deliver:
      return "deliver";
    case EventKind::drained:
      return "drained";
    case EventKind::note:
      return "note";
  }
  return "?";
}

}  // namespace

std::string to_json_line(const Event& event, std::string_view actor) {
  nlohmann::ordered_json line;
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  line["wall"] = to_ms(now());
  line["mono"] = std::chrono::duration<double, std::milli>(mono).count();
  line["actor"] = actor;
  line["op"] = name(event.kind);
  if (event.message_id != crypto::MessageId{}) line["msg_id"] = to_hex(event.message_id);
  if (event.relationship_id != crypto::RelationshipId{})
    line["relationship"] = to_hex(event.relationship_id);
  if (event.kind == EventKind::submit) line["to"] = event.peer;
  if (event.kind == EventKind::deliver) line["from"] = event.peer;
  if (!event.lane.empty()) line["lane"] = event.lane;
  if (event.seq != 0) line["seq"] = event.seq;
  if (event.digest != crypto::Hash32{}) line["hash"] = to_hex(event.digest);
  if (!event.epoch.empty()) line["epoch"] = event.epoch;
  if (!event.result.empty()) line["result"] = event.result;
  if (!event.state.empty()) line["state"] = event.state;
  if (event.promise_ms) line["promise"] = *event.promise_ms;
  if (!event.what.empty()) line["what"] = event.what;
  return line.dump();
}

}  // namespace holdspace::client
