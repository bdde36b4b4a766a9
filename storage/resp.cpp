#include "storage/resp.hpp"

#include <algorithm>
#include <array>

namespace holdspace::storage {

std::string encode_command(const CommandParts& parts) {
  std::size_t size = 16;
  for (const std::string& part : parts) size += part.size() + 16;
  std::string out;
  out.reserve(size);
  out += '*';
  out += std::to_string(parts.size());
  out += "\r\n";
  for (const std::string& part : parts) {
    out += '$';
    out += std::to_string(part.size());
    out += "\r\n";
    out += part;
    out += "\r\n";
  }
  return out;
}

CommandError classify_error_reply(std::string_view text) {
  // With these words Redis refuses a command before it runs; a store function is then not begun.
  static constexpr std::array<std::string_view, 14> kRefusals = {
      "LOADING", "READONLY",    "NOPERM", "NOAUTH",   "MISCONF",   "OOM",        "BUSY",
      "MOVED",   "CLUSTERDOWN", "ASK",    "TRYAGAIN", "CROSSSLOT", "NOREPLICAS", "MASTERDOWN"};
  const std::string_view word = text.substr(0, text.find(' '));
  if (std::find(kRefusals.begin(), kRefusals.end(), word) != kRefusals.end() ||
      text == "ERR Function not found" || text.starts_with("ERR max number of clients")) {
    return CommandError::unavailable;
  }
  return CommandError::corrupt;
}

FunctionCall::FunctionCall(std::string_view function) {
  parts_ = {"FCALL", std::string(function), ""};
}

FunctionCall& FunctionCall::key(std::string name) {
  // Redis takes the first parts after the count as keys.
  parts_.insert(parts_.begin() + static_cast<std::ptrdiff_t>(3 + keys_), std::move(name));
  ++keys_;
  return *this;
}

FunctionCall& FunctionCall::arg(std::string bytes) {
  parts_.push_back(std::move(bytes));
  return *this;
}

FunctionCall& FunctionCall::number(std::int64_t value) {
  return arg(std::to_string(value));
}

CommandParts FunctionCall::take() && {
  parts_[2] = std::to_string(keys_);
  return std::move(parts_);
}

}  // namespace holdspace::storage
