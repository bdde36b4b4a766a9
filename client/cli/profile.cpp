#include "client/cli/profile.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using boost::system::result;
using client::Failure;
using client::FailureKind;

constexpr char kKeyFileName[] = "key";
constexpr std::size_t kPassphraseFileBytesMax = 4096;

Failure bad_input(std::string text) {
  return {FailureKind::bad_input, std::move(text), {}};
}

std::string_view kind_word(FailureKind kind) {
  switch (kind) {
    case FailureKind::unreachable:
      return "unreachable";
    case FailureKind::not_answered:
      return "not_answered";
    case FailureKind::refused:
      return "refused";
    case FailureKind::login_refused:
      return "login_refused";
    case FailureKind::wrong_gateway:
      return "wrong_gateway";
    case FailureKind::profile_busy:
      return "profile_busy";
    case FailureKind::bad_input:
      return "bad_input";
    case FailureKind::untrusted:
      return "untrusted";
  }
  return "failure";
}

std::filesystem::path key_path(const Globals& globals) {
  return globals.key_file.empty() ? globals.home / kKeyFileName : globals.key_file;
}

result<std::string, Failure> read_passphrase(const std::filesystem::path& file) {
  if (!is_private_file(file))
    return bad_input(file.string() + " is missing or can be read by others; run: chmod 600 " +
                     file.string());
  auto text = read_file(file, kPassphraseFileBytesMax);
  if (!text) return bad_input(file.string() + " cannot be read");
  text->resize(std::min(text->find('\n'), text->size()));
  if (text->empty()) return bad_input(file.string() + " has no passphrase in its first line");
  return std::move(*text);
}

result<client::Unlock, Failure> unlock_key_file(const Globals& globals) {
  const auto path = key_path(globals);
  const auto text = read_file(path, kPassphraseFileBytesMax);
  if (!text)
    return bad_input("the key file " + path.string() + " is missing; give it with --key-file");
  if (!is_private_file(path))
    return bad_input(path.string() + " can be read by others; run: chmod 600 " + path.string());
  auto key = crypto::parse_key_file(*text);
  if (!key) return bad_input(path.string() + " is not a key file");
  return client::Unlock(std::move(*key));
}

result<client::Unlock, Failure> unlock_passphrase(const Globals& globals) {
  if (!globals.passphrase_file.empty()) {
    auto text = read_passphrase(globals.passphrase_file);
    if (!text.has_value()) return text.error();
    return client::Unlock(client::Passphrase{std::move(*text)});
  }
  auto text = ask_secret("Passphrase: ");
  if (!text)
    return bad_input("the profile is locked by a passphrase; give it with --passphrase-file FILE");
  return client::Unlock(client::Passphrase{std::move(*text)});
}

}  // namespace

int fail(const Globals& globals, const Failure& failure) {
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["error"]["kind"] = kind_word(failure.kind);
    if (failure.kind == FailureKind::refused)
      line["error"]["code"] = v1::ErrorCode_Name(failure.code);
    line["error"]["text"] = failure.text;
    std::cout << line.dump() << '\n';
  } else {
    std::cerr << "holdspace: " << printable(failure.text, "") << '\n';
  }
  switch (failure.kind) {
    case FailureKind::refused:
    case FailureKind::login_refused:
      return kRefused;
    case FailureKind::not_answered:
      return kNotConfirmed;
    case FailureKind::unreachable:
    case FailureKind::wrong_gateway:
    case FailureKind::profile_busy:
    case FailureKind::bad_input:
    case FailureKind::untrusted:
      break;
  }
  return kFailure;
}

asio::awaitable<int> fail_later(Globals globals, Failure failure) {
  co_return fail(globals, failure);
}

int fail_usage(const Globals& globals, const std::string& text) {
  fail(globals, bad_input(text));
  return kUsage;
}

result<std::unique_ptr<client::LocalStore>, Failure> open_profile(const Globals& globals) {
  const auto kind = client::LocalStore::lock_kind(globals.home);
  if (!kind.has_value()) return bad_input(client::describe(kind.error(), globals.home));
  auto unlock =
      *kind == client::LockKind::passphrase ? unlock_passphrase(globals) : unlock_key_file(globals);
  if (!unlock.has_value()) return unlock.error();
  auto store = client::LocalStore::open(globals.home, *unlock);
  if (!store.has_value()) return bad_input(client::describe(store.error(), globals.home));
  return std::move(*store);
}

result<client::Unlock, Failure> new_unlock(const Globals& globals, const EnrollOptions& options) {
  if (!globals.passphrase_file.empty()) {
    auto text = read_passphrase(globals.passphrase_file);
    if (!text.has_value()) return text.error();
    return client::Unlock(client::Passphrase{std::move(*text)});
  }
  if (options.ask_passphrase) {
    auto first = ask_secret("New passphrase: ");
    if (!first || first->empty())
      return bad_input("no terminal to ask for a passphrase; use --passphrase-file FILE");
    if (ask_secret("The same again: ") != first) return bad_input("the two passphrases differ");
    return client::Unlock(client::Passphrase{std::move(*first)});
  }
  const auto path = key_path(globals);
  if (std::filesystem::exists(path)) return unlock_key_file(globals);
  std::error_code failed;
  if (!std::filesystem::exists(path.parent_path())) {
    std::filesystem::create_directories(path.parent_path(), failed);
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, failed);
  }
  auto key = crypto::make_key_file_key();
  const auto text = crypto::encode_key_file(key);
  if (!write_private_file(path, {reinterpret_cast<const char*>(text.data()), text.size()}))
    return bad_input("the key file " + path.string() + " cannot be written");
  return client::Unlock(std::move(key));
}

int run_to_end(asio::io_context& io, asio::awaitable<int> work) {
  int code = kFailure;
  std::exception_ptr thrown;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, int result_code) {
    thrown = std::move(error);
    code = result_code;
    io.stop();
  });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return code;
}

int with_client(const Globals& globals, client::ClientOptions options,
                const std::function<asio::awaitable<int>(client::Client&)>& command) {
  auto store = open_profile(globals);
  if (!store.has_value()) return fail(globals, store.error());
  asio::io_context io(1);
  client::Client client(io.get_executor(), std::move(*store), std::move(options));
  return run_to_end(io, command(client));
}

result<Named, Failure> find_relationship(const client::LocalStore& store, const std::string& name) {
  std::vector<Named> found;
  std::string labels;
  client::each<client::records::Relationship>(
      store, client::Table::relationship, [&](std::string_view id, const auto& relationship) {
        const auto bytes = client::parse_bytes<16>(id);
        if (!bytes) return true;
        labels += (labels.empty() ? "" : ", ") + relationship.label();
        if (name.empty() || relationship.label() == name ||
            (name.size() >= 4 && client::to_hex(*bytes).starts_with(name)))
          found.push_back({*bytes, relationship});
        return true;
      });
  if (found.size() == 1) return std::move(found.front());
  if (labels.empty()) return bad_input("this profile has no relationship yet");
  if (found.empty()) return bad_input("nobody here is called " + name + "; there are: " + labels);
  return bad_input("say with whom: " + labels);
}

std::string label_of(const client::LocalStore& store, const std::string& relationship_id) {
  const auto known = client::load<client::records::Relationship>(store, client::Table::relationship,
                                                                 std::string_view(relationship_id));
  return known ? known->label() : "unknown";
}

std::optional<crypto::Bytes<16>> parse_id(std::string_view hex) {
  crypto::Bytes<16> id{};
  if (hex.size() != 2 * id.size()) return std::nullopt;
  for (std::size_t at = 0; at < hex.size(); ++at) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto digit = kDigits.find(hex[at]);
    if (digit == std::string_view::npos) return std::nullopt;
    id.at(at / 2) = static_cast<std::uint8_t>(id.at(at / 2) << 4 | digit);
  }
  return id;
}

}  // namespace holdspace::cli
