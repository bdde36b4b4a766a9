// Hints between gateways over Redis pub/sub: "look at this queue". A hint may be lost, doubled or
// late; nothing relies on it. The subscription has a connection of its own.
// docs/architecture.md, section 3.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: an id or two and a word.
inline constexpr std::size_t kHintBytesMax = 256;

// Everything on one thread: the executor's.
class HintChannel {
 public:
  // Called on the executor's thread with the bytes of one hint; must not throw. It may destroy
  // nothing that it stands in, the channel included.
  using OnHint = std::function<void(std::string)>;
  // Called after each successful subscription: hints may have been lost before it, so look at every
  // queue now.
  using OnSubscribed = std::function<void()>;

  // Subscribes to the hints of gateway `own`, and again whenever the connection breaks or stays
  // silent beyond a ping (kStallMax).
  HintChannel(boost::asio::any_io_executor executor, std::string socket_path, GatewayId own,
              OnHint on_hint, OnSubscribed on_subscribed);
  ~HintChannel();
  HintChannel(const HintChannel&) = delete;
  HintChannel& operator=(const HintChannel&) = delete;

  [[nodiscard]] bool subscribed() const;

 private:
  class Listener;
  std::shared_ptr<Listener> listener_;  // kept alive by its own coroutines until they have ended
};

// Hints gateway `to`. `hint` is at most kHintBytesMax bytes (longer is `corrupt`, nothing is sent).
// Answers whether anybody listened.
[[nodiscard]] Answer<bool, CommandError> publish_hint(Connection& connection, GatewayId to,
                                                      std::string hint, Deadline deadline);

}  // namespace holdspace::storage
