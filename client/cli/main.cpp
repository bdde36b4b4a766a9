// The program `holdspace`: for clients, therapists and admins. docs/protocol.md says what it
// speaks.
#include <sys/resource.h>

#include <exception>
#include <iostream>

#include "client/cli/arguments.hpp"
#include "client/cli/command.hpp"
#include "crypto/random.hpp"

int main(int count, char** words) {
  // A core file would hold keys and texts.
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  try {
    holdspace::crypto::init();
    return holdspace::cli::run_arguments(count, words);
  } catch (const std::exception& error) {
    std::cerr << "holdspace: " << error.what() << '\n';
    return holdspace::cli::kFailure;
  }
}
