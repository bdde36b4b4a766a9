// Questions to the gateway about what waits, and what its owner or the admin decides about it.
#include <algorithm>
#include <utility>

#include "client/client.hpp"

namespace holdspace::client {
namespace {

// The wire's bound for one DisposeHeld.
constexpr int kDisposeMax = 64;
// Items that one list gathers. Ours: the fullest queues of the most clients that one person has.
constexpr std::size_t kHeldItemsMax = std::size_t{1} << 18;

}  // namespace

namespace asio = boost::asio;
using boost::system::result;

asio::awaitable<result<std::vector<v1::HeldItem>, Failure>> Client::list_held(
    std::string account_id) {
  std::vector<v1::HeldItem> items;
  std::string after;
  do {
    v1::ListHeld question;
    question.set_account_id(account_id);
    question.set_after(after);
    auto page = co_await exchange(std::move(question), &v1::ClientFrame::mutable_list_held,
                                  &v1::ServerFrame::mutable_held_items);
    if (!page.has_value()) co_return page.error();
    for (auto& item : *page->mutable_items()) items.push_back(std::move(item));
    if (page->next() == after) break;  // a gateway that does not get on
    after = page->next();
  } while (!after.empty() && items.size() < kHeldItemsMax);
  co_return items;
}

asio::awaitable<result<std::size_t, Failure>> Client::dispose_held(v1::DisposeHeld what) {
  std::size_t disposed = 0;
  for (int at = 0; at < what.items_size(); at += kDisposeMax) {
    v1::DisposeHeld part = what;
    part.clear_items();
    const auto end = std::min(at + kDisposeMax, what.items_size());
    for (int index = at; index < end; ++index) *part.add_items() = what.items(index);
    const auto answer = co_await exchange(std::move(part), &v1::ClientFrame::mutable_dispose_held,
                                          &v1::ServerFrame::mutable_disposed);
    if (!answer.has_value()) co_return answer.error();
    disposed += answer->items();
  }
  co_return disposed;
}

asio::awaitable<result<v1::Left, Failure>> Client::leave(v1::Leave what) {
  return exchange(std::move(what), &v1::ClientFrame::mutable_leave, &v1::ServerFrame::mutable_left);
}

}  // namespace holdspace::client
