#include "gateway/admission.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace holdspace::gateway {
namespace {

namespace ip = boost::asio::ip;

// An IPv4 peer of an IPv6 socket is an IPv4 peer.
ip::address unmapped(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::string cut_v6(ip::address_v6 address, unsigned short bits) {
  address.scope_id(0);
  return ip::network_v6(address, bits).canonical().to_string();
}

}  // namespace

Arrival Admission::arrive(const std::string& key, Monotonic now) {
  const auto address = place(key, now);
  if (!address->accepts.take(limits_.accepts_per_second, limits_.accepts_burst, now))
    return {AdmissionVerdict::too_fast, 0, {}};
  if (address->pending >= limits_.pending_per_address)
    return {AdmissionVerdict::too_many_pending, 0, {}};
  Arrival arrival;
  if (waiting_.size() >= limits_.pending && !waiting_.empty()) {
    arrival.evicted = waiting_.front().ticket;
    leave(*arrival.evicted);
  }
  arrival.ticket = next_ticket_++;
  ++address->pending;
  tickets_.emplace(arrival.ticket, waiting_.insert(waiting_.end(), {arrival.ticket, address}));
  return arrival;
}

void Admission::leave(AdmissionTicket ticket) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  --found->second->address->pending;
  waiting_.erase(found->second);
  tickets_.erase(found);
}

std::list<Admission::Address>::iterator Admission::place(const std::string& key, Monotonic now) {
  const auto found = places_.find(key);
  if (found != places_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second;
  }
  forget_unused();
  recent_.push_front({key, Allowance(limits_.accepts_burst, now), 0});
  places_.emplace(key, recent_.begin());
  return recent_.begin();
}

void Admission::forget_unused() {
  // Those with a pending connection stay, of which there are at most limits_.pending at the end.
  for (auto oldest = recent_.end(); recent_.size() >= kAddressesMax && oldest != recent_.begin();) {
    --oldest;
    if (oldest->pending > 0) continue;
    places_.erase(oldest->key);
    oldest = recent_.erase(oldest);
  }
}

std::string admission_key(const ip::address& address) {
  const auto plain = unmapped(address);
  return plain.is_v4() ? plain.to_string() : cut_v6(plain.to_v6(), 64);
}

std::string peer_prefix(const ip::address& address) {
  const auto plain = unmapped(address);
  if (plain.is_v4()) return ip::network_v4(plain.to_v4(), 24).canonical().to_string();
  return cut_v6(plain.to_v6(), 48);
}

}  // namespace holdspace::gateway
