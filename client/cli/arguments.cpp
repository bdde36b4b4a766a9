#include "client/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <map>

#include "client/cli/command.hpp"

namespace holdspace::cli {
namespace {

constexpr char kFooter[] = R"(Begin with an invite code from your practice:
  holdspace enroll --invite 7QK2M-... --url wss://localhost:8443
  holdspace send "I could not sleep."
  holdspace inbox --follow

Exit codes: 0 done, 1 failure, 2 wrong command line, 3 refused, 4 not confirmed yet (kept, goes out again).)";

const std::map<std::string, crypto::Lane> kLanes = {{"routine", crypto::Lane::routine},
                                                    {"logistics", crypto::Lane::logistics},
                                                    {"urgent", crypto::Lane::urgent}};
const std::map<std::string, crypto::Role> kInvitedRoles = {{"therapist", crypto::Role::therapist},
                                                           {"client", crypto::Role::client},
                                                           {"auditor", crypto::Role::auditor}};

// Everything that the words may set, in one place that outlives the parsing.
struct Words {
  Globals globals;
  std::string home;
  std::string profile = "default";
  bool json = false;
  EnrollOptions enroll;
  InviteOptions invite;
  SendOptions send;
  InboxOptions inbox;
  bool follow = false;
  HistoryOptions history;
  std::string policy_with;
  std::string policy_file;
  PreviewOptions preview;
  std::function<int()> chosen;
};

std::filesystem::path profile_folder(const Words& words) {
  if (!words.home.empty()) return words.home;
  const auto* data = std::getenv("XDG_DATA_HOME");
  const auto* user = std::getenv("HOME");
  const std::filesystem::path base =
      data != nullptr && *data != '\0'
          ? std::filesystem::path(data)
          : std::filesystem::path(user != nullptr ? user : ".") / ".local" / "share";
  return base / "holdspace" / words.profile;
}

void add_globals(CLI::App& app, Words& words) {
  app.add_option("--home", words.home, "Folder of the profile (default: by --profile)")
      ->envname("HOLDSPACE_HOME");
  app.add_option("--profile", words.profile, "Name of the profile in ~/.local/share/holdspace")
      ->check([](const std::string& name) {
        return name.empty() || name.find('/') != std::string::npos || name.front() == '.'
                   ? "a profile name has no / and does not begin with a dot"
                   : "";
      });
  app.add_option("--passphrase-file", words.globals.passphrase_file,
                 "Read the passphrase from this file's first line");
  app.add_option("--key-file", words.globals.key_file, "Key file (default: key in the profile)");
  app.add_flag("--json", words.json, "Print JSON for programs");
}

void add_enroll_options(CLI::App& command, Words& words) {
  command.add_option("--invite", words.enroll.code, "The code, 6 groups of 5 characters")
      ->required();
  command.add_option("--url", words.enroll.url, "The gateway, for example wss://localhost:8443")
      ->required();
  command.add_option("--ca", words.enroll.ca, "Trust this certificate file (PEM) for the gateway");
  command.add_flag("--passphrase", words.enroll.ask_passphrase,
                   "Lock the profile by a passphrase instead of a key file");
}

void add_people(CLI::App& app, Words& words) {
  auto* practice = app.add_subcommand("practice", "Make a practice");
  practice->require_subcommand(1);
  auto* init = practice->add_subcommand("init", "Become the admin of a new practice");
  init->footer(
      "The operator of the gateway makes the code: holdspace-operator practice-invite\n"
      "  holdspace practice init --invite 7QK2M-... --url wss://localhost:8443 --ca tls.crt");
  add_enroll_options(*init, words);
  init->callback(
      [&words] { words.chosen = [&words] { return practice_init(words.globals, words.enroll); }; });

  auto* enroller = app.add_subcommand("enroll", "Make this device an account, with an invite code");
  enroller->footer(
      "  holdspace enroll --invite 7QK2M-... --url wss://localhost:8443\n"
      "A key file is made in the profile; with --passphrase you are asked for a passphrase "
      "instead.");
  add_enroll_options(*enroller, words);
  enroller->callback(
      [&words] { words.chosen = [&words] { return enroll(words.globals, words.enroll); }; });

  auto* inviter = app.add_subcommand("invite", "Print a code that lets one person in, once");
  inviter->footer(
      "An admin invites therapists and auditors, a therapist invites clients:\n"
      "  holdspace invite --role client --name client-1\n"
      "Give the code in the room or on paper. It is valid for 3 days.");
  inviter->add_option("--role", words.invite.role, "therapist, client or auditor")
      ->required()
      ->transform(CLI::CheckedTransformer(kInvitedRoles).description("{therapist,client,auditor}"));
  inviter->add_option("--name", words.invite.name,
                      "How you will see them here (default: client-1, ...)");
  inviter->add_option("--from", words.invite.from, "How they will see you (default: your role)");
  inviter->callback(
      [&words] { words.chosen = [&words] { return invite(words.globals, words.invite); }; });

  auto* device = app.add_subcommand("devices", "List the devices of your account");
  device->footer("  holdspace devices --json");
  device->callback([&words] { words.chosen = [&words] { return devices(words.globals); }; });

  auto* state = app.add_subcommand("status", "Connection, outbox, keys and relationships");
  state->footer("  holdspace status");
  state->callback([&words] { words.chosen = [&words] { return status(words.globals); }; });
}

void add_messages(CLI::App& app, Words& words) {
  auto* sender =
      app.add_subcommand("send", "Send a message, and be told at once what becomes of it");
  sender->footer(
      "  holdspace send \"I could not sleep.\"\n"
      "  holdspace send --to client-1 --lane logistics \"Thursday at 10?\"\n"
      "  echo \"A longer text\" | holdspace send -");
  sender->add_option("--to", words.send.to,
                     "Label or id of the relationship (default: the only one)");
  sender->add_option("--lane", words.send.lane, "routine, logistics or urgent")
      ->transform(CLI::CheckedTransformer(kLanes).description("{routine,logistics,urgent}"));
  sender->add_option("text", words.send.text, "The text, or - for standard input")->required();
  sender->callback(
      [&words] { words.chosen = [&words] { return send(words.globals, words.send); }; });

  auto* reader = app.add_subcommand("inbox", "Show new messages");
  reader->footer(
      "  holdspace inbox\n"
      "  holdspace inbox --follow       stays connected and shows what arrives; Ctrl-C ends it");
  reader->add_flag("--follow", words.follow, "Stay connected and show messages as they arrive");
  reader->callback([&words] {
    words.inbox.mode = words.follow ? InboxMode::follow : InboxMode::once;
    words.chosen = [&words] { return inbox(words.globals, words.inbox); };
  });

  auto* past = app.add_subcommand("history", "Show the messages kept on this device");
  past->footer("  holdspace history --with therapist --last 20");
  past->add_option("--with", words.history.with, "Only this relationship");
  past->add_option("--last", words.history.last, "So many, newest last; 0 for all")
      ->capture_default_str();
  past->callback(
      [&words] { words.chosen = [&words] { return history(words.globals, words.history); }; });

  auto* out = app.add_subcommand("outbox", "List what is not yet certain, or send it again");
  out->footer("  holdspace outbox\n  holdspace outbox retry");
  auto* retry = out->add_subcommand("retry", "Send what waits now");
  out->callback([&words, retry] {
    words.chosen = [&words, again = retry->parsed()] {
      return again ? outbox_retry(words.globals) : outbox_list(words.globals);
    };
  });
}

void add_policy(CLI::App& app, Words& words) {
  auto* policy = app.add_subcommand("policy", "A therapist's hours and dated exceptions");
  policy->require_subcommand(1);
  auto* show = policy->add_subcommand("show", "Print the policy in force as a policy file");
  show->footer("  holdspace policy show > policy.json");
  show->add_option("--with", words.policy_with, "A client: the policy of this relationship");
  show->callback([&words] {
    words.chosen = [&words] { return policy_show(words.globals, words.policy_with); };
  });

  auto* apply = policy->add_subcommand("apply", "Replace your policy by a file");
  apply->footer("  holdspace policy apply policy.json");
  apply->add_option("file", words.policy_file, "Policy file (JSON)")->required();
  apply->callback([&words] {
    words.chosen = [&words] { return policy_apply(words.globals, words.policy_file); };
  });

  auto* preview = policy->add_subcommand("preview", "What would become of a message, and why");
  preview->footer(
      "  holdspace policy preview --at \"2026-12-24 23:10\"\n"
      "  holdspace policy preview --file policy.json --lane logistics --direction to_client\n"
      "Times are in your zone; 2026-12-24T23:10Z is UTC. With --file no gateway is asked.");
  preview->add_option("--with", words.preview.with, "A relationship (default: your own policy)");
  preview->add_option("--at", words.preview.at, "When (default: now)");
  preview->add_option("--lane", words.preview.lane, "routine, logistics or urgent")
      ->transform(CLI::CheckedTransformer(kLanes).description("{routine,logistics,urgent}"));
  preview->add_option("--direction", words.preview.direction, "to_therapist or to_client")
      ->check(CLI::IsMember({"to_therapist", "to_client"}))
      ->capture_default_str();
  preview->add_option("--file", words.preview.file, "Judge by this policy file");
  preview->callback([&words] {
    words.chosen = [&words] { return policy_preview(words.globals, words.preview); };
  });
}

}  // namespace

int run_arguments(int count, char** words_given) {
  Words words;
  CLI::App app("Messages between sessions, held until the time that both sides agreed to.",
               "holdspace");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  add_globals(app, words);
  add_messages(app, words);
  add_people(app, words);
  add_policy(app, words);
  try {
    app.parse(count, words_given);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  words.globals.home = profile_folder(words);
  words.globals.output = words.json ? Output::json : Output::human;
  return words.chosen();
}

}  // namespace holdspace::cli
