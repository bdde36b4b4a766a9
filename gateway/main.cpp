// holdspace-gateway: the command line, and the one place where a failed start becomes a line and an
// exit code.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "crypto/random.hpp"
#include "gateway/serve.hpp"
#include "gateway/start_up.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Holdspace's gateway: holds messages between client and therapist until the agreed hours.\n"
      "It needs a Redis of its own and a configuration file; deploy/gateway.toml is the commented "
      "sample.\n"
      "holdspace-operator makes the key it signs with and the first invite of a practice.");
  std::filesystem::path config_file;
  bool check_only = false;
  app.add_option("--config", config_file, "TOML file")->required()->check(CLI::ExistingFile);
  app.add_flag("--check", check_only, "check the configuration and the files it names, then exit");
  CLI11_PARSE(app, argc, argv);
  // A core file would hold the key.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  try {
    holdspace::crypto::init();
    const auto config = holdspace::gateway::read_config(config_file);
    holdspace::gateway::require_time_zones();
    if (!check_only) holdspace::gateway::serve(config);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "holdspace-gateway: %s\n", error.what());
    return 1;
  }
}
