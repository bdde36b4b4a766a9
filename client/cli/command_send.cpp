// `send`: one message, and the one honest state it is in.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/content.hpp"
#include "client/outbox.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::FailureKind;

// Connections for one message, when the first breaks under it. Ours: a gateway that restarts is
// back by then.
constexpr int kConnectsMax = 3;
constexpr std::chrono::milliseconds kReconnectPause{500};

// The gateway cannot read, so it cannot see distress: before a message waits, the person is told
// where help is now.
constexpr char kCrisisHint[] =
    "This message will wait. If someone is in danger now, call your local emergency number or a "
    "crisis line.\n";

asio::awaitable<void> hint_before_hold(client::Client& device, Named to, crypto::Lane lane) {
  v1::PreviewPolicy question;
  question.set_relationship_id(client::to_string(to.id));
  question.set_lane(client::to_wire(lane));
  question.set_direction(to.relationship.self_is_therapist() ? v1::TO_CLIENT : v1::TO_THERAPIST);
  const auto answer = co_await device.preview_policy(std::move(question));
  if (answer.has_value() && answer->verdict().outcome() == v1::HELD)
    std::cerr << kCrisisHint << std::flush;
}

void show(const Globals& globals, const Named& to, const client::records::OutboxRow& row) {
  if (globals.output == Output::human) {
    std::cout << describe_state(row, viewer_zone()) << '\n';
    if (row.first_in_closed_period()) std::cout << closed_notice(row, viewer_zone()) << '\n';
    return;
  }
  nlohmann::ordered_json line;
  line["message_id"] = client::to_hex(client::view(row.message_id()));
  line["to"] = to.relationship.label();
  line["relationship"] = client::to_hex(to.id);
  line["lane"] = client::lane_name(static_cast<crypto::Lane>(row.lane()));
  line["state"] = state_word(row);
  line["reason"] = row.reason();
  if (row.promise_ms() != 0) {
    line["promise"] = format_utc(client::from_ms(row.promise_ms()));
    line["promise_ms"] = row.promise_ms();
  }
  if (!row.zone().empty()) line["zone"] = row.zone();
  if (row.error_code() != 0)
    line["code"] = v1::ErrorCode_Name(static_cast<v1::ErrorCode>(row.error_code()));
  if (row.first_in_closed_period()) line["closed_notice"] = closed_notice(row, viewer_zone());
  if (row.reply_time_hours() != 0) line["reply_time_hours"] = row.reply_time_hours();
  if (!row.cover_account_id().empty())
    line["cover"] = client::to_hex(client::view(row.cover_account_id()));
  line["text"] = describe_state(row, viewer_zone());
  std::cout << line.dump() << '\n';
}

asio::awaitable<int> send_one(client::Client& device, Globals globals, Named to,
                              SendOptions options) {
  auto connected = co_await device.connect();
  if (!connected.has_value() && connected.error().kind != FailureKind::unreachable &&
      connected.error().kind != FailureKind::not_answered)
    co_return fail(globals, connected.error());
  if (connected.has_value()) {
    co_await device.flush();
    if (is_interactive() && globals.output == Output::human)
      co_await hint_before_hold(device, to, options.lane);
  } else if (globals.output == Output::human) {
    std::cerr << "holdspace: " << connected.error().text << '\n';
  }
  // Named: GCC 12 destroys a braced temporary inside a co_await expression twice.
  client::Draft draft{to.id, options.lane, options.text};
  auto report = co_await device.send(std::move(draft));
  if (!report.has_value()) {
    co_await device.disconnect();
    co_return fail(globals, report.error());
  }
  for (int connects = 1; connected.has_value() && connects < kConnectsMax &&
                         !client::has_answer(report->row) && !device.is_connected();
       ++connects) {
    co_await device.disconnect();
    asio::steady_timer timer(co_await asio::this_coro::executor, kReconnectPause);
    co_await timer.async_wait(asio::use_awaitable);
    const auto again = co_await device.connect();
    if (again.has_value()) co_await device.flush();
    auto row = client::load<client::records::OutboxRow>(device.store(), client::Table::outbox,
                                                        std::string_view(report->outbox_id));
    if (row) report->row = std::move(*row);
  }
  show(globals, to, report->row);
  co_await device.disconnect();
  co_return exit_code(report->row);
}

}  // namespace

int send(const Globals& globals, const SendOptions& given) {
  auto options = given;
  if (options.text == "-") {
    options.text.assign(std::istreambuf_iterator<char>(std::cin), {});
    while (options.text.ends_with('\n')) options.text.pop_back();
  }
  if (!client::is_sendable_text(options.text))
    return fail_usage(globals, "a message is 1 to " + std::to_string(client::kTextBytesMax) +
                                   " bytes of UTF-8 text");
  return with_client(globals, {}, [&](client::Client& device) {
    auto to = find_relationship(device.store(), options.to);
    if (!to.has_value()) return fail_later(globals, to.error());
    return send_one(device, globals, std::move(*to), options);
  });
}

}  // namespace holdspace::cli
