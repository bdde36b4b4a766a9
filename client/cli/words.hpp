// What the words of the command line set, and which file reads which of them. Met by the
// arguments*.cpp only: CLI11 is slow to compile.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "client/cli/command.hpp"

namespace holdspace::cli {

// Everything that the words may set, in one place that outlives the parsing.
struct Words {
  Globals globals;
  std::string home;
  std::string profile = "default";
  bool json = false;
  EnrollOptions enroll;
  InviteOptions invite;
  JoinOptions join;
  SendOptions send;
  InboxOptions inbox;
  bool follow = false;
  HistoryOptions history;
  bool all = false;  // outbox, notices
  WithdrawOptions withdraw;
  PolicyShowOptions policy;
  ApplyOptions apply;
  CompareOptions compare;
  DiffOptions diff;
  CoverageOptions coverage;
  TemplateOptions beginning;
  OpenOptions open;
  CloseOptions close;
  PreviewOptions preview;
  ImportCalendarOptions calendar;
  RelationshipChange change;
  LanePauseOptions pause;
  AgreementOptions agreement;
  std::string held_account;
  DisposeOptions dispose;
  bool give_back = false;
  bool release = false;
  LeaveOptions leave;
  ConflictOptions conflict;
  std::function<int()> chosen;
};

[[nodiscard]] const std::map<std::string, crypto::Lane>& lanes();
// "--lane routine|logistics|urgent" into `lane`.
CLI::Option* add_lane(CLI::App& command, crypto::Lane& lane);
// "--until T" and "--for SPAN" into `span`.
void add_span(CLI::App& command, Span& span);

// arguments_messages.cpp
void add_messages(CLI::App& app, Words& words);
// arguments_policy.cpp
void add_policy(CLI::App& app, Words& words);
// arguments_contact.cpp: relationships, agreements, what is held, leaving, conflicts, the ledger
void add_contact(CLI::App& app, Words& words);

}  // namespace holdspace::cli
