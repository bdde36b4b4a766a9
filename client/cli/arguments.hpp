// From the words of the command line to one command.
#pragma once

namespace holdspace::cli {

// Runs the command and returns its exit code; kUsage with a message when the words make no command.
int run_arguments(int count, char** words);

}  // namespace holdspace::cli
