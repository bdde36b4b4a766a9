// Leaving over lua/leaving.lua.
#include "storage/leaving_store.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<void, SetLeavingError> LeavingStore::set_leaving(PracticeId practice, AccountId therapist,
                                                        bool leaving, Trail trail,
                                                        Deadline deadline) {
  if (!is_in_bounds(trail)) co_return SetLeavingError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_set_leaving");
  call.key(names.account(therapist)).key(names.relationships(therapist)).key(names.audit());
  call.key(names.relationship_prefix()).key(names.notices_prefix());
  call.arg(leaving ? "1" : "0").arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(therapist), std::move(call), deadline);
  if (!told) co_return to_error<SetLeavingError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<SetLeavingError>(
        told->word, {{"not_found", SetLeavingError::not_found}, {"quota", SetLeavingError::quota}});
  }
  co_return boost::system::result<void, SetLeavingError>{};
}

Answer<std::uint32_t, FinishLeavingFault> LeavingStore::finish_leaving(PracticeId practice,
                                                                       AccountId therapist,
                                                                       Trail trail,
                                                                       Deadline deadline) {
  if (!is_in_bounds(trail)) co_return FinishLeavingFault{FinishLeavingError::invalid, 0};
  const keys::Practice names(practice);
  FunctionCall call("hs_finish_leaving");
  call.key(names.account(therapist)).key(names.relationships(therapist)).key(names.audit());
  add_message_names(call, names);
  call.arg(to_hex(therapist)).arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(therapist), std::move(call), deadline);
  if (!told) co_return FinishLeavingFault{to_error<FinishLeavingError>(told.error()), 0};
  Fields fields(told->fields);
  if (!told->is_ok()) {
    FinishLeavingFault fault;
    fault.error =
        refusal<FinishLeavingError>(told->word, {{"not_found", FinishLeavingError::not_found},
                                                 {"not_leaving", FinishLeavingError::not_leaving},
                                                 {"items_left", FinishLeavingError::items_left},
                                                 {"quota", FinishLeavingError::quota}});
    if (fault.error == FinishLeavingError::items_left) fault.items = fields.number();
    co_return fault;
  }
  const auto ended = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return FinishLeavingFault{FinishLeavingError::corrupt, 0};
  co_return ended;
}

}  // namespace holdspace::storage
