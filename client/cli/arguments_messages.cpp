// The words of `send`, `withdraw`, `replace`, `inbox`, `history`, `outbox` and `notices`.
#include "client/cli/words.hpp"

namespace holdspace::cli {
namespace {

void add_send(CLI::App& app, Words& words) {
  auto* sender =
      app.add_subcommand("send", "Send a message, and be told at once what becomes of it");
  sender->footer(
      "  holdspace send \"I could not sleep.\"\n"
      "  holdspace send --to client-1 --lane logistics \"Thursday at 10?\"\n"
      "  echo \"A longer text\" | holdspace send -");
  sender->add_option("--to", words.send.to,
                     "Label or id of the relationship (default: the only one)");
  add_lane(*sender, words.send.lane);
  sender->add_option("text", words.send.text, "The text, or - for standard input")->required();
  sender->callback(
      [&words] { words.chosen = [&words] { return send(words.globals, words.send); }; });
}

void add_withdraw(CLI::App& app, Words& words) {
  auto* back = app.add_subcommand("withdraw", "Take back a message that is still held");
  back->footer(
      "  holdspace outbox --all        shows the ids\n"
      "  holdspace withdraw 3f2a91c0\n"
      "Nobody will see that there was one. Later messages of the same lane are sent anew.");
  back->add_option("id", words.withdraw.message, "The beginning of the message's id")->required();
  back->callback(
      [&words] { words.chosen = [&words] { return withdraw(words.globals, words.withdraw); }; });

  auto* other = app.add_subcommand("replace", "Send another text in place of a held message");
  other->footer("  holdspace replace 3f2a91c0 \"I slept a little.\"");
  other->add_option("id", words.withdraw.message, "The beginning of the message's id")->required();
  other->add_option("text", words.withdraw.replacement, "The new text, or - for standard input")
      ->required();
  other->callback(
      [&words] { words.chosen = [&words] { return withdraw(words.globals, words.withdraw); }; });
}

void add_reading(CLI::App& app, Words& words) {
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

  auto* told = app.add_subcommand("notices", "Show what became of your messages and agreements");
  told->footer("  holdspace notices\n  holdspace notices --all");
  told->add_flag("--all", words.all, "Also those that were shown before");
  told->callback(
      [&words] { words.chosen = [&words] { return notices(words.globals, words.all); }; });
}

}  // namespace

void add_messages(CLI::App& app, Words& words) {
  add_send(app, words);
  add_withdraw(app, words);
  add_reading(app, words);
  auto* out = app.add_subcommand("outbox", "List what is not yet certain, or send it again");
  out->footer("  holdspace outbox\n  holdspace outbox --all\n  holdspace outbox retry");
  out->add_flag("--all", words.all, "Everything sent in the last 30 days, with its state");
  auto* retry = out->add_subcommand("retry", "Send what waits now");
  out->callback([&words, retry] {
    words.chosen = [&words, again = retry->parsed()] {
      return again ? outbox_retry(words.globals) : outbox_list(words.globals, words.all);
    };
  });
}

}  // namespace holdspace::cli
