// See log.hpp.
#include "gateway/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <algorithm>
#include <utility>

#include "crypto/hash.hpp"
#include "crypto/random.hpp"

namespace holdspace::gateway {
namespace {

// Enough to recognise an attack by, too little to carry anybody's text.
constexpr std::size_t kForeignBytesMax = 64;

spdlog::level::level_enum level_of(Event event) {
  switch (event) {
    case Event::started:
    case Event::stopping:
    case Event::stopped:
    case Event::session_opened:
    case Event::session_closed:
    case Event::invite_redeemed:
    case Event::store_ready:
    case Event::clock_trusted:
      return spdlog::level::info;
    case Event::bad_frame:
    case Event::login_failed:
    case Event::peer_refused:
    case Event::store_unready:
    case Event::clock_doubtful:
    case Event::store_changed:
    case Event::promises_moved:
    case Event::zone_data_older:
      return spdlog::level::warn;
    case Event::store_corrupt:
    case Event::audit_distrusted:
    case Event::policy_unreadable:
    case Event::handler_failed:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::level::level_enum threshold(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
  }
  return spdlog::level::info;
}

std::string quoted(std::string_view text) {
  return '"' + escape_json(text) + '"';
}

void append_hex(std::string& out, std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

std::string_view name(Event event) {
  switch (event) {
    case Event::started:
      return "started";
    case Event::stopping:
      return "stopping";
    case Event::stopped:
      return "stopped";
    case Event::session_opened:
      return "session_opened";
    case Event::session_closed:
      return "session_closed";
    case Event::bad_frame:
      return "bad_frame";
    case Event::login_failed:
      return "login_failed";
    case Event::peer_refused:
      return "peer_refused";
    case Event::invite_redeemed:
      return "invite_redeemed";
    case Event::store_unready:
      return "store_unready";
    case Event::store_ready:
      return "store_ready";
    case Event::clock_doubtful:
      return "clock_doubtful";
    case Event::clock_trusted:
      return "clock_trusted";
    case Event::store_changed:
      return "store_changed";
    case Event::store_corrupt:
      return "store_corrupt";
    case Event::audit_distrusted:
      return "audit_distrusted";
    case Event::policy_unreadable:
      return "policy_unreadable";
    case Event::promises_moved:
      return "promises_moved";
    case Event::zone_data_older:
      return "zone_data_older";
    case Event::handler_failed:
      return "handler_failed";
  }
  return "unknown";
}

std::string escape_json(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // One escape for each byte: foreign bytes need not be UTF-8, and a reader sees what was sent.
      out += "\\u00";
      append_hex(out, byte);
    } else {
      out += c;
    }
  }
  return out;
}

LogValue log_safe(LogWord word) {
  return LogValue(quoted(word.text()));
}

LogValue log_safe(Pseudonym pseudonym) {
  std::string hex = "\"";
  for (const auto byte : pseudonym.bytes) append_hex(hex, byte);
  return LogValue(hex + '"');
}

LogValue log_safe(ForeignText text) {
  return LogValue(quoted(text.text.substr(0, kForeignBytesMax)));
}

Log::Log(std::shared_ptr<spdlog::sinks::sink> sink, LogLevel level)
    : logger_(std::make_unique<spdlog::logger>("holdspace", std::move(sink))),
      run_key_(crypto::random_secret<32>()) {
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
  logger_->set_level(threshold(level));
  logger_->flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::event(Event event, std::initializer_list<LogField> fields) const {
  const auto level = level_of(event);
  if (!logger_->should_log(level)) return;
  std::string line = "\"event\":" + quoted(name(event));
  for (const auto& field : fields)
    line += ',' + quoted(field.name.text()) + ':' + field.value.json();
  logger_->log(level, spdlog::string_view_t(line));
}

Pseudonym Log::pseudonym(std::span<const std::uint8_t> id) const {
  const auto whole = crypto::pseudonym(run_key_, id);
  Pseudonym pseudonym;
  std::copy_n(whole.begin(), pseudonym.bytes.size(), pseudonym.bytes.begin());
  return pseudonym;
}

}  // namespace holdspace::gateway
