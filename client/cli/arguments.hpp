// From the words of the command line to one command. The only file that includes CLI11, which is
// slow to compile.
#pragma once

namespace holdspace::cli {

// Runs the command and returns its exit code; kUsage with a message when the words make no command.
int run_arguments(int count, char** words);

}  // namespace holdspace::cli
