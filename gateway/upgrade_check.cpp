#include "gateway/upgrade_check.hpp"

#include <algorithm>
#include <optional>

namespace holdspace::gateway {
namespace {

using boost::system::result;

struct Field {
  std::string_view name;
  std::string_view value;  // without surrounding blanks
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The next line without its CR LF; `rest` moves behind it. HeadScanner saw that lines end so.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::exchange(rest, {});
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

// A list-valued field, over all its lines, holds the word.
bool lists(const std::vector<Field>& fields, std::string_view name, std::string_view word) {
  for (const auto& field : fields) {
    if (!same_word(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (same_word(trim(rest.substr(0, comma)), word)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::size_t count(const std::vector<Field>& fields, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(),
                    [&](const Field& field) { return same_word(field.name, name); }));
}

// Of a field that occurs at most once.
std::optional<std::string_view> find(const std::vector<Field>& fields, std::string_view name) {
  for (const auto& field : fields)
    if (same_word(field.name, name)) return field.value;
  return std::nullopt;
}

// Lower case without the port; empty when it is no host.
std::string host_name(std::string_view value) {
  std::size_t end = 0;
  if (value.starts_with('[')) {
    end = value.find(']');
    if (end == std::string_view::npos) return {};
    ++end;
  } else {
    end = std::min(value.find(':'), value.size());
  }
  const auto port = value.substr(end);
  const bool port_good =
      port.empty() ||
      (port.front() == ':' && port.size() >= 2 && port.size() <= 6 &&
       std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; }));
  const auto name = value.substr(0, end);
  const bool name_good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return alphanumeric(c) || std::string_view("-._[]:").find(c) != std::string_view::npos;
  });
  if (!port_good || !name_good) return {};
  std::string host(name);
  std::transform(host.begin(), host.end(), host.begin(), lower);
  return host;
}

// 16 bytes in canonical base64: 22 characters, of which the last carries two bits only, and "==".
bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  const auto digits = key.substr(0, 22);
  return std::all_of(digits.begin(), digits.end(),
                     [](char c) { return alphanumeric(c) || c == '+' || c == '/'; }) &&
         std::string_view("AQgw").find(digits.back()) != std::string_view::npos;
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
};

result<RequestLine, UpgradeFault> check_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return UpgradeFault::malformed;
  const RequestLine request{line.substr(0, first), line.substr(first + 1, last - first - 1)};
  const auto version = line.substr(last + 1);
  const auto printable = [](char c) { return c > ' ' && c < 0x7F; };
  if (!is_token(request.method) || request.target.empty() ||
      !std::all_of(request.target.begin(), request.target.end(), printable))
    return UpgradeFault::malformed;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7]))
    return UpgradeFault::malformed;
  if (version == "HTTP/2.0") return UpgradeFault::malformed;
  if (version != "HTTP/1.1") return UpgradeFault::wrong_version;
  return request;
}

result<std::vector<Field>, UpgradeFault> split_fields(std::string_view rest) {
  std::vector<Field> fields;
  for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
    if (fields.size() == kHeaderFieldsMax) return UpgradeFault::head_too_large;
    const auto colon = line.find(':');
    // A token holds no blank: this refuses folded lines and "Name :" as well.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return UpgradeFault::malformed;
    fields.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
  }
  return fields;
}

std::optional<UpgradeFault> check_target(std::string_view target) {
  if (target.size() > kTargetBytesMax) return UpgradeFault::unknown_path;
  const auto path_end = std::min(target.find_first_of("?#"), target.size());
  if (target.substr(0, path_end) != kUpgradePath) return UpgradeFault::unknown_path;
  if (path_end != target.size()) return UpgradeFault::query;
  return std::nullopt;
}

std::optional<UpgradeFault> check_websocket(const std::vector<Field>& fields,
                                            const UpgradeRules& rules) {
  if (!lists(fields, "Connection", "upgrade") || !lists(fields, "Upgrade", "websocket"))
    return UpgradeFault::no_upgrade;
  if (count(fields, "Sec-WebSocket-Version") != 1 || *find(fields, "Sec-WebSocket-Version") != "13")
    return UpgradeFault::websocket_version;
  if (count(fields, "Sec-WebSocket-Key") != 1 || !is_key(*find(fields, "Sec-WebSocket-Key")))
    return UpgradeFault::bad_key;
  if (const auto origin = find(fields, "Origin")) {
    if (count(fields, "Origin") != 1 ||
        std::find(rules.origins.begin(), rules.origins.end(), *origin) == rules.origins.end())
      return UpgradeFault::origin;
  }
  if (!lists(fields, "Sec-WebSocket-Protocol", kSubprotocol)) return UpgradeFault::subprotocol;
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view received) {
  for (; scanned_ < received.size(); ++scanned_) {
    if (scanned_ == kHeadBytesMax) return State::too_large;
    const char c = received[scanned_];
    const char before = scanned_ > 0 ? received[scanned_ - 1] : '\0';
    if ((c == '\n') != (before == '\r')) return State::malformed;
    const bool control = (c >= 0 && c < ' ') || c == 0x7F;
    if (control && c != '\r' && c != '\n' && c != '\t') return State::malformed;
    if (c == '\n' && received.substr(0, scanned_ + 1).ends_with("\r\n\r\n")) {
      ++scanned_;
      return State::complete;
    }
  }
  return State::incomplete;
}

result<Upgrade, UpgradeFault> check_upgrade(std::string_view head, const UpgradeRules& rules) {
  const auto request = check_request_line(take_line(head));
  if (!request) return request.error();
  const auto fields = split_fields(head);
  if (!fields) return fields.error();
  if (request->method != "GET") return UpgradeFault::wrong_method;
  if (count(*fields, "Content-Length") + count(*fields, "Transfer-Encoding") > 0)
    return UpgradeFault::body_announced;
  if (count(*fields, "Host") != 1) return UpgradeFault::bad_host;
  auto host = host_name(*find(*fields, "Host"));
  if (host.empty()) return UpgradeFault::bad_host;
  if (std::find(rules.hosts.begin(), rules.hosts.end(), host) == rules.hosts.end())
    return UpgradeFault::unknown_host;
  if (const auto fault = check_target(request->target)) return *fault;
  if (const auto fault = check_websocket(*fields, rules)) return *fault;
  return Upgrade{std::move(host), std::string(*find(*fields, "Sec-WebSocket-Key"))};
}

unsigned http_status(UpgradeFault fault) {
  switch (fault) {
    case UpgradeFault::malformed:
    case UpgradeFault::body_announced:
    case UpgradeFault::bad_host:
    case UpgradeFault::query:
    case UpgradeFault::bad_key:
    case UpgradeFault::subprotocol:
      return 400;
    case UpgradeFault::origin:
      return 403;
    case UpgradeFault::unknown_path:
      return 404;
    case UpgradeFault::wrong_method:
      return 405;
    case UpgradeFault::head_too_slow:
      return 408;
    case UpgradeFault::unknown_host:
      return 421;
    case UpgradeFault::no_upgrade:
    case UpgradeFault::websocket_version:
      return 426;
    case UpgradeFault::head_too_large:
      return 431;
    case UpgradeFault::wrong_version:
      return 505;
  }
  return 500;
}

std::string http_answer(UpgradeFault fault) {
  std::string_view status = "400 Bad Request";
  std::string_view extra;
  switch (http_status(fault)) {
    case 403:
      status = "403 Forbidden";
      break;
    case 404:
      status = "404 Not Found";
      break;
    case 405:
      status = "405 Method Not Allowed";
      extra = "Allow: GET\r\n";
      break;
    case 408:
      status = "408 Request Timeout";
      break;
    case 421:
      status = "421 Misdirected Request";
      break;
    case 426:
      status = "426 Upgrade Required";
      extra = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
      break;
    case 431:
      status = "431 Request Header Fields Too Large";
      break;
    case 505:
      status = "505 HTTP Version Not Supported";
      break;
  }
  std::string answer = "HTTP/1.1 ";
  answer.append(status).append("\r\n").append(extra);
  answer += "Content-Type: text/plain\r\nConnection: close\r\nContent-Length: ";
  answer += std::to_string(status.size() + 1);
  answer.append("\r\n\r\n").append(status).append("\n");
  return answer;
}

}  // namespace holdspace::gateway
