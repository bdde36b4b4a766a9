#include "client/cli/message_line.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "client/cli/display.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/content.hpp"

namespace holdspace::cli {
namespace {

using client::records::Message;
using client::records::OutboxRow;

std::optional<OutboxRow> outbox_row(const client::LocalStore& store, const Message& message) {
  if (message.outbox_ordinal() == 0) return std::nullopt;
  return client::load<OutboxRow>(store, client::Table::outbox,
                                 std::string_view(client::encode_u64(message.outbox_ordinal())));
}

// Nothing was reset, and nothing will be: only the two people can tell what it was.
std::string describe_discontinuity(const Message& message) {
  if (message.raw().empty())
    return "[their device refused a session in the name of this device that does not continue "
           "yours: an old copy of this device, or somebody who has its keys. Tell them, and set "
           "this device up anew]";
  return "[refused: a session in this person's name that does not continue the ones before: an old "
         "copy of their device, or somebody who has its keys. Nothing was reset. Ask them in "
         "person; if it was their device, they set it up anew]";
}

std::string body_of(const Message& message) {
  switch (message.kind()) {
    case client::records::TEXT:
      return printable(message.text(), "    ");
    case client::records::UNSUPPORTED:
      return "[a kind of message that this version cannot show]";
    case client::records::GAP:
      return "[" + std::to_string(message.missing_before()) +
             " message(s) of this writer can no longer be opened]";
    case client::records::DISCONTINUITY:
      return describe_discontinuity(message);
    case client::records::UNREADABLE:
    case client::records::MessageKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::MessageKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "[a message that could not be opened: " + printable(message.text(), "") + "; it is kept]";
}

std::string_view kind_word(const Message& message) {
  switch (message.kind()) {
    case client::records::TEXT:
      return "text";
    case client::records::UNSUPPORTED:
      return "unsupported";
    case client::records::GAP:
      return "gap";
    case client::records::DISCONTINUITY:
      return "discontinuity";
    case client::records::UNREADABLE:
    case client::records::MessageKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::MessageKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unreadable";
}

std::string format_for_person(const std::string& label, const Message& message,
                              const std::optional<OutboxRow>& row) {
  std::string line;
  if (message.missing_before() != 0 && message.kind() != client::records::GAP)
    line += "    [" + std::to_string(message.missing_before()) +
            " earlier message(s) of this writer did not arrive]\n";
  line += format_time(viewer_zone(), client::from_ms(message.stored_at_ms())) + "  ";
  line += (message.outgoing() ? "you to " : "") + printable(label, "");
  const auto lane = static_cast<crypto::Lane>(message.lane());
  if (lane != crypto::Lane::routine) line += " [" + std::string(client::lane_name(lane)) + "]";
  line += "\n    " + body_of(message);
  if (row) line += "\n    (" + describe_state(*row, viewer_zone()) + ")";
  return line;
}

}  // namespace

std::string format_message(const Globals& globals, const client::LocalStore& store,
                           std::uint64_t ordinal, const Message& message) {
  const auto label = label_of(store, message.relationship_id());
  const auto row = outbox_row(store, message);
  if (globals.output == Output::human) return format_for_person(label, message, row);
  nlohmann::ordered_json line;
  line["type"] = "message";
  line["ordinal"] = ordinal;
  line[message.outgoing() ? "to" : "from"] = label;
  line["relationship"] = client::to_hex(client::view(message.relationship_id()));
  line["message_id"] = client::to_hex(client::view(message.message_id()));
  line["lane"] = client::lane_name(static_cast<crypto::Lane>(message.lane()));
  line["kind"] = kind_word(message);
  line["text"] = message.text();
  line["stored_at"] = format_utc(client::from_ms(message.stored_at_ms()));
  if (message.has_written_at_ms())
    line["written_at"] = format_utc(client::from_ms(message.written_at_ms()));
  if (message.seq() != 0) line["seq"] = message.seq();
  line["hash"] = client::to_hex(client::view(message.digest()));
  if (message.missing_before() != 0) line["missing_before"] = message.missing_before();
  if (row) {
    line["state"] = state_word(*row);
    if (row->promise_ms() != 0) line["promise"] = format_utc(client::from_ms(row->promise_ms()));
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace holdspace::cli
