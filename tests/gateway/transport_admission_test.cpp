// Rows 2 to 4 of the bad-input table with a clock of the test's own, and what an address is.
#include <gtest/gtest.h>

#include "gateway/admission.hpp"

namespace holdspace::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Monotonic kStart{seconds(1000)};

TransportLimits roomy() {
  TransportLimits limits;
  limits.accepts_burst = 100000;
  return limits;
}

TEST(Admission, drops_an_address_that_comes_too_fast) {
  const TransportLimits limits;
  Admission admission(limits);
  for (int i = 0; i < 60; ++i) {
    const auto arrival = admission.arrive("192.0.2.1", kStart);
    ASSERT_EQ(arrival.verdict, AdmissionVerdict::admitted) << i;
    admission.leave(arrival.ticket);
  }
  EXPECT_EQ(admission.arrive("192.0.2.1", kStart).verdict, AdmissionVerdict::too_fast);
  EXPECT_EQ(admission.arrive("192.0.2.2", kStart).verdict, AdmissionVerdict::admitted);
  const auto later = kStart + milliseconds(50);
  EXPECT_EQ(admission.arrive("192.0.2.1", later).verdict, AdmissionVerdict::admitted);
  EXPECT_EQ(admission.arrive("192.0.2.1", later).verdict, AdmissionVerdict::too_fast);
}

TEST(Admission, lets_twenty_a_second_come_for_ever) {
  const TransportLimits limits;
  Admission admission(limits);
  auto now = kStart;
  for (int i = 0; i < 2000; ++i, now += milliseconds(50)) {
    const auto arrival = admission.arrive("192.0.2.1", now);
    ASSERT_EQ(arrival.verdict, AdmissionVerdict::admitted) << i;
    admission.leave(arrival.ticket);
  }
}

TEST(Admission, drops_the_newest_of_an_address_with_64_pending) {
  const auto limits = roomy();
  Admission admission(limits);
  AdmissionTicket first = 0;
  for (int i = 0; i < 64; ++i) {
    const auto arrival = admission.arrive("192.0.2.1", kStart);
    ASSERT_EQ(arrival.verdict, AdmissionVerdict::admitted);
    if (i == 0) first = arrival.ticket;
  }
  EXPECT_EQ(admission.arrive("192.0.2.1", kStart).verdict, AdmissionVerdict::too_many_pending);
  EXPECT_EQ(admission.arrive("192.0.2.2", kStart).verdict, AdmissionVerdict::admitted);
  admission.leave(first);
  EXPECT_EQ(admission.arrive("192.0.2.1", kStart).verdict, AdmissionVerdict::admitted);
}

TEST(Admission, drops_the_oldest_of_512_pending_in_all) {
  const auto limits = roomy();
  Admission admission(limits);
  std::vector<AdmissionTicket> tickets;
  for (int i = 0; i < 512; ++i) {
    const auto arrival = admission.arrive("192.0.2." + std::to_string(i / 8), kStart);
    ASSERT_EQ(arrival.verdict, AdmissionVerdict::admitted);
    ASSERT_FALSE(arrival.evicted);
    tickets.push_back(arrival.ticket);
  }
  admission.leave(tickets[0]);  // logged in
  EXPECT_FALSE(admission.arrive("198.51.100.1", kStart).evicted);
  EXPECT_EQ(admission.arrive("198.51.100.1", kStart).evicted, tickets[1]);
  EXPECT_EQ(admission.arrive("198.51.100.1", kStart).evicted, tickets[2]);
  EXPECT_EQ(admission.pending(), 512U);
  admission.leave(tickets[1]);  // its end is told after its eviction
  EXPECT_EQ(admission.pending(), 512U);
}

TEST(Admission, remembers_a_bounded_number_of_addresses) {
  const TransportLimits limits;
  Admission admission(limits);
  const auto waiting = admission.arrive("waiting", kStart);
  for (std::size_t i = 0; i < kAddressesMax + 1000; ++i)
    admission.leave(admission.arrive(std::to_string(i), kStart).ticket);
  EXPECT_EQ(admission.addresses(), kAddressesMax);
  admission.leave(waiting.ticket);
  EXPECT_EQ(admission.pending(), 0U);
}

TEST(Admission, takes_an_ipv6_network_for_one_address) {
  const struct {
    const char* address;
    const char* key;
    const char* prefix;
  } cases[] = {
      {"192.0.2.77", "192.0.2.77", "192.0.2.0/24"},
      {"::ffff:192.0.2.77", "192.0.2.77", "192.0.2.0/24"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"},
      {"2001:db8:1:2:ffff::1", "2001:db8:1:2::/64", "2001:db8:1::/48"},
      {"::1", "::/64", "::/48"},
      {"127.0.0.1", "127.0.0.1", "127.0.0.0/24"},
  };
  for (const auto& c : cases) {
    const auto address = boost::asio::ip::make_address(c.address);
    EXPECT_EQ(admission_key(address), c.key) << c.address;
    EXPECT_EQ(peer_prefix(address), c.prefix) << c.address;
  }
}

TEST(TransportLimits, are_by_default_those_of_the_table_of_bad_input) {
  using namespace std::chrono_literals;
  const TransportLimits limits;
  EXPECT_EQ(limits.handshake, 5s);             // row 1: connects and says nothing
  EXPECT_EQ(limits.pending_per_address, 64U);  // row 2
  EXPECT_EQ(limits.accepts_per_second, 20);    // row 3
  EXPECT_EQ(limits.accepts_burst, 60);
  EXPECT_EQ(limits.pending, 512U);        // row 4
  EXPECT_EQ(limits.blocked, 30s);         // row 6: takes nothing
  EXPECT_EQ(limits.head, 5s);             // row 18: a head that does not end
  EXPECT_EQ(limits.message, 10s);         // row 37: a message that does not end
  EXPECT_EQ(kFragmentsMax, 64U);          // row 37
  EXPECT_EQ(limits.pings_per_second, 2);  // row 39
  EXPECT_EQ(limits.pings_burst, 10);
  EXPECT_EQ(limits.close_wait, 5s);         // row 41: no close reply
  EXPECT_EQ(limits.frames_per_second, 50);  // row 42
  EXPECT_EQ(limits.frames_burst, 200);
  EXPECT_EQ(limits.login, 10s);   // row 53: no login
  EXPECT_LE(limits.tick, 250ms);  // the error of each
}

}  // namespace
}  // namespace holdspace::gateway
