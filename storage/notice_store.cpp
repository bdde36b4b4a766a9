// Notices over lua/notices.lua.
#include "storage/notice_store.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<std::vector<Notice>, FetchNoticesError> NoticeStore::fetch_notices(PracticeId practice,
                                                                          DeviceRef device,
                                                                          std::uint64_t after,
                                                                          std::size_t most,
                                                                          Deadline deadline) {
  if (most < 1 || most > kNoticesPerFetch) co_return FetchNoticesError::invalid;
  FunctionCall call("hs_fetch_notices");
  call.key(keys::Practice(practice).notices(device.account));
  call.arg(std::to_string(device.device)).arg(std::to_string(std::min(after, kNumberMax / 2)));
  call.arg(std::to_string(most));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<FetchNoticesError>(told.error());
  if (!told->is_ok()) co_return FetchNoticesError::corrupt;
  Fields fields(told->fields);
  std::vector<Notice> answer;
  while (fields.well() && !fields.at_end()) {
    Notice notice;
    notice.id = fields.number();
    notice.at = fields.instant();
    notice.bytes = fields.text();
    answer.push_back(std::move(notice));
  }
  if (!fields.well()) co_return FetchNoticesError::corrupt;
  co_return answer;
}

Answer<void, AckNoticesError> NoticeStore::ack_notices(PracticeId practice, DeviceRef device,
                                                       std::uint64_t through, Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_ack_notices");
  call.key(names.account(device.account)).key(names.notices(device.account));
  call.arg(std::to_string(device.device)).arg(std::to_string(std::min(through, kNumberMax)));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<AckNoticesError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<AckNoticesError>(told->word, {{"not_found", AckNoticesError::not_found}});
  }
  co_return boost::system::result<void, AckNoticesError>{};
}

}  // namespace holdspace::storage
