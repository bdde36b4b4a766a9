#include "client/cli/arguments.hpp"

#include <cstdlib>

#include "client/cli/words.hpp"

namespace holdspace::cli {
namespace {

constexpr char kFooter[] = R"(Begin with an invite code from your practice:
  holdspace enroll --invite 7QK2M-... --url wss://localhost:8443
  holdspace send "I could not sleep."
  holdspace inbox --follow

Exit codes: 0 done, 1 failure, 2 wrong command line, 3 refused, 4 not confirmed yet (kept, goes out again).)";

const std::map<std::string, crypto::Role> kInvitedRoles = {{"therapist", crypto::Role::therapist},
                                                           {"client", crypto::Role::client},
                                                           {"auditor", crypto::Role::auditor}};

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

  auto* joiner = app.add_subcommand("join", "Take up another therapist's invite with your account");
  joiner->footer(
      "  holdspace join 7QK2M-...\n"
      "  holdspace join 7QK2M-... --name group\n"
      "Afterwards say with --to or --with which of the two you mean.");
  joiner->add_option("code", words.join.code, "The code, 6 groups of 5 characters")->required();
  joiner->add_option("--name", words.join.name,
                     "How you will see them here (default: as they present themselves)");
  joiner->callback(
      [&words] { words.chosen = [&words] { return join(words.globals, words.join); }; });

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

}  // namespace

const std::map<std::string, crypto::Lane>& lanes() {
  static const std::map<std::string, crypto::Lane> kLanes = {{"routine", crypto::Lane::routine},
                                                             {"logistics", crypto::Lane::logistics},
                                                             {"urgent", crypto::Lane::urgent}};
  return kLanes;
}

CLI::Option* add_lane(CLI::App& command, crypto::Lane& lane) {
  return command.add_option("--lane", lane, "routine, logistics or urgent")
      ->transform(CLI::CheckedTransformer(lanes()).description("{routine,logistics,urgent}"));
}

void add_span(CLI::App& command, Span& span) {
  command.add_option("--until", span.until, "Until when: \"YYYY-MM-DD HH:MM\" in your zone");
  command.add_option("--for", span.length, "For how long: 90m, 24h or 3d");
}

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
  add_contact(app, words);
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
