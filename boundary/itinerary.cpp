#include "boundary/itinerary.hpp"

#include <algorithm>
#include <cassert>

namespace holdspace::boundary {

Itinerary::Itinerary(Zone home, const std::vector<Travel>& travels) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < travels.size(); ++i) {
    order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&travels](std::size_t a, std::size_t b) { return travels[a].from < travels[b].from; });
  Instant reached = Instant::min();
  for (const std::size_t i : order) {
    const Travel& travel = travels[i];
    if (reached < travel.from) {
      stays_.push_back({{reached, travel.from}, home, std::nullopt});
    }
    const boost::system::result<Zone, ZoneError> zone = Zone::locate(travel.zone);
    assert(zone.has_value());  // validate() has found it
    stays_.push_back({{travel.from, travel.until}, *zone, i});
    reached = travel.until;
  }
  stays_.push_back({{reached, Instant::max()}, home, std::nullopt});
}

const Itinerary::Stay& Itinerary::stay_at(Instant at) const {
  const auto next =
      std::upper_bound(stays_.begin(), stays_.end(), at,
                       [](Instant t, const Stay& stay) { return t < stay.when.from; });
  return *std::prev(next);
}

}  // namespace holdspace::boundary
