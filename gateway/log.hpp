// The gateway's log: one JSON object per line, one event per object. Only types with a log_safe()
// overload can be fields, so ciphertext, keys, names, error prose and ids in clear do not compile.
// docs/operations.md, "Logs".
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/secret.hpp"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace holdspace::gateway {

// Every event there is. error = a bug to look at, warning = someone should know, info = start,
// stop, session open and close; what succeeds is otherwise silent.
enum class Event : std::uint8_t {
  started,           // info: the gateway listens
  stopping,          // info: a signal asked it to stop
  stopped,           // info: every session is closed
  session_opened,    // info: a device logged in
  session_closed,    // info: with the close code
  bad_frame,         // warning: a peer's bytes were refused and the connection closed
  login_failed,      // warning: one event for every cause
  peer_refused,      // warning: by the transport; not every one (refusal_log.hpp)
  invite_redeemed,   // info
  store_unready,     // warning: the store's clock or connection is not to be relied on
  store_ready,       // info: it is again
  clock_doubtful,    // warning: the store's clock is unknown or was set back, or this machine's off
  clock_trusted,     // info: it is right again
  store_changed,     // warning: the store's epoch is another one
  store_corrupt,     // error: a record could not be read
  audit_distrusted,  // error: a ledger's checkpoint is not one of this key, or beyond the ledger
  policy_unreadable,  // error: a stored policy does not compile
  promises_moved,     // warning: another version of the time-zone database has moved promises
  zone_data_older,    // warning: another gateway has a newer version of it; told once
  handler_failed,     // error: an exception reached the session's edge
};

// A word that stands in our source: a literal, never text from outside.
class LogWord {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to serve as a word
  consteval LogWord(const char (&literal)[N]) : text_(literal, N - 1) {}
  // For names of enumerators, which are literals elsewhere (boundary/names.hpp, reply_error.hpp).
  static constexpr LogWord of_enumerator(std::string_view name) { return LogWord(name); }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  constexpr explicit LogWord(std::string_view text) : text_(text) {}
  std::string_view text_;
};

// What stands for an id: the same id gives the same pseudonym until the process ends, and another
// one afterwards.
struct Pseudonym {
  std::array<std::uint8_t, 8> bytes{};
};

// Text that a peer or the operator's file controls: escaped and cut to 64 bytes.
struct ForeignText {
  std::string_view text;
};

// One field's value, already as JSON.
class LogValue {
 public:
  [[nodiscard]] const std::string& json() const { return json_; }

 private:
  explicit LogValue(std::string json) : json_(std::move(json)) {}
  std::string json_;

  template <std::integral T>
  friend LogValue log_safe(T value);
  friend LogValue log_safe(LogWord word);
  friend LogValue log_safe(Pseudonym pseudonym);
  friend LogValue log_safe(ForeignText text);
};

template <std::integral T>
LogValue log_safe(T value) {
  if constexpr (std::same_as<T, bool>)
    return LogValue(value ? "true" : "false");
  else
    return LogValue(std::to_string(value));
}
LogValue log_safe(LogWord word);
LogValue log_safe(Pseudonym pseudonym);
LogValue log_safe(ForeignText text);

template <typename T>
concept LogSafe = requires(T value) {
  { log_safe(value) } -> std::same_as<LogValue>;
};

struct LogField {
  template <LogSafe T>
  LogField(LogWord field_name, const T& field_value)
      : name(field_name), value(log_safe(field_value)) {}
  LogWord name;
  LogValue value;
};

enum class LogLevel : std::uint8_t { error, warning, info };

// Any thread. Holds the run's pseudonym key.
class Log {
 public:
  // Lines go to `sink`; log_output.hpp has the one for programs. crypto::init() has run.
  Log(std::shared_ptr<spdlog::sinks::sink> sink, LogLevel level);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void event(Event event, std::initializer_list<LogField> fields = {}) const;

  // Keyed hash of an id with a key that lives as long as this object.
  [[nodiscard]] Pseudonym pseudonym(std::span<const std::uint8_t> id) const;

 private:
  std::unique_ptr<spdlog::logger> logger_;
  crypto::Secret<32> run_key_;
};

[[nodiscard]] std::string_view name(Event event);

// JSON string contents: quotes, backslash, control characters and everything that is not ASCII are
// escaped.
[[nodiscard]] std::string escape_json(std::string_view text);

}  // namespace holdspace::gateway
