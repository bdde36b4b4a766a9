// holdspace-operator: what the operator of a machine does before the first user: makes the
// gateway's key, and the invite of a practice's first admin. Not part of the server: it can seal,
// so it links what the gateway must not. docs/protocol.md section 3.1, docs/operations.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <utility>

#include "crypto/invite.hpp"
#include "crypto/random.hpp"
#include "gateway/clock.hpp"
#include "gateway/key_file.hpp"
#include "gateway/start_up.hpp"
#include "storage/invite_store.hpp"
#include "storage/store_server.hpp"

namespace {

namespace asio = boost::asio;
using namespace holdspace;

constexpr const char* kKeyFileName = "gateway.key";
constexpr std::chrono::seconds kStoreTime{5};

struct PracticeWish {
  std::string host;
  std::string name;
  std::chrono::hours life = crypto::kInviteLife;
};

void init_keys(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto file = folder / kKeyFileName;
  const auto written = gateway::write_key_file(file, crypto::GatewayKey::generate());
  if (written.has_value()) {
    std::cout << file.string() << std::endl;
    return;
  }
  const bool exists = written.error() == gateway::KeyFileError::exists;
  throw gateway::StartError(file.string() + (exists ? ": exists; a gateway's key is never replaced"
                                                    : ": cannot be written"));
}

crypto::GatewayKey gateway_key(const gateway::Config& config) {
  auto key = gateway::read_key_file(config.gateway_key);
  if (!key.has_value()) throw gateway::StartError("keys.gateway_key: not a key file");
  return std::move(*key);
}

// By the store's clock, like every other instant.
asio::awaitable<std::string> create_practice(storage::ConnectionPool& pool, PracticeWish wish,
                                             const crypto::InviteSecret& secret,
                                             crypto::GatewayPublicKey key) {
  const auto deadline = gateway::monotonic_now() + kStoreTime;
  const auto now = co_await storage::server_time(pool.any(), deadline);
  if (!now.has_value()) co_return "no answer from Redis";
  const storage::PracticeId practice{crypto::random_array<16>()};

  crypto::InvitePacket packet;
  packet.kind = crypto::InviteKind::operator_to_admin;
  packet.practice_id = practice.bytes;
  packet.role = crypto::Role::admin;
  packet.gateway_key = key;
  packet.display_name = wish.name;
  packet.expires_at = *now + wish.life;
  const auto sealed = crypto::seal_invite_packet(secret, wish.host, packet);

  storage::InviteRecord invite;
  invite.id.bytes = secret.id();
  invite.claim_key = secret.claim_key().public_key().bytes;
  invite.packet.assign(sealed.begin(), sealed.end());
  invite.role = storage::Role::admin;
  invite.expires_at = packet.expires_at;
  storage::InviteStore invites(pool);
  const auto made = co_await invites.create_practice(practice, std::move(invite), deadline);
  if (made.has_value()) co_return "";
  co_return made.error() == storage::CreateInviteError::uncertain
      ? "not certain whether Redis has it: run this again, the first code is then worth nothing"
      : "Redis refuses the practice";
}

void practice_invite(const gateway::Config& config, const PracticeWish& wish) {
  const auto key = gateway_key(config);
  (void)gateway::open_store(config);
  const auto secret = crypto::InviteSecret::generate();
  asio::io_context io;
  storage::ConnectionPool pool(io.get_executor(), config.redis_socket.string(), 1);
  auto result =
      asio::co_spawn(io, create_practice(pool, wish, secret, key.public_key()), asio::use_future);
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io.run_one();
  const auto problem = result.get();
  if (!problem.empty()) throw gateway::StartError(problem);
  // To the operator's screen or pipe and nowhere else: whoever has it becomes the admin.
  const auto code = secret.code();
  std::cout.write(reinterpret_cast<const char*>(code.data()),
                  static_cast<std::streamsize>(code.size()))
      << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Holdspace's operator commands, run on the machine of the gateway and its Redis.");
  app.require_subcommand(1);

  std::filesystem::path folder;
  auto* keys = app.add_subcommand(
      "init-keys",
      "make the gateway's key (gateway.key, mode 0400) in a folder and print its path");
  keys->add_option("folder", folder, "made if it is not there")->required();

  std::filesystem::path config_file;
  PracticeWish wish;
  int hours = static_cast<int>(wish.life.count());
  auto* invite = app.add_subcommand(
      "practice-invite",
      "make a practice and print the one-time code by which its first admin enrols");
  invite->add_option("--config", config_file, "the gateway's TOML file")
      ->required()
      ->check(CLI::ExistingFile);
  invite
      ->add_option("--host", wish.host,
                   "the host that the admin's client will dial; one of web.hosts")
      ->required();
  invite->add_option("--name", wish.name, "shown to the admin before enrolling")
      ->default_val("New practice");
  invite->add_option("--hours", hours, "how long the code is good")
      ->check(CLI::Range(1, 168))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    crypto::init();
    if (*keys) {
      init_keys(folder);
      return 0;
    }
    const auto config = gateway::read_config(config_file);
    if (std::find(config.hosts.begin(), config.hosts.end(), wish.host) == config.hosts.end())
      throw gateway::StartError("--host: not one of web.hosts in " + config_file.string());
    if (wish.name.empty() || wish.name.size() > crypto::kDisplayNameBytesMax)
      throw gateway::StartError("--name: 1 to 200 bytes");
    wish.life = std::chrono::hours(hours);
    practice_invite(config, wish);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "holdspace-operator: %s\n", error.what());
    return 1;
  }
}
