// The person's terminal: asking for secrets, and showing what others wrote without letting it
// command the terminal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace holdspace::cli {

// Standard input and error are a terminal.
[[nodiscard]] bool is_interactive();

// Reads a line from the terminal without showing it; nothing when there is no terminal.
[[nodiscard]] std::optional<std::string> ask_secret(const std::string& prompt);

// Asks a question that is answered by y or yes; anything else is no. Nothing when there is no
// terminal.
[[nodiscard]] std::optional<bool> ask_yes(const std::string& question);

// The whole file; nothing when it cannot be read or is over `bytes_max`.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path,
                                                   std::size_t bytes_max);

// Makes a file of mode 0600 that did not exist before. False when that is impossible.
[[nodiscard]] bool write_private_file(const std::filesystem::path& path, std::string_view bytes);

// Readable by its owner only.
[[nodiscard]] bool is_private_file(const std::filesystem::path& path);

// Control characters and bidirectional controls become visible escapes; a newline stays, with
// `indent` after it.
[[nodiscard]] std::string printable(std::string_view text, std::string_view indent);

}  // namespace holdspace::cli
