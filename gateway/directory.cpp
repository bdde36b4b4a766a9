// See directory.hpp. Only the owner's thread turns a weak pointer into a session, so a session dies
// where it lived.
#include "gateway/directory.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <limits>

#include "gateway/session.hpp"

namespace holdspace::gateway {
namespace {

// The last id there can be.
constexpr auto kLastId = [] {
  std::array<std::uint8_t, 16> bytes{};
  bytes.fill(0xff);
  return bytes;
}();

}  // namespace

void Directory::enter(storage::PracticeId practice, storage::DeviceRef device,
                      storage::SessionId id, boost::asio::any_io_executor executor,
                      std::weak_ptr<Session> session) {
  const std::lock_guard lock(mutex_);
  sessions_.insert_or_assign({practice, device},
                             Entry{id, std::move(executor), std::move(session)});
}

void Directory::leave(storage::PracticeId practice, storage::DeviceRef device,
                      storage::SessionId id) {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.find({practice, device});
  if (place != sessions_.end() && place->second.id == id) sessions_.erase(place);
}

void Directory::post_look(const Entry& entry, std::optional<storage::SubQueue> queue) {
  boost::asio::post(entry.executor, [weak = entry.session, queue] {
    if (const auto session = weak.lock()) session->look(queue);
  });
}

void Directory::post_look_everywhere(const Entry& entry) {
  boost::asio::post(entry.executor, [weak = entry.session] {
    if (const auto session = weak.lock()) session->look_everywhere();
  });
}

void Directory::look(storage::PracticeId practice, storage::DeviceRef device,
                     std::optional<storage::SubQueue> queue) const {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.find({practice, device});
  if (place != sessions_.end()) post_look(place->second, queue);
}

void Directory::look_account(storage::PracticeId practice, storage::AccountId account) const {
  const std::lock_guard lock(mutex_);
  for (auto place = sessions_.lower_bound({practice, {account, 0}});
       place != sessions_.end() && place->first.first == practice &&
       place->first.second.account == account;
       ++place)
    post_look_everywhere(place->second);
}

void Directory::look_all() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, entry] : sessions_) post_look_everywhere(entry);
}

std::set<storage::PracticeId> Directory::practices() const {
  const std::lock_guard lock(mutex_);
  std::set<storage::PracticeId> served;
  constexpr storage::DeviceRef kLast{{kLastId}, std::numeric_limits<std::uint32_t>::max()};
  for (auto place = sessions_.begin(); place != sessions_.end();
       place = sessions_.upper_bound({place->first.first, kLast}))
    served.insert(place->first.first);
  return served;
}

void Directory::end(storage::PracticeId practice, storage::DeviceRef device, storage::SessionId id,
                    EndReason reason) const {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.find({practice, device});
  if (place == sessions_.end() || place->second.id != id) return;
  boost::asio::post(place->second.executor, [weak = place->second.session, reason] {
    if (const auto session = weak.lock()) session->end(reason);
  });
}

}  // namespace holdspace::gateway
