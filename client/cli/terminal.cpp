#include "client/cli/terminal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace holdspace::cli {
namespace {

// Turns the terminal's echo off while it lives.
class Quiet {
 public:
  Quiet() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Quiet() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  termios before_{};
};

// U+061C, U+200E-F, U+202A-E, U+2066-9 in UTF-8: they reorder what stands around them.
bool is_bidirectional_control(std::string_view rest) {
  if (rest.starts_with("\xd8\x9c")) return true;
  if (rest.size() < 3 || rest[0] != '\xe2') return false;
  const auto second = static_cast<unsigned char>(rest[1]);
  const auto third = static_cast<unsigned char>(rest[2]);
  if (second == 0x80) return third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae);
  return second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

std::string escape(std::string_view bytes) {
  std::string out;
  for (const auto byte : bytes) {
    std::array<char, 5> text{};
    std::snprintf(text.data(), text.size(), "\\x%02x", static_cast<unsigned char>(byte));
    out += text.data();
  }
  return out;
}

}  // namespace

bool is_interactive() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

std::optional<std::string> ask_secret(const std::string& prompt) {
  if (!is_interactive()) return std::nullopt;
  std::cerr << prompt << std::flush;
  std::string line;
  {
    const Quiet quiet;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  return line;
}

std::optional<bool> ask_yes(const std::string& question) {
  if (!is_interactive()) return std::nullopt;
  std::cerr << question << " [y/N] " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return line == "y" || line == "Y" || line == "yes";
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  text.resize(bytes_max + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || static_cast<std::size_t>(file.gcount()) > bytes_max) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

bool write_private_file(const std::filesystem::path& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fsync(file) == 0;
  return ::close(file) == 0 && written;
}

bool is_private_file(const std::filesystem::path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && (found.st_mode & 077) == 0;
}

std::string printable(std::string_view text, std::string_view indent) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const auto byte = static_cast<unsigned char>(rest.front());
    std::size_t length = 1;
    if (byte == '\n') {
      out += '\n';
      out += indent;
    } else if (is_bidirectional_control(rest)) {
      length = byte == 0xd8 ? 2 : 3;
      out += escape(rest.substr(0, length));
    } else if (byte == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0) {
      length = 2;  // C1 controls
      out += escape(rest.substr(0, length));
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
      out += escape(rest.substr(0, 1));
    } else {
      out += rest.front();
    }
    at += length;
  }
  return out;
}

}  // namespace holdspace::cli
