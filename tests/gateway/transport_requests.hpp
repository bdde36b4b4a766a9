// The upgrade requests of the bad-input table, rows 14 to 28, for the pure check and for a socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdspace::gateway::tests {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// A good request for host localhost without Origin.
HeaderFields good_fields();
std::string request(std::string_view line, const HeaderFields& fields);
std::string good_request();
// The good request with one field's value replaced, or the field added when it has none.
std::string request_with(std::string_view name, std::string_view value);
std::string request_without(std::string_view name);
// The good request with a line (CR LF included) put behind the request line.
std::string request_plus(std::string_view raw);

struct RequestCase {
  std::string name;
  std::string request;
  unsigned status;  // 101: upgraded
};
// For the hosts localhost, chat.example.org, [::1] and the origin https://app.example.org.
std::vector<RequestCase> request_table();

}  // namespace holdspace::gateway::tests
