#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway::tests {
namespace {

constexpr std::string_view kLine = "GET /v1/connect HTTP/1.1";

std::string with_line(std::string_view line) {
  return request(line, good_fields());
}

std::string many_fields(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": 1\r\n";
  return request_plus(lines);
}

void add_request_lines(std::vector<RequestCase>& table) {
  for (const auto* method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE",
                             "PATCH", "get", "Get", "FOO"})
    table.push_back({method, with_line(std::string(method) + " /v1/connect HTTP/1.1"), 405});
  for (const auto* version : {"HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.0"})
    table.push_back({version, with_line(std::string("GET /v1/connect ") + version), 505});
  table.push_back({"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400});
  for (const auto* line :
       {"GET /v1/connect", "GET", "", " GET /v1/connect HTTP/1.1", "GET  HTTP/1.1",
        "GET /v1/connect HTTP/1.1 ", "GET /v1/con nect HTTP/1.1", "GET /v1/connect http/1.1",
        "GET /v1/connect HTTP/11", "GET /v1/connect HTTP/1.1x", "G(T /v1/connect HTTP/1.1",
        "GET\t/v1/connect\tHTTP/1.1", "GET /v1/connect\x80 HTTP/1.1"})
    table.push_back({std::string("request line: ") + line, with_line(line), 400});
  for (const auto* path : {"/", "/v1", "/v1/connect/", "/v1//connect", "/V1/CONNECT",
                           "/v1/connect/..", "/v1/./connect", "/v1/../v1/connect", "/v1/connect%00",
                           "/v1/connec%74", "/index.html", "/metrics", "/healthz", "/.git/config",
                           "*", "v1/connect", "http://localhost/v1/connect", "//v1/connect"})
    table.push_back(
        {std::string("path ") + path, with_line(std::string("GET ") + path + " HTTP/1.1"), 404});
  table.push_back({"long path", with_line("GET /" + std::string(4000, 'a') + " HTTP/1.1"), 404});
  table.push_back(
      {"long query", with_line("GET /v1/connect?" + std::string(300, 'a') + " HTTP/1.1"), 404});
  for (const auto* query : {"?", "?token=abc", "?a=b&c=d", "#x"})
    table.push_back({std::string("query ") + query,
                     with_line(std::string("GET /v1/connect") + query + " HTTP/1.1"), 400});
}

void add_syntax(std::vector<RequestCase>& table) {
  const std::pair<const char*, std::string> bad[] = {
      {"folded field", "X-A: 1\r\n 2\r\n"},
      {"folded field with a tab", "X-A: 1\r\n\t2\r\n"},
      {"blank before the colon", "X-A : 1\r\n"},
      {"tab before the colon", "X-A\t: 1\r\n"},
      {"no colon", "X-A\r\n"},
      {"no name", ": 1\r\n"},
      {"name with a blank", "X A: 1\r\n"},
      {"name with a bracket", "X(A): 1\r\n"},
      {"name beyond ASCII", "X\xC3\xA4: 1\r\n"},
      {"bare LF", "X-A: 1\n"},
      {"bare CR", "X-A: 1\rX-B: 2\r\n"},
      {"NUL in a value", std::string("X-A: 1\0002\r\n", 11)},
      {"NUL in a name", std::string("X\0A: 1\r\n", 8)},
      {"bell in a value", "X-A: \a\r\n"},
      {"delete in a value", "X-A: \x7F\r\n"},
      {"length and encoding", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"},
      {"two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"},
      {"two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n"},
      {"a length", "Content-Length: 5\r\n"},
      {"a length of nothing", "content-length: 0\r\n"},
      {"a length that is none", "Content-Length: -1\r\n"},
      {"chunked", "Transfer-Encoding: chunked\r\n"},
      {"an encoding x", "Transfer-Encoding: x\r\n"},
      {"an encoding in capitals", "TRANSFER-ENCODING: identity\r\n"},
      {"second host", "Host: localhost\r\n"},
      {"second other host", "Host: evil.example\r\n"},
      {"second key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"},
  };
  for (const auto& [name, raw] : bad) table.push_back({name, request_plus(raw), 400});
  table.push_back({"line break first", "\r\n" + good_request(), 400});
  table.push_back({"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400});
  table.push_back({"bare LF everywhere", "GET /v1/connect HTTP/1.1\nHost: localhost\n\n", 400});
  table.push_back(
      {"9 KiB of a field", request_plus("X-A: " + std::string(9000, 'a') + "\r\n"), 431});
  table.push_back({"64 fields", many_fields(64 - static_cast<int>(good_fields().size())), 101});
  table.push_back({"65 fields", many_fields(65 - static_cast<int>(good_fields().size())), 431});
  table.push_back({"1000 short fields", many_fields(500), 431});
  table.push_back({"value beyond ASCII", request_plus("X-A: \xC3\xA4\r\n"), 101});
  table.push_back({"empty value", request_plus("X-A:\r\n"), 101});
  table.push_back({"tab in a value", request_plus("X-A: 1\t2\r\n"), 101});
}

void add_hosts(std::vector<RequestCase>& table) {
  table.push_back({"no host", request_without("Host"), 400});
  for (const auto* host : {"", "localhost:", "localhost:x", "localhost:123456", "user@localhost",
                           "local host", "localhost/", "[::1", "localhost:80:80"})
    table.push_back({std::string("host ") + host, request_with("Host", host), 400});
  for (const auto* host : {"other.example", "localhost.evil.example", "127.0.0.1", "xlocalhost",
                           "localhost.", "example.org"})
    table.push_back({std::string("host ") + host, request_with("Host", host), 421});
  for (const auto* host : {"LOCALHOST", "localhost:1", "chat.example.org", "[::1]:8443"})
    table.push_back({std::string("host ") + host, request_with("Host", host), 101});
}

void add_websocket(std::vector<RequestCase>& table) {
  for (const auto* origin :
       {"null", "https://evil.example", "https://app.example.org.evil.example",
        "http://app.example.org", "https://app.example.org:444", "https://APP.example.org", "",
        "https://app.example.org/", "https://app.example.org https://app.example.org"})
    table.push_back({std::string("origin ") + origin, request_with("Origin", origin), 403});
  table.push_back({"doubled origin",
                   request_plus("Origin: https://app.example.org\r\n"
                                "Origin: https://app.example.org\r\n"),
                   403});
  table.push_back({"our origin", request_with("Origin", "https://app.example.org"), 101});
  for (const auto* version : {"8", "0", "14", "013", "13, 8", "", "x"})
    table.push_back(
        {std::string("version ") + version, request_with("Sec-WebSocket-Version", version), 426});
  table.push_back({"no version", request_without("Sec-WebSocket-Version"), 426});
  table.push_back({"doubled version", request_plus("Sec-WebSocket-Version: 13\r\n"), 426});
  table.push_back({"no upgrade", request_without("Upgrade"), 426});
  table.push_back({"no connection", request_without("Connection"), 426});
  table.push_back({"other upgrade", request_with("Upgrade", "h2c"), 426});
  table.push_back({"connection that closes", request_with("Connection", "close"), 426});
  for (const auto* key :
       {"", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZ!==", "dGhlIHNhbXBsZSBub25jZWE=",
        "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZWV4dHJhZXh0cmE="})
    table.push_back({std::string("key ") + key, request_with("Sec-WebSocket-Key", key), 400});
  table.push_back({"no key", request_without("Sec-WebSocket-Key"), 400});
  table.push_back({"no subprotocol", request_without("Sec-WebSocket-Protocol"), 400});
  for (const auto* protocol : {"", "chat", "holdspace.v2", "holdspace", "holdspace.v1.x", ",,"})
    table.push_back({std::string("subprotocol ") + protocol,
                     request_with("Sec-WebSocket-Protocol", protocol), 400});
  for (const auto* protocol : {"chat, holdspace.v1", "holdspace.v1,chat", " , holdspace.v1 ,"})
    table.push_back({std::string("subprotocol ") + protocol,
                     request_with("Sec-WebSocket-Protocol", protocol), 101});
  for (const auto* extension :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits", "x-anything; a=\"b\""})
    table.push_back({std::string("extension ") + extension,
                     request_with("Sec-WebSocket-Extensions", extension), 101});
  table.push_back(
      {"forwarded", request_plus("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=x\r\n"), 101});
  table.push_back({"a cookie", request_with("Cookie", "session=1"), 101});
  table.push_back(
      {"a browser's connection", request_with("Connection", "keep-alive, Upgrade"), 101});
  table.push_back({"upgrade in capitals", request_with("Upgrade", "WebSocket"), 101});
  table.push_back({"expect", request_with("Expect", "100-continue"), 101});
}

}  // namespace

HeaderFields good_fields() {
  return {{"Host", "localhost"},
          {"Connection", "Upgrade"},
          {"Upgrade", "websocket"},
          {"Sec-WebSocket-Version", "13"},
          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
          {"Sec-WebSocket-Protocol", "holdspace.v1"}};
}

std::string request(std::string_view line, const HeaderFields& fields) {
  std::string out(line);
  out += "\r\n";
  for (const auto& [name, value] : fields) out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

std::string good_request() {
  return request(kLine, good_fields());
}

std::string request_with(std::string_view name, std::string_view value) {
  auto fields = good_fields();
  for (auto& field : fields) {
    if (field.first != name) continue;
    field.second = value;
    return request(kLine, fields);
  }
  fields.emplace_back(name, value);
  return request(kLine, fields);
}

std::string request_without(std::string_view name) {
  auto fields = good_fields();
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return request(kLine, fields);
}

std::string request_plus(std::string_view raw) {
  auto text = good_request();
  text.insert(kLine.size() + 2, raw);
  return text;
}

std::vector<RequestCase> request_table() {
  std::vector<RequestCase> table{{"the good one", good_request(), 101}};
  add_request_lines(table);
  add_syntax(table);
  add_hosts(table);
  add_websocket(table);
  return table;
}

}  // namespace holdspace::gateway::tests
