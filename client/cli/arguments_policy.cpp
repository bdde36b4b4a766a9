// The words of `policy` and `hours`.
#include "client/cli/words.hpp"

namespace holdspace::cli {
namespace {

const std::map<std::string, v1::ChangeReason> kReasons = {
    {"hours", v1::HOURS},         {"holiday", v1::HOLIDAY},     {"illness", v1::ILLNESS},
    {"travel", v1::TRAVEL},       {"emergency", v1::EMERGENCY}, {"import", v1::IMPORT},
    {"agreement", v1::AGREEMENT}, {"other", v1::OTHER_CHANGE}};
const std::map<std::string, v1::OpeningReason> kOpeningReasons = {
    {"crisis_follow_up", v1::CRISIS_FOLLOW_UP},
    {"agreed_with_client", v1::AGREED_WITH_CLIENT},
    {"session_moved", v1::SESSION_MOVED},
    {"send_now", v1::SEND_NOW},
    {"leaving", v1::LEAVING},
    {"other", v1::OTHER_OPENING}};

CLI::CheckedTransformer one_of(const std::map<std::string, v1::ChangeReason>& reasons) {
  CLI::CheckedTransformer check(reasons);
  check.description("{hours,holiday,illness,travel,emergency,import,agreement,other}");
  return check;
}

CLI::Option* add_direction(CLI::App& command, std::string& direction) {
  return command.add_option("--direction", direction, "to_therapist or to_client")
      ->check(CLI::IsMember({"to_therapist", "to_client"}));
}

void add_account(CLI::App& command, PolicyOwner& owner) {
  auto* account =
      command.add_option("--account", owner.account, "An admin: the therapist's account id");
  command.add_flag("--default", owner.of_practice, "An admin: the practice's default")
      ->excludes(account);
}

void add_apply_options(CLI::App& command, ApplyOptions& options) {
  command.add_option("file", options.file, "Policy file (JSON)")->required();
  command.add_flag("--renew-promises", options.renew_promises,
                   "Tell senders a new time where the change breaks a promise (default: keep it)");
  command.add_flag("--dry-run", options.dry_run, "Say what would happen, change nothing");
}

void add_looking(CLI::App& policy, Words& words) {
  auto* show = policy.add_subcommand("show", "Print the policy in force as a policy file");
  show->footer("  holdspace policy show > policy.json");
  show->add_option("--with", words.policy.owner.with, "A client: the policy of this relationship");
  show->add_option("--version", words.policy.version, "An earlier version");
  add_account(*show, words.policy.owner);
  show->callback(
      [&words] { words.chosen = [&words] { return policy_show(words.globals, words.policy); }; });

  auto* versions = policy.add_subcommand("versions", "List the versions, the newest first");
  versions->footer("  holdspace policy versions");
  add_account(*versions, words.policy.owner);
  versions->callback([&words] {
    words.chosen = [&words] { return policy_versions(words.globals, words.policy.owner); };
  });

  auto* preview = policy.add_subcommand("preview", "What would become of a message, and why");
  preview->footer(
      "  holdspace policy preview --at \"2026-12-24 23:10\"\n"
      "  holdspace policy preview --file policy.json --lane logistics --direction to_client\n"
      "Times are in your zone; 2026-12-24T23:10Z is UTC. With --file no gateway is asked, so the\n"
      "state and the pauses of a relationship count only without it.");
  auto* with = preview->add_option("--with", words.preview.with,
                                   "A relationship (default: your own policy)");
  preview->add_option("--at", words.preview.at, "When (default: now)");
  add_lane(*preview, words.preview.lane);
  add_direction(*preview, words.preview.direction)->capture_default_str();
  auto* file = preview->add_option("--file", words.preview.file, "Judge by this policy file")
                   ->excludes(with);
  preview->add_option("--hours", words.preview.hours, "And by this file of the client's own hours")
      ->needs(file);
  preview->callback([&words] {
    words.chosen = [&words] { return policy_preview(words.globals, words.preview); };
  });

  auto* compare =
      policy.add_subcommand("compare", "Which past messages would have been treated differently");
  compare->footer(
      "  holdspace policy compare policy.json     the policy in force with this file\n"
      "  holdspace policy compare --version 3     version 3 with the policy in force");
  compare->add_option("file", words.compare.file, "Compare with this policy file");
  compare->add_option("--version", words.compare.version, "An earlier version");
  add_account(*compare, words.compare.owner);
  compare->callback([&words] {
    words.chosen = [&words] { return policy_compare(words.globals, words.compare); };
  });
}

void add_judging(CLI::App& policy, Words& words) {
  auto* diff = policy.add_subcommand("diff", "What differs between two policies, and what widens");
  diff->footer(
      "  holdspace policy diff 3 4              two versions\n"
      "  holdspace policy diff 0 policy.json    the policy in force with a file\n"
      "Of two files no gateway is asked.");
  diff->add_option("before", words.diff.before, "A policy file, or a version's number")->required();
  diff->add_option("after", words.diff.after, "Likewise")->required();
  diff->add_option("--with", words.diff.owner.with, "A client: the policy of this relationship");
  add_account(*diff, words.diff.owner);
  diff->callback(
      [&words] { words.chosen = [&words] { return policy_diff(words.globals, words.diff); }; });

  auto* coverage =
      policy.add_subcommand("coverage", "When messages can pass, and when they would be refused");
  coverage->footer(
      "  holdspace policy coverage\n"
      "  holdspace policy coverage policy.json --days 90 --lane routine --direction to_therapist\n"
      "Of a file no gateway is asked.");
  coverage->add_option("file", words.coverage.file, "A policy file (default: in force)");
  coverage->add_option("--days", words.coverage.days, "So many days from now on")
      ->check(CLI::Range(1, 400))
      ->capture_default_str();
  coverage->add_option("--lane", words.coverage.lane, "routine or logistics (default: both)")
      ->check(CLI::IsMember({"routine", "logistics"}));
  add_direction(*coverage, words.coverage.direction);
  coverage->add_option("--with", words.coverage.owner.with, "For this relationship");
  add_account(*coverage, words.coverage.owner);
  coverage->callback([&words] {
    words.chosen = [&words] { return policy_coverage(words.globals, words.coverage); };
  });

  auto* beginning = policy.add_subcommand("template", "Print a policy to begin with");
  beginning->footer(
      "  holdspace policy template therapy --zone Europe/London --out policy.json\n"
      "A proposal to edit, without holidays. docs/boundary.md says what each contains.");
  beginning->add_option("kind", words.beginning.kind, "Way of working")
      ->required()
      ->check(CLI::IsMember({"therapy", "coaching", "dbt", "adolescent", "group_practice"}));
  beginning->add_option("--zone", words.beginning.zone, "Time zone, for example Europe/London")
      ->required();
  beginning->add_option("--out", words.beginning.out, "A new file (default: print it)");
  beginning->callback([&words] {
    words.chosen = [&words] { return policy_template(words.globals, words.beginning); };
  });
}

void add_changing(CLI::App& policy, Words& words) {
  auto* apply = policy.add_subcommand("apply", "Replace a policy by a file");
  apply->footer(
      "  holdspace policy apply policy.json --dry-run\n"
      "  holdspace policy apply policy.json --reason holiday\n"
      "A closing that lets messages be refused while no colleague is named takes "
      "--accept-refusals.");
  add_apply_options(*apply, words.apply);
  apply->add_flag("--accept-refusals", words.apply.accept_refusals,
                  "Save it although a closing lets messages be refused");
  apply->add_option("--reason", words.apply.reason, "Why it changes")->transform(one_of(kReasons));
  add_account(*apply, words.apply.owner);
  apply->callback(
      [&words] { words.chosen = [&words] { return policy_apply(words.globals, words.apply); }; });

  auto* open = policy.add_subcommand("open", "Open your gate early, for a while");
  open->footer(
      "  holdspace policy open --lane routine --direction to_therapist --for 2h\n"
      "  holdspace policy open --lane logistics --direction to_client --with client-1 --until "
      "\"2026-12-24 12:00\" --reason session_moved\n"
      "It ends by itself, after 14 days at the latest, and stands in the ledger.");
  add_lane(*open, words.open.lane)->required();
  add_direction(*open, words.open.direction)->required();
  open->add_option("--with", words.open.with, "Only for this relationship");
  add_span(*open, words.open.span);
  open->add_option("--reason", words.open.reason, "Why")
      ->transform(
          CLI::CheckedTransformer(kOpeningReasons)
              .description(
                  "{crisis_follow_up,agreed_with_client,session_moved,send_now,leaving,other}"));
  open->callback(
      [&words] { words.chosen = [&words] { return policy_open(words.globals, words.open); }; });

  auto* close = policy.add_subcommand("close", "Close everything at once: an emergency");
  close->footer(
      "  holdspace policy close --until \"2026-12-28 09:00\"\n"
      "  holdspace policy close              until it is lifted\n"
      "  holdspace policy close --lift\n"
      "Who waits is told the new time.");
  add_span(*close, words.close.span);
  close->add_option("--cover", words.close.cover, "Account id of the colleague who is named");
  close->add_flag("--lift", words.close.lift, "End it");
  close->callback(
      [&words] { words.chosen = [&words] { return policy_close(words.globals, words.close); }; });

  auto* proposal = policy.add_subcommand("proposal", "A version that waits for your signature");
  proposal->footer("  holdspace policy proposal show");
  proposal->require_subcommand(1);
  const auto add_step = [&](const char* word, const char* what, ProposalStep step) {
    auto* command = proposal->add_subcommand(word, what);
    command->footer("  holdspace policy proposal " + std::string(word));
    command->callback([&words, step] {
      words.chosen = [&words, step] {
        return policy_proposal(words.globals, step, words.apply.accept_refusals);
      };
    });
    return command;
  };
  add_step("show", "Print it as a policy file", ProposalStep::show);
  add_step("accept", "Sign it: it is in force then", ProposalStep::accept)
      ->add_flag("--accept-refusals", words.apply.accept_refusals,
                 "Although a closing lets messages be refused");
  add_step("reject", "Your policy stays as it is", ProposalStep::reject);
}

void add_import(CLI::App& policy, Words& words) {
  auto* importer =
      policy.add_subcommand("import", "Close your policy at the busy times of a calendar file");
  importer->footer(
      "  holdspace policy import holidays.ics --out policy.json\n"
      "  holdspace policy import work.ics --policy policy.json --id-prefix work --out policy.json\n"
      "Takes times only: no titles, places or people. Importing again replaces what an earlier\n"
      "import with the same prefix closed. Nothing is in force before `holdspace policy apply`.");
  importer->add_option("calendar", words.calendar.calendar, "Calendar file (iCalendar, .ics)")
      ->required();
  importer->add_option("--policy", words.calendar.policy,
                       "Policy file to begin from (default: the policy in force)");
  importer->add_option("--out", words.calendar.out, "Policy file to write (default: print it)");
  importer->add_option("--id-prefix", words.calendar.id_prefix, "Beginning of the exceptions' ids")
      ->capture_default_str();
  importer->add_option("--from", words.calendar.from, "First day, YYYY-MM-DD (default: today)");
  importer->add_option("--days", words.calendar.days, "So many days")
      ->check(CLI::Range(1, 400))
      ->capture_default_str();
  importer->callback([&words] {
    words.chosen = [&words] { return policy_import(words.globals, words.calendar); };
  });
}

}  // namespace

void add_policy(CLI::App& app, Words& words) {
  auto* policy = app.add_subcommand("policy", "A therapist's hours and dated exceptions");
  policy->require_subcommand(1);
  add_looking(*policy, words);
  add_judging(*policy, words);
  add_changing(*policy, words);
  add_import(*policy, words);

  auto* hours = app.add_subcommand("hours", "A client's own hours: when replies may reach you");
  hours->require_subcommand(1);
  auto* show = hours->add_subcommand("show", "Print them as a policy file");
  show->footer("  holdspace hours show");
  show->callback([&words] { words.chosen = [&words] { return hours_show(words.globals); }; });
  auto* apply = hours->add_subcommand("apply", "Replace them by a file");
  apply->footer("  holdspace hours apply hours.json");
  add_apply_options(*apply, words.apply);
  apply->callback(
      [&words] { words.chosen = [&words] { return hours_apply(words.globals, words.apply); }; });
}

}  // namespace holdspace::cli
