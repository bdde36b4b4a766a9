// The list of practices over lua/practices.lua.
#include "storage/practice_list.hpp"

#include <string>

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<bool, ListPracticeError> PracticeList::list_practice(PracticeId practice,
                                                            Deadline deadline) {
  FunctionCall call("hs_list_practice");
  call.key(std::string(keys::kPractices)).arg(to_hex(practice));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ListPracticeError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ListPracticeError>(told->word, {{"quota", ListPracticeError::quota}});
  }
  Fields fields(told->fields);
  const bool is_new = fields.number() == 1;
  if (!fields.well()) co_return ListPracticeError::corrupt;
  co_return is_new;
}

Answer<void, CommandError> PracticeList::strike_practice(PracticeId practice, Deadline deadline) {
  FunctionCall call("hs_strike_practice");
  call.key(std::string(keys::kPractices)).arg(to_hex(practice));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  co_return boost::system::result<void, CommandError>{};
}

Answer<std::vector<PracticeId>, CommandError> PracticeList::next_practices(PracticeId after,
                                                                           std::size_t most,
                                                                           Deadline deadline) {
  FunctionCall call("hs_next_practices");
  call.key(std::string(keys::kPractices));
  call.arg(after.is_none() ? std::string() : to_hex(after)).arg(std::to_string(most));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  Fields fields(told->fields);
  std::vector<PracticeId> practices;
  while (fields.well() && !fields.at_end()) practices.push_back(fields.hex_id<PracticeId>());
  if (!fields.well()) co_return CommandError::corrupt;
  co_return practices;
}

}  // namespace holdspace::storage
