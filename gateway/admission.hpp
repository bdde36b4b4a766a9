// Who may connect: how fast one address may come, how many connections may wait for their login,
// from one address and in all. Pure: sockets are the server's. docs/operations.md, "Limits".
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/allowance.hpp"
#include "gateway/limits.hpp"

namespace holdspace::gateway {

// One of these for each connection that is not logged in yet; never used twice.
using AdmissionTicket = std::uint64_t;

enum class AdmissionVerdict : std::uint8_t {
  admitted,
  too_fast,          // row 3: drop it
  too_many_pending,  // row 2: drop it
};

struct Arrival {
  AdmissionVerdict verdict = AdmissionVerdict::admitted;
  AdmissionTicket ticket = 0;              // when admitted
  std::optional<AdmissionTicket> evicted;  // row 4: the oldest, to be dropped in its favour
};

// One thread. `limits` outlives it. Remembers at most kAddressesMax addresses beside those that
// have a pending connection.
class Admission {
 public:
  explicit Admission(const TransportLimits& limits) : limits_(limits) {}

  // `key`: admission_key(). `now` never goes back.
  [[nodiscard]] Arrival arrive(const std::string& key, Monotonic now);
  // The connection logged in or ended. Unknown tickets are ignored: an evicted one is known no
  // more.
  void leave(AdmissionTicket ticket);

  [[nodiscard]] std::size_t pending() const { return waiting_.size(); }
  [[nodiscard]] std::size_t addresses() const { return recent_.size(); }

 private:
  struct Address {
    std::string key;
    Allowance accepts;
    std::size_t pending = 0;
  };
  struct Waiting {
    AdmissionTicket ticket;
    std::list<Address>::iterator address;
  };
  [[nodiscard]] std::list<Address>::iterator place(const std::string& key, Monotonic now);
  void forget_unused();

  const TransportLimits& limits_;
  AdmissionTicket next_ticket_ = 1;
  std::list<Address> recent_;  // the latest first
  std::unordered_map<std::string, std::list<Address>::iterator> places_;
  std::list<Waiting> waiting_;  // the oldest first
  std::unordered_map<AdmissionTicket, std::list<Waiting>::iterator> tickets_;
};

// What counts as one address for the limits: an IPv4 address, or the /64 of an IPv6 address.
[[nodiscard]] std::string admission_key(const boost::asio::ip::address& address);
// What may be logged of an address: "192.0.2.0/24" or "2001:db8:1::/48".
[[nodiscard]] std::string peer_prefix(const boost::asio::ip::address& address);

}  // namespace holdspace::gateway
