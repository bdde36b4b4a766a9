// See account_check.hpp.
#include "gateway/account_check.hpp"

#include <algorithm>

#include "gateway/fields.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

boost::system::result<storage::AccountId, v1::Error> read_therapist(const Identity& who,
                                                                    std::string_view path,
                                                                    std::string_view account_id) {
  const bool admin = who.role == storage::Role::admin;
  if (account_id.empty() && !admin) return who.device.account;
  Fields fields;
  const auto account = fields.id<storage::AccountId>(path, account_id);
  if (fields.wrong()) return invalid_field(*fields.wrong());
  if (!admin && account != who.device.account) return make_error(v1::PERMISSION_DENIED);
  return account;
}

boost::asio::awaitable<std::optional<v1::Error>> check_therapist(std::shared_ptr<Worker> worker,
                                                                 storage::PracticeId practice,
                                                                 storage::AccountId account) {
  const auto everybody = co_await worker->accounts.list_accounts(practice, request_deadline());
  if (!everybody.has_value()) {
    if (everybody.error() == storage::CommandError::uncertain) co_return unavailable();  // a read
    co_return to_error(everybody.error());
  }
  const bool known = std::any_of(everybody->begin(), everybody->end(), [&](const auto& line) {
    return line.id == account && line.role == storage::Role::therapist;
  });
  if (known) co_return std::nullopt;
  co_return make_error(v1::NOT_FOUND);
}

}  // namespace holdspace::gateway
