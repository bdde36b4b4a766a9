// Which session of this process serves which device: the one object that all io threads share. It
// hands events to the session's own thread. Never told to people; across gateways the store's
// ConnectedDevices has the same role. docs/architecture.md section 3.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "storage/ids.hpp"
#include "storage/queue_store.hpp"

namespace holdspace::gateway {

class Session;

// Why somebody else ends a session.
enum class EndReason : std::uint8_t {
  displaced,      // the device logged in again
  revoked,        // the device left the account's list
  store_changed,  // the store's history is another one: the next Welcome tells before anything else
};

// Any thread.
class Directory {
 public:
  // From now on events for `device` go to `session`.
  void enter(storage::PracticeId practice, storage::DeviceRef device, storage::SessionId id,
             boost::asio::any_io_executor executor, std::weak_ptr<Session> session);
  // Unless another session has taken the device's place.
  void leave(storage::PracticeId practice, storage::DeviceRef device, storage::SessionId id);

  // Something may be new for the device: in `queue`, or anywhere.
  void look(storage::PracticeId practice, storage::DeviceRef device,
            std::optional<storage::SubQueue> queue) const;
  // Something may have changed for every device of an account, or for all there are: a gate, a
  // relationship, a notice.
  void look_account(storage::PracticeId practice, storage::AccountId account) const;
  void look_all() const;

  // The practices that somebody here belongs to.
  [[nodiscard]] std::set<storage::PracticeId> practices() const;

  // Ends this very session; a newer one of the device stays.
  void end(storage::PracticeId practice, storage::DeviceRef device, storage::SessionId id,
           EndReason reason) const;

 private:
  struct Entry {
    storage::SessionId id;
    boost::asio::any_io_executor executor;
    std::weak_ptr<Session> session;
  };
  using Key = std::pair<storage::PracticeId, storage::DeviceRef>;

  static void post_look(const Entry& entry, std::optional<storage::SubQueue> queue);
  static void post_look_everywhere(const Entry& entry);

  mutable std::mutex mutex_;
  std::map<Key, Entry> sessions_;
};

}  // namespace holdspace::gateway
