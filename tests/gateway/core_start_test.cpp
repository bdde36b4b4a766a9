// What happens before the first connection: the configuration says what is wrong with it, the log
// keeps what must not be in it out.
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <fstream>
#include <sstream>

#include "crypto/random.hpp"
#include "gateway/config.hpp"
#include "gateway/log.hpp"
#include "gateway/metrics.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kGood = R"(
[listen]
plain_on_loopback = true
[web]
hosts = ["localhost"]
[store]
redis_socket = "/tmp/redis.sock"
[keys]
gateway_key = "/tmp/gk"
)";

std::string field_of_error(const std::string& toml) {
  const auto result = parse_config(toml);
  return result.has_value() ? "accepted" : result.error().field;
}

TEST(Config, takes_a_short_file_and_the_defaults) {
  const auto result = parse_config(kGood);
  ASSERT_TRUE(result.has_value()) << result.error().field << " " << result.error().text;
  EXPECT_EQ(result->listen.port, 8443);
  EXPECT_EQ(result->durability, storage::DurabilityMode::durable);
  EXPECT_EQ(result->routine_send.burst, 30);
  EXPECT_EQ(result->routine_send.refill, std::chrono::seconds(2));
  EXPECT_TRUE(result->origins.empty());
}

TEST(Config, takes_every_option_of_the_sample) {
  std::ifstream file(std::string(std::getenv("HOLDSPACE_SOURCE")) + "/deploy/gateway.toml");
  ASSERT_TRUE(file);
  std::stringstream text;
  text << file.rdbuf();
  const auto result = parse_config(text.str());
  ASSERT_TRUE(result.has_value()) << result.error().field << " " << result.error().text;
}

TEST(Config, names_the_field_that_is_wrong) {
  const std::string good = kGood;
  const struct {
    std::string toml;
    const char* field;
  } rows[] = {
      {"not toml", ""},
      {"", "tls.certificate"},
      {good + "[limits]\nroutine_send_burst = 0\n", "limits.routine_send_burst"},
      {good + "[limits]\nroutine_send_burst = 1000001\n", "limits.routine_send_burst"},
      {good + "[limits]\nqueue_poll_ms = 60001\n", "limits.queue_poll_ms"},
      {good + "[limits]\nsend_burst = 5\n", "limits.send_burst"},
      {good + "[extra]\n", "accepted"},
      {good + "[extra]\nx = 1\n", "extra.x"},
      {"stray = 1\n" + good, "stray"},
      {"[listen]\nport = 65536\n", "listen.port"},
      {"[listen]\nport = \"8443\"\n", "listen.port"},
      {"[listen]\nport = -1\n", "listen.port"},
      {"[listen]\naddress = \"localhost\"\n", "listen.address"},
      {"[listen]\naddress = \"0.0.0.0\"\nplain_on_loopback = true\n", "listen.address"},
      {"[listen]\nplain_on_loopback = \"yes\"\n", "listen.plain_on_loopback"},
      {"[listen]\nadmin_address = \"192.0.2.1\"\n", "listen.admin_address"},
      {"[listen]\nio_threads = 0\n", "listen.io_threads"},
      {"[tls]\ncertificate = \"/tmp/c\"\n", "tls.key"},
      {"[listen]\nplain_on_loopback = true\n", "web.hosts"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = []\n", "web.hosts"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [\"Localhost\"]\n", "web.hosts"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [\"localhost:1\"]\n", "web.hosts"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [1]\n", "web.hosts"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [\"h\"]\norigins = [\"h\"]\n",
       "web.origins"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [\"h\"]\n", "store.redis_socket"},
      {"[listen]\nplain_on_loopback = true\n[web]\nhosts = [\"h\"]\n[store]\nredis_socket = "
       "\"/s\"\n",
       "keys.gateway_key"},
      {"[store]\ndurability = \"fast\"\n", "store.durability"},
      {"[store]\nredis_connections = 17\n", "store.redis_connections"},
      {"[log]\nlevel = \"debug\"\n", "log.level"},
  };
  for (const auto& row : rows) EXPECT_EQ(field_of_error(row.toml), row.field) << row.toml;
}

class ConfigFiles : public testing::Test {
 protected:
  ConfigFiles()
      : folder_(std::filesystem::temp_directory_path() /
                ("holdspace-config-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ConfigFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const char* name, std::filesystem::perms mode) {
    const auto path = folder_ / name;
    std::ofstream(path) << "x";
    std::filesystem::permissions(path, mode);
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFiles, refuses_secrets_that_others_may_read) {
  using std::filesystem::perms;
  Config config;
  config.tls_certificate = file("cert", perms(0644));
  config.tls_key = file("tls", perms(0600));
  config.gateway_key = file("gk", perms(0400));
  EXPECT_TRUE(check_files(config).has_value());

  config.gateway_key = file("gk2", perms(0440));
  ASSERT_FALSE(check_files(config).has_value());
  EXPECT_EQ(check_files(config).error().field, "keys.gateway_key");

  config.gateway_key = file("gk3", perms(0400));
  config.tls_key = file("tls2", perms(0604));
  EXPECT_EQ(check_files(config).error().field, "tls.key");

  config.tls_key = folder_ / "absent";
  EXPECT_EQ(check_files(config).error().field, "tls.key");

  config.tls_key = file("tls3", perms(0600));
  config.tls_certificate = folder_ / "absent";
  EXPECT_EQ(check_files(config).error().field, "tls.certificate");
}

class LogTest : public testing::Test {
 protected:
  LogTest() { crypto::init(); }
  std::string line_of(std::initializer_list<LogField> fields, Event event = Event::bad_frame) {
    out_.str("");
    log().event(event, fields);
    return out_.str();
  }
  Log& log() {
    if (!log_)
      log_ = std::make_unique<Log>(std::make_shared<spdlog::sinks::ostream_sink_mt>(out_),
                                   LogLevel::warning);
    return *log_;
  }

  std::ostringstream out_;
  std::unique_ptr<Log> log_;
};

TEST_F(LogTest, writes_one_json_object_for_one_event) {
  const auto line = line_of({{"fault", LogWord("group")}, {"bytes", 17}, {"closed", true}});
  EXPECT_TRUE(line.starts_with(R"({"at":"20)")) << line;
  EXPECT_TRUE(line.ends_with(
      "Z\",\"level\":\"warning\",\"event\":\"bad_frame\",\"fault\":\"group\",\"bytes\":17,"
      "\"closed\":true}\n"))
      << line;
}

TEST_F(LogTest, escapes_what_a_peer_wrote_and_cuts_it) {
  const auto line = line_of({{"host", ForeignText{"a\"b\\c\n\x1b[31m\xff"}}});
  EXPECT_NE(line.find(R"("host":"a\"b\\c\u000a\u001b[31m\u00ff")"), std::string::npos) << line;
  const std::string flood(1000, 'x');
  EXPECT_LT(line_of({{"host", ForeignText{flood}}}).size(), 200U);
}

TEST_F(LogTest, is_silent_below_its_level) {
  EXPECT_TRUE(line_of({}, Event::session_opened).empty());
}

TEST_F(LogTest, shows_pseudonyms_that_change_with_the_run) {
  const std::array<std::uint8_t, 16> id{1, 2, 3};
  const std::array<std::uint8_t, 16> other{1, 2, 4};
  Log next_run(std::make_shared<spdlog::sinks::ostream_sink_mt>(out_), LogLevel::info);
  EXPECT_EQ(log().pseudonym(id).bytes, log().pseudonym(id).bytes);
  EXPECT_NE(log().pseudonym(id).bytes, log().pseudonym(other).bytes);
  EXPECT_NE(log().pseudonym(id).bytes, next_run.pseudonym(id).bytes);
}

// The wall around the log: these do not compile as fields.
static_assert(!LogSafe<std::string>);
static_assert(!LogSafe<std::string_view>);
static_assert(!LogSafe<const char*>);
static_assert(!LogSafe<std::array<std::uint8_t, 16>>);
static_assert(!LogSafe<std::vector<std::uint8_t>>);
static_assert(LogSafe<int>);
static_assert(LogSafe<Pseudonym>);

TEST(Metrics, counts_frames_by_kind_and_shows_the_zone_database) {
  Metrics metrics;
  metrics.frame(v1::ClientFrame::kSend);
  metrics.frame(v1::ClientFrame::kSend);
  metrics.send_answered("held");
  metrics.opening_lateness(std::chrono::milliseconds(300));
  const auto text = metrics.text();
  EXPECT_NE(text.find("holdspace_frames_total{kind=\"send\"} 2"), std::string::npos) << text;
  EXPECT_NE(text.find("holdspace_sends_total{outcome=\"held\"} 1"), std::string::npos);
  EXPECT_NE(text.find("holdspace_opening_lateness_seconds_bucket{le=\"0.5\"} 1"),
            std::string::npos);
  EXPECT_NE(text.find("holdspace_tzdb_info{version=\""), std::string::npos);
}

}  // namespace
}  // namespace holdspace::gateway
