// The commands of the program `holdspace`: what each takes and that it returns an exit code. How
// the words of the command line become these options is arguments.cpp; what the commands print is
// theirs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "crypto/env.hpp"
#include "crypto/invite.hpp"

namespace holdspace::cli {

// Exit codes, for scripts.
inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;  // it did not work: no profile, no connection, a broken disk
inline constexpr int kUsage = 2;    // the command line itself
inline constexpr int kRefused = 3;  // a definite no; nothing was stored
inline constexpr int kNotConfirmed = 4;  // kept here, and goes out again

enum class Output : std::uint8_t {
  human,
  json,  // one object; inbox, history and outbox: one object a line
};

struct Globals {
  std::filesystem::path home;             // folder of the profile
  std::filesystem::path passphrase_file;  // empty: ask on the terminal, when one is needed
  std::filesystem::path key_file;         // empty: <home>/key
  Output output = Output::human;
};

struct EnrollOptions {
  std::string code;
  std::string url;
  std::filesystem::path ca;     // PEM; empty: the system's certificates
  bool ask_passphrase = false;  // lock by a passphrase instead of a key file
};
int practice_init(const Globals& globals, const EnrollOptions& options);
int enroll(const Globals& globals, const EnrollOptions& options);

struct InviteOptions {
  crypto::Role role = crypto::Role::client;
  std::string name;  // label of the invited person here
  std::string from;  // how the inviter is shown to them
};
int invite(const Globals& globals, const InviteOptions& options);

struct SendOptions {
  std::string to;  // label or the beginning of a relationship id; empty: the only relationship
  crypto::Lane lane = crypto::Lane::routine;
  std::string text;  // "-": standard input
};
int send(const Globals& globals, const SendOptions& options);

enum class InboxMode : std::uint8_t { once, follow };
struct InboxOptions {
  InboxMode mode = InboxMode::once;
};
int inbox(const Globals& globals, const InboxOptions& options);

struct HistoryOptions {
  std::string with;         // label or relationship id; empty: all
  std::uint64_t last = 50;  // 0: all
};
int history(const Globals& globals, const HistoryOptions& options);

int policy_show(const Globals& globals, const std::string& with);
int policy_apply(const Globals& globals, const std::filesystem::path& file);
struct PreviewOptions {
  std::string with;  // a relationship; empty: the own policy, or the only relationship
  std::string at;    // empty: now
  crypto::Lane lane = crypto::Lane::routine;
  std::string direction = "to_therapist";
  std::filesystem::path file;  // judge by this file, without a gateway
};
int policy_preview(const Globals& globals, const PreviewOptions& options);

struct ImportCalendarOptions {
  std::filesystem::path calendar;  // iCalendar, RFC 5545
  std::filesystem::path policy;    // merge into this file; empty: into the policy in force
  std::filesystem::path out;       // write here; empty: standard output
  std::string id_prefix = "busy";
  std::string from;  // YYYY-MM-DD in the policy's zone; empty: today
  int days = 400;
};
int policy_import(const Globals& globals, const ImportCalendarOptions& options);

int devices(const Globals& globals);
int status(const Globals& globals);
int outbox_list(const Globals& globals);
int outbox_retry(const Globals& globals);

}  // namespace holdspace::cli
