// The words of `relationship`, `lane`, `agreement`, `held`, `leave`, `accounts`, `conflicts` and
// `audit`.
#include "client/cli/words.hpp"

namespace holdspace::cli {
namespace {

void add_relationship(CLI::App& app, Words& words) {
  auto* noun = app.add_subcommand("relationship", "List relationships, or pause or end one");
  noun->require_subcommand(1);
  auto* list = noun->add_subcommand("list", "List them with their states");
  list->footer("  holdspace relationship list");
  list->callback(
      [&words] { words.chosen = [&words] { return relationship_list(words.globals); }; });

  using Change = v1::ChangeRelationship;
  const auto add_change = [&](const char* word, const char* what, Change::Change change) {
    auto* command = noun->add_subcommand(word, what);
    command->footer("  holdspace relationship " + std::string(word) + " --with client-1");
    command->add_option("--with", words.change.with, "Which one (default: the only one)");
    command->callback([&words, change] {
      words.change.change = change;
      words.chosen = [&words] { return relationship_change(words.globals, words.change); };
    });
    return command;
  };
  add_change("pause", "A break: logistics only", Change::PAUSE);
  add_change("resume", "The break is over", Change::RESUME);
  auto* end = add_change("end", "End it; what was accepted still passes", Change::END);
  end->footer(
      "  holdspace relationship end --with client-1\n"
      "  holdspace relationship end --with client-1 --on 2026-12-24    logistics until that day");
  end->add_option("--on", words.change.on, "The last day, YYYY-MM-DD in your zone (a therapist)");
  auto* sever =
      add_change("sever", "End it at once, for safety; what is held goes back", Change::SEVER);
  for (auto* command : {end, sever})
    command->add_option("--successor", words.change.successor,
                        "An admin: account id of who takes over");
}

void add_lane_rest(CLI::App& app, Words& words) {
  auto* lane = app.add_subcommand("lane", "Rest a lane for a time that you both agreed to");
  lane->require_subcommand(1);
  auto* pause = lane->add_subcommand("pause", "What is written meanwhile waits");
  pause->footer(
      "  holdspace lane pause --lane routine --for 24h\n"
      "At most 48 hours, never the urgent lane, and only where the terms allow it.");
  auto* resume = lane->add_subcommand("resume", "The rest is over");
  resume->footer("  holdspace lane resume --lane routine");
  for (auto* command : {pause, resume}) {
    command->add_option("--with", words.pause.with, "Which relationship (default: the only one)");
    add_lane(*command, words.pause.lane)->required();
    const bool over = command == resume;
    command->callback([&words, over] {
      words.pause.resume = over;
      words.chosen = [&words] { return lane_pause(words.globals, words.pause); };
    });
  }
  add_span(*pause, words.pause.span);
}

void add_agreement(CLI::App& app, Words& words) {
  auto* agreement = app.add_subcommand("agreement", "The terms that both sides sign");
  agreement->require_subcommand(1);
  auto* show = agreement->add_subcommand("show", "Read the terms, and whether they are in force");
  show->footer(
      "  holdspace agreement show --easy\n"
      "The text is made on this device from the policy that the gateway runs.");
  show->add_flag("--easy", words.agreement.easy, "In short sentences");
  show->callback([&words] {
    words.chosen = [&words] { return agreement_show(words.globals, words.agreement); };
  });
  auto* sign = agreement->add_subcommand("sign", "Read the terms and sign them");
  sign->footer(
      "  holdspace agreement sign\n"
      "What is signed is what is shown. Without a terminal say --yes.");
  sign->add_flag("--yes", words.agreement.yes, "Sign without asking");
  sign->callback([&words] {
    words.chosen = [&words] { return agreement_sign(words.globals, words.agreement); };
  });
  auto* revoke = agreement->add_subcommand("revoke", "Take your signature back, at once");
  revoke->footer(
      "  holdspace agreement revoke client-1\n"
      "No message passes then until both have signed again (`agreement sign`). What was accepted\n"
      "before passes at its opening. Without a terminal say --yes.");
  revoke->add_flag("--yes", words.agreement.yes, "Without asking");
  revoke->callback([&words] {
    words.chosen = [&words] { return agreement_revoke(words.globals, words.agreement); };
  });
  constexpr char kWhich[] = "Which relationship (default: the only one)";
  for (auto* command : {show, sign}) command->add_option("--with", words.agreement.with, kWhich);
  revoke->add_option("relationship,--with", words.agreement.with, kWhich);
}

void add_held(CLI::App& app, Words& words) {
  auto* held = app.add_subcommand("held", "What waits for a therapist and her clients");
  held->require_subcommand(1);
  auto* list = held->add_subcommand("list", "List it: ids and times, never a text");
  list->footer("  holdspace held list");
  list->add_option("--account", words.held_account, "An admin: the therapist's account id");
  list->callback([&words] {
    words.chosen = [&words] { return held_list(words.globals, words.held_account); };
  });

  auto* dispose = held->add_subcommand("dispose", "Decide what becomes of held messages");
  dispose->footer(
      "  holdspace held dispose --return 3f2a91c0\n"
      "  holdspace held dispose --cover 0123456789abcdef0123456789abcdef --all");
  auto* kinds = dispose->add_option_group("disposition");
  kinds->require_option(1);
  kinds->add_flag("--return", words.give_back, "Back to the sender");
  kinds->add_flag("--release", words.release, "Pass it on now (the therapist alone)");
  kinds->add_option("--cover", words.dispose.cover,
                    "Back to the sender, with the account id of who covers");
  dispose->add_option("ids", words.dispose.messages, "The beginnings of message ids");
  dispose->add_flag("--all", words.dispose.all, "Everything that is held");
  dispose->add_option("--account", words.dispose.account, "An admin: the therapist's account id");
  dispose->callback([&words] {
    words.dispose.disposition = words.give_back ? v1::RETURN
                                : words.release ? v1::RELEASE_NOW
                                                : v1::TO_COVER;
    words.chosen = [&words] { return held_dispose(words.globals, words.dispose); };
  });
}

void add_leave(CLI::App& app, Words& words) {
  auto* noun = app.add_subcommand("leave", "A therapist leaves the practice");
  noun->require_subcommand(1);
  const auto add_phase = [&](const char* word, const char* what, v1::Leave::Phase phase) {
    auto* command = noun->add_subcommand(word, what);
    command->footer("  holdspace leave " + std::string(word));
    command->add_option("--account", words.leave.account, "An admin: the therapist's account id");
    command->callback([&words, phase] {
      words.leave.phase = phase;
      words.chosen = [&words] { return leave(words.globals, words.leave); };
    });
    return command;
  };
  add_phase("begin", "Take no new messages", v1::Leave::BEGIN);
  add_phase("cancel", "Stay after all", v1::Leave::CANCEL);
  add_phase("finish", "End the relationships; nothing may be held any more", v1::Leave::FINISH)
      ->add_option("--successor", words.leave.successor,
                   "Account id of who takes over, named to the clients");
}

void add_conflicts(CLI::App& app, Words& words) {
  auto* noun = app.add_subcommand(
      "conflicts", "People who may not have a relationship, as they know each other otherwise");
  noun->require_subcommand(1);
  auto* list = noun->add_subcommand("list", "List the pairs (an admin)");
  list->footer("  holdspace conflicts list --json");
  list->callback([&words] { words.chosen = [&words] { return conflicts_list(words.globals); }; });
  const auto add_change = [&](const char* word, const char* what, bool listed) {
    auto* command = noun->add_subcommand(word, what);
    command->footer("  holdspace conflicts " + std::string(word) +
                    " 0123456789abcdef0123456789abcdef fedcba9876543210fedcba9876543210\n"
                    "Account ids as `holdspace accounts` shows them, in any order.");
    command->add_option("account", words.conflict.account_a, "Account id of one")->required();
    command->add_option("other", words.conflict.account_b, "Account id of the other")->required();
    command->callback([&words, listed] {
      words.conflict.listed = listed;
      words.chosen = [&words] { return conflicts_set(words.globals, words.conflict); };
    });
  };
  add_change("add", "They may not join each other from now on (an admin)", true);
  add_change("remove", "They may again (an admin)", false);
}

}  // namespace

void add_contact(CLI::App& app, Words& words) {
  add_relationship(app, words);
  add_lane_rest(app, words);
  add_agreement(app, words);
  add_held(app, words);
  add_leave(app, words);
  auto* people = app.add_subcommand("accounts", "List the accounts of the practice (an admin)");
  people->footer("  holdspace accounts --json");
  people->callback([&words] { words.chosen = [&words] { return accounts(words.globals); }; });
  add_conflicts(app, words);
  auto* audit = app.add_subcommand("audit", "The practice's ledger of who changed what");
  audit->require_subcommand(1);
  auto* verify = audit->add_subcommand("verify", "Check that nothing in it was changed");
  verify->footer("  holdspace audit verify --json");
  verify->callback([&words] { words.chosen = [&words] { return audit_verify(words.globals); }; });
  auto* moved =
      audit->add_subcommand("moved", "List the promises that a new time-zone database has moved");
  moved->footer("  holdspace audit moved --json");
  moved->callback([&words] { words.chosen = [&words] { return audit_moved(words.globals); }; });
}

}  // namespace holdspace::cli
