// The log's lines about refused peers: enough of them, and never a flood.
#include "gateway/refusal_log.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <chrono>
#include <sstream>
#include <string>

#include "crypto/random.hpp"

namespace holdspace::gateway {
namespace {

using namespace std::chrono_literals;

const Monotonic kStart{1h};

class RefusalLogTest : public testing::Test {
 protected:
  RefusalLogTest() {
    crypto::init();
    log_ = std::make_unique<Log>(std::make_shared<spdlog::sinks::ostream_sink_mt>(out_),
                                 LogLevel::info);
    refusals_ = std::make_unique<RefusalLog>(*log_);
  }

  // What one refusal adds to the log.
  std::string note(TransportEvent event, unsigned detail, std::string_view peer, Monotonic now) {
    out_.str("");
    refusals_->note(event, detail, peer, now);
    return out_.str();
  }

  std::ostringstream out_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<RefusalLog> refusals_;
};

TEST_F(RefusalLogTest, names_the_kind_and_the_detail_and_not_the_network) {
  const auto line = note(TransportEvent::upgrade_refused, 403, "192.0.2.0/24", kStart);
  EXPECT_NE(line.find(R"("level":"warning","event":"peer_refused","kind":"upgrade_refused",)"
                      R"("detail":403,"peer":")"),
            std::string::npos)
      << line;
  EXPECT_NE(line.find(R"("left_out":0})"), std::string::npos) << line;
  EXPECT_EQ(line.find("192.0.2"), std::string::npos) << line;
  const auto peer = [](const std::string& text) { return text.substr(text.find("\"peer\""), 25); };
  EXPECT_EQ(peer(line), peer(note(TransportEvent::framing, 1002, "192.0.2.0/24", kStart)));
  EXPECT_NE(peer(line), peer(note(TransportEvent::framing, 1002, "198.51.100.0/24", kStart)));
}

TEST_F(RefusalLogTest, bounds_each_kind_and_tells_what_it_left_out) {
  for (int i = 0; i < 10; ++i)
    EXPECT_FALSE(note(TransportEvent::accept_too_fast, 0, "192.0.2.0/24", kStart).empty()) << i;
  for (int i = 0; i < 10'000; ++i)
    EXPECT_EQ(note(TransportEvent::accept_too_fast, 0, "192.0.2.0/24", kStart), "");
  EXPECT_FALSE(note(TransportEvent::silent, 0, "192.0.2.0/24", kStart).empty())
      << "another kind has lines of its own";

  const auto later = note(TransportEvent::accept_too_fast, 0, "192.0.2.0/24", kStart + 6s);
  EXPECT_NE(later.find(R"("left_out":10000})"), std::string::npos) << later;
  EXPECT_EQ(note(TransportEvent::accept_too_fast, 0, "192.0.2.0/24", kStart + 6s), "");
  const auto last = note(TransportEvent::accept_too_fast, 0, "192.0.2.0/24", kStart + 12s);
  EXPECT_NE(last.find(R"("left_out":1})"), std::string::npos) << last;
}

TEST_F(RefusalLogTest, has_no_line_for_what_is_no_refusal) {
  for (const auto event : {TransportEvent::opened, TransportEvent::closed, TransportEvent::dead,
                           TransportEvent::handler_failed})
    EXPECT_EQ(note(event, 1000, "192.0.2.0/24", kStart), "");
}

}  // namespace
}  // namespace holdspace::gateway
