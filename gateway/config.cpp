// See config.hpp. Values are taken out of the TOML table one by one; what is left over is a key
// nobody knows.
#include "gateway/config.hpp"

#include <sys/stat.h>
#include <toml++/toml.h>

#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace holdspace::gateway {
namespace {

constexpr std::int64_t kCountMax = 1'000'000;

// Reads one value at a time and remembers the first complaint, so that the list of options below
// reads as a list.
class Options {
 public:
  explicit Options(toml::table& table) : table_(table) {}

  void read(const char* section, const char* key, std::string& into) {
    if (auto* node = take(section, key)) {
      if (const auto text = node->value_exact<std::string>())
        into = *text;
      else
        complain(section, key, "must be a text");
    }
  }

  void read(const char* section, const char* key, std::filesystem::path& into) {
    std::string text = into.string();
    read(section, key, text);
    into = text;
  }

  void read(const char* section, const char* key, bool& into) {
    if (auto* node = take(section, key)) {
      if (const auto value = node->value_exact<bool>())
        into = *value;
      else
        complain(section, key, "must be true or false");
    }
  }

  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) void read(const char* section, const char* key, T& into,
                                             std::int64_t least, std::int64_t most) {
    if (const auto value = number(section, key, least, most)) into = static_cast<T>(*value);
  }

  void read(const char* section, const char* key, std::chrono::milliseconds& into,
            std::int64_t least, std::int64_t most) {
    if (const auto value = number(section, key, least, most))
      into = std::chrono::milliseconds(*value);
  }

  void read(const char* section, const std::string& prefix, BucketRule& into) {
    if (const auto value = number(section, (prefix + "_burst").c_str(), 1, kCountMax))
      into.burst = static_cast<double>(*value);
    read(section, (prefix + "_refill_ms").c_str(), into.refill, 1, 3'600'000);
  }

  void read(const char* section, const char* key, std::vector<std::string>& into) {
    auto* node = take(section, key);
    if (node == nullptr) return;
    const auto* list = node->as_array();
    if (list == nullptr) return complain(section, key, "must be a list of texts");
    into.clear();
    for (const auto& element : *list) {
      const auto text = element.value_exact<std::string>();
      if (!text || text->empty()) return complain(section, key, "must be a list of texts");
      into.push_back(*text);
    }
  }

  template <typename E>
  void read(const char* section, const char* key, E& into,
            std::initializer_list<std::pair<std::string_view, E>> names) {
    std::string text;
    read(section, key, text);
    if (text.empty()) return;
    std::string known;
    for (const auto& [name, value] : names) {
      if (name == text) {
        into = value;
        return;
      }
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    complain(section, key, "must be one of: " + known);
  }

  void complain(const char* section, const char* key, std::string text) {
    if (!error_) error_ = ConfigError{std::string(section) + "." + key, std::move(text)};
  }

  void complain_about_the_rest() {
    for (const auto& [section, node] : table_) {
      const auto* inner = node.as_table();
      if (inner == nullptr) return complain_name(std::string(section.str()));
      for (const auto& [key, value] : *inner)
        if (!read_.contains(std::string(section.str()) + "." + std::string(key.str())))
          return complain_name(std::string(section.str()) + "." + std::string(key.str()));
    }
  }

  [[nodiscard]] const std::optional<ConfigError>& error() const { return error_; }

 private:
  toml::node* take(const char* section, const char* key) {
    read_.insert(std::string(section) + "." + key);
    auto* inner = table_.get_as<toml::table>(section);
    return inner == nullptr ? nullptr : inner->get(key);
  }

  std::optional<std::int64_t> number(const char* section, const char* key, std::int64_t least,
                                     std::int64_t most) {
    auto* node = take(section, key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) return value;
    complain(
        section, key,
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }

  void complain_name(std::string name) {
    if (!error_) error_ = ConfigError{std::move(name), "is no option"};
  }

  toml::table& table_;
  std::set<std::string> read_;
  std::optional<ConfigError> error_;
};

void read_options(Options& options, Config& config) {
  options.read("listen", "address", config.listen.address);
  options.read("listen", "port", config.listen.port, 0, 65535);
  options.read("listen", "plain_on_loopback", config.plain_on_loopback);
  options.read("listen", "admin_address", config.admin.address);
  options.read("listen", "admin_port", config.admin.port, 0, 65535);
  options.read("listen", "io_threads", config.io_threads, 1, 64);
  options.read("tls", "certificate", config.tls_certificate);
  options.read("tls", "key", config.tls_key);
  options.read("web", "hosts", config.hosts);
  options.read("web", "origins", config.origins);
  options.read("store", "redis_socket", config.redis_socket);
  options.read("store", "redis_connections", config.redis_connections, 1, 16);
  options.read("store", "durability", config.durability,
               {{"durable", storage::DurabilityMode::durable},
                {"relaxed-may-lose-accepted-messages", storage::DurabilityMode::relaxed}});
  options.read("keys", "gateway_key", config.gateway_key);
  options.read(
      "log", "level", config.log_level,
      {{"error", LogLevel::error}, {"warning", LogLevel::warning}, {"info", LogLevel::info}});
  options.read("limits", "routine_send", config.routine_send);
  options.read("limits", "login_failures_account", config.login_failures_account);
  options.read("limits", "login_failures_address", config.login_failures_address);
  options.read("limits", "redeems_address", config.redeems_address);
  options.read("limits", "connections_new_per_second", config.connections_new_per_second, 1,
               kCountMax);
  options.read("limits", "connections_new_burst", config.connections_new_burst, 1, kCountMax);
  options.read("limits", "connections_pending_address", config.connections_pending_address, 1,
               kCountMax);
  options.read("limits", "connections_pending", config.connections_pending, 1, kCountMax);
  options.read("limits", "frames_per_second", config.frames_per_second, 1, kCountMax);
  options.read("limits", "frames_burst", config.frames_burst, 1, kCountMax);
  options.read("limits", "queue_poll_ms", config.queue_poll, 100, 60'000);
}

void check_address(Options& options, const char* key, const std::string& text, bool loopback_only) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(text, error);
  if (error)
    options.complain("listen", key, "must be an IP address");
  else if (loopback_only && !address.is_loopback())
    options.complain("listen", key, "must be a loopback address");
}

// What one value alone does not show.
void check_together(Options& options, const Config& config) {
  check_address(options, "address", config.listen.address, config.plain_on_loopback);
  check_address(options, "admin_address", config.admin.address, true);
  if (!config.plain_on_loopback && config.tls_certificate.empty())
    options.complain("tls", "certificate", "is required unless listen.plain_on_loopback is true");
  if (!config.plain_on_loopback && config.tls_key.empty())
    options.complain("tls", "key", "is required unless listen.plain_on_loopback is true");
  if (config.hosts.empty()) options.complain("web", "hosts", "must name at least one host");
  for (const auto& host : config.hosts) {
    const auto upper = host.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ:/ ");
    if (host.size() > 253 || upper != std::string::npos)
      options.complain("web", "hosts", "must be names in lower case without scheme or port");
  }
  for (const auto& origin : config.origins)
    if (!origin.starts_with("https://") && !origin.starts_with("http://"))
      options.complain("web", "origins", "must begin with https:// or http://");
  if (config.redis_socket.empty()) options.complain("store", "redis_socket", "is required");
  if (config.gateway_key.empty()) options.complain("keys", "gateway_key", "is required");
}

// A secret that others may read is not one.
std::optional<ConfigError> check_secret_file(const char* field, const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    return ConfigError{field, "cannot be read: " + file.string()};
  if (!S_ISREG(status.st_mode)) return ConfigError{field, "is not a file: " + file.string()};
  if ((status.st_mode & 0077) != 0)
    return ConfigError{field, "may be read by others; use mode 0400: " + file.string()};
  return std::nullopt;
}

}  // namespace

boost::system::result<Config, ConfigError> parse_config(std::string_view toml) {
  toml::table table;
  try {
    table = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    std::ostringstream text;
    text << "is not TOML: " << error.description() << " (" << error.source().begin << ")";
    return ConfigError{"", text.str()};
  }
  Config config;
  Options options(table);
  read_options(options, config);
  options.complain_about_the_rest();
  check_together(options, config);
  if (options.error()) return *options.error();
  return config;
}

boost::system::result<Config, ConfigError> load_config(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return ConfigError{"", "cannot be read: " + file.string()};
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_config(text.str());
}

boost::system::result<void, ConfigError> check_files(const Config& config) {
  if (const auto error = check_secret_file("keys.gateway_key", config.gateway_key)) return *error;
  if (config.plain_on_loopback) return {};
  if (const auto error = check_secret_file("tls.key", config.tls_key)) return *error;
  if (!std::ifstream(config.tls_certificate))
    return ConfigError{"tls.certificate", "cannot be read: " + config.tls_certificate.string()};
  return {};
}

}  // namespace holdspace::gateway
