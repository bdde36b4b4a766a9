// `withdraw` and `replace`: taking a held message back.
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/profile.hpp"
#include "client/content.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::Failure;
using client::FailureKind;

// Shorter beginnings of an id are typing errors.
constexpr std::size_t kIdDigitsMin = 4;

boost::system::result<crypto::MessageId, Failure> find_message(const client::LocalStore& store,
                                                               const std::string& beginning) {
  std::vector<crypto::MessageId> found;
  if (beginning.size() >= kIdDigitsMin) {
    client::each<client::records::OutboxRow>(
        store, client::Table::outbox, [&](std::string_view, const auto& row) {
          const auto id = client::parse_bytes<16>(row.message_id());
          if (id && client::to_hex(*id).starts_with(beginning)) found.push_back(*id);
          return found.size() < 2;
        });
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Failure{FailureKind::bad_input,
                   "no message of the outbox begins with that id; see `holdspace outbox --all`",
                   {}};
  return Failure{FailureKind::bad_input, "more than one message begins with that id", {}};
}

void print(const Globals& globals, const client::WithdrawReport& report) {
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["withdrawn"] = true;
    line["sent_anew"] = report.sent_anew;
    if (report.replacement) {
      const auto& row = report.replacement->row;
      line["replacement"]["message_id"] = client::to_hex(client::view(row.message_id()));
      line["replacement"]["state"] = state_word(row);
      line["replacement"]["text"] = describe_state(row, viewer_zone());
    }
    std::cout << line.dump() << '\n';
    return;
  }
  std::cout << "Withdrawn; nobody was offered it.\n";
  if (report.sent_anew != 0)
    std::cout << report.sent_anew
              << " later message(s) of this lane were sent anew, so that nothing is missing.\n";
  if (report.replacement)
    std::cout << "The new text: " << describe_state(report.replacement->row, viewer_zone()) << '\n';
}

asio::awaitable<int> take_back(client::Client& device, Globals globals, crypto::MessageId id,
                               std::string replacement) {
  const auto connected = co_await device.connect();
  if (!connected.has_value() && connected.error().kind != FailureKind::unreachable &&
      connected.error().kind != FailureKind::not_answered)
    co_return fail(globals, connected.error());
  const auto report = co_await device.withdraw(id, std::move(replacement));
  co_await device.disconnect();
  if (report.has_value()) {
    print(globals, *report);
    co_return report->replacement ? exit_code(report->replacement->row) : kOk;
  }
  auto failed = report.error();
  if (failed.kind == FailureKind::unreachable || failed.kind == FailureKind::not_answered) {
    failed.kind = FailureKind::not_answered;
    failed.text += "; it is kept in mind: `holdspace outbox retry` asks again";
  }
  co_return fail(globals, failed);
}

}  // namespace

int withdraw(const Globals& globals, const WithdrawOptions& given) {
  auto options = given;
  if (options.replacement == "-") {
    options.replacement.assign(std::istreambuf_iterator<char>(std::cin), {});
    while (options.replacement.ends_with('\n')) options.replacement.pop_back();
  }
  if (!given.replacement.empty() && !client::is_sendable_text(options.replacement))
    return fail_usage(globals, "a message is 1 to " + std::to_string(client::kTextBytesMax) +
                                   " bytes of UTF-8 text");
  return with_client(globals, {}, [&](client::Client& device) {
    const auto id = find_message(device.store(), options.message);
    if (!id.has_value()) return fail_later(globals, id.error());
    return take_back(device, globals, *id, options.replacement);
  });
}

}  // namespace holdspace::cli
