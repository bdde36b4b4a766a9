// See refusal_log.hpp.
#include "gateway/refusal_log.hpp"

#include <utility>

#include "gateway/fields.hpp"

namespace holdspace::gateway {
namespace {

bool is_refusal(TransportEvent event) {
  switch (event) {
    case TransportEvent::accept_too_fast:
    case TransportEvent::accept_pending:
    case TransportEvent::accept_evicted:
    case TransportEvent::no_descriptors:
    case TransportEvent::tls_failed:
    case TransportEvent::silent:
    case TransportEvent::upgrade_refused:
    case TransportEvent::framing:
    case TransportEvent::login_too_slow:
    case TransportEvent::blocked:
      return true;
    case TransportEvent::opened:
    case TransportEvent::closed:
    case TransportEvent::dead:  // a network that went away
    case TransportEvent::handler_failed:
      return false;
  }
  return false;
}

}  // namespace

void RefusalLog::note(TransportEvent event, unsigned detail, std::string_view peer_prefix,
                      Monotonic now) {
  if (!is_refusal(event)) return;
  std::uint64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    auto& kind = kinds_.try_emplace(event, Kind{TokenBucket(kRefusalLines, now)}).first->second;
    if (kind.lines.take(now)) {
      ++kind.left_out;
      return;
    }
    left_out = std::exchange(kind.left_out, 0);
  }
  log_.event(Event::peer_refused, {{"kind", LogWord::of_enumerator(name(event))},
                                   {"detail", detail},
                                   {"peer", log_.pseudonym(view(peer_prefix))},
                                   {"left_out", left_out}});
}

}  // namespace holdspace::gateway
