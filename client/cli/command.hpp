// The commands of the program `holdspace`: what each takes and that it returns an exit code. How
// the words of the command line become these options is arguments.cpp; what the commands print is
// theirs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/env.hpp"
#include "crypto/invite.hpp"
#include "holdspace/v1/frame.pb.h"

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

struct JoinOptions {
  std::string code;
  std::string name;  // label of the therapist here; empty: as she presents herself
};
int join(const Globals& globals, const JoinOptions& options);

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

// Whose policy, where it is not the own one.
struct PolicyOwner {
  std::string with;          // a client: the policy of this relationship
  std::string account;       // an admin: 32 hexadecimal digits
  bool of_practice = false;  // an admin: the practice's default
};
struct PolicyShowOptions {
  PolicyOwner owner;
  std::uint64_t version = 0;  // 0: the one in force
};
int policy_show(const Globals& globals, const PolicyShowOptions& options);
int policy_versions(const Globals& globals, const PolicyOwner& owner);
struct ApplyOptions {
  std::filesystem::path file;
  PolicyOwner owner;
  v1::ChangeReason reason = v1::HOURS;
  bool renew_promises = false;
  bool accept_refusals = false;  // save it although a closing makes gaps
  bool dry_run = false;
};
int policy_apply(const Globals& globals, const ApplyOptions& options);
struct CompareOptions {
  std::filesystem::path file;  // compared with; empty: the version in force
  std::uint64_t version = 0;   // 0: the one in force
  PolicyOwner owner;
};
int policy_compare(const Globals& globals, const CompareOptions& options);
enum class ProposalStep : std::uint8_t { show, accept, reject };
int policy_proposal(const Globals& globals, ProposalStep step, bool accept_refusals);

struct DiffOptions {
  std::string before;  // a policy file, or the number of a version; "0": the one in force
  std::string after;
  PolicyOwner owner;
};
int policy_diff(const Globals& globals, const DiffOptions& options);
struct CoverageOptions {
  std::filesystem::path file;  // empty: the policy in force
  PolicyOwner owner;
  int days = 400;
  std::string lane;       // empty: routine and logistics
  std::string direction;  // empty: both
};
int policy_coverage(const Globals& globals, const CoverageOptions& options);
struct TemplateOptions {
  std::string kind;  // of boundary::PolicyTemplate
  std::string zone;
  std::filesystem::path out;  // empty: standard output
};
int policy_template(const Globals& globals, const TemplateOptions& options);

// "--until T" in the viewer's zone, or "--for 24h"; one of the two.
struct Span {
  std::string until;
  std::string length;
};
struct OpenOptions {
  crypto::Lane lane = crypto::Lane::routine;
  std::string direction;
  std::string with;  // empty: every relationship
  Span span;
  v1::OpeningReason reason = v1::OTHER_OPENING;
};
int policy_open(const Globals& globals, const OpenOptions& options);
struct CloseOptions {
  Span span;          // neither: until it is lifted
  std::string cover;  // an account
  bool lift = false;
};
int policy_close(const Globals& globals, const CloseOptions& options);

struct PreviewOptions {
  std::string with;  // a relationship; empty: the own policy, or the only relationship
  std::string at;    // empty: now
  crypto::Lane lane = crypto::Lane::routine;
  std::string direction = "to_therapist";
  std::filesystem::path file;   // judge by this file, without a gateway
  std::filesystem::path hours;  // with `file`: and by this file of the client's own hours
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
int hours_show(const Globals& globals);
int hours_apply(const Globals& globals, const ApplyOptions& options);

int relationship_list(const Globals& globals);
struct RelationshipChange {
  std::string with;  // a label, or the id of a relationship that this device is no part of
  v1::ChangeRelationship::Change change{};
  std::string on;         // END: the last day, "2026-12-24"; empty: at once
  std::string successor;  // an account, by the admin
};
int relationship_change(const Globals& globals, const RelationshipChange& options);
struct LanePauseOptions {
  std::string with;
  crypto::Lane lane = crypto::Lane::routine;
  Span span;
  bool resume = false;
};
int lane_pause(const Globals& globals, const LanePauseOptions& options);
struct AgreementOptions {
  std::string with;
  bool easy = false;  // show: in short sentences
  bool yes = false;   // sign and revoke: without asking
};
int agreement_show(const Globals& globals, const AgreementOptions& options);
int agreement_sign(const Globals& globals, const AgreementOptions& options);
int agreement_revoke(const Globals& globals, const AgreementOptions& options);

struct WithdrawOptions {
  std::string message;      // the beginning of a message id
  std::string replacement;  // empty: none; "-": standard input
};
int withdraw(const Globals& globals, const WithdrawOptions& options);
int held_list(const Globals& globals, const std::string& account);
struct DisposeOptions {
  std::string account;  // by the admin; empty: the own
  v1::Disposition disposition{};
  std::string cover;                  // TO_COVER: an account
  std::vector<std::string> messages;  // beginnings of message ids
  bool all = false;
};
int held_dispose(const Globals& globals, const DisposeOptions& options);
struct LeaveOptions {
  v1::Leave::Phase phase{};
  std::string account;
  std::string successor;
};
int leave(const Globals& globals, const LeaveOptions& options);
int accounts(const Globals& globals);
struct ConflictOptions {
  std::string account_a;  // 32 hexadecimal digits
  std::string account_b;
  bool listed = false;
};
int conflicts_list(const Globals& globals);
int conflicts_set(const Globals& globals, const ConflictOptions& options);
int notices(const Globals& globals, bool all);
int audit_verify(const Globals& globals);
int audit_moved(const Globals& globals);

int devices(const Globals& globals);
int status(const Globals& globals);
int outbox_list(const Globals& globals, bool all);
int outbox_retry(const Globals& globals);

}  // namespace holdspace::cli
