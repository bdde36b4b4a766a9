// Zone data over lua/zone_data.lua.
#include "storage/zone_data_store.hpp"

#include "boundary/names.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

ZoneDataError to_refusal(const Told& told) {
  return refusal<ZoneDataError>(told.word, {{"older", ZoneDataError::older},
                                            {"stale", ZoneDataError::stale},
                                            {"changed", ZoneDataError::changed},
                                            {"quota", ZoneDataError::quota}});
}

bool is_in_bounds(const PromiseRenewal& renewal) {
  return renewal.zone_data.size() <= kZoneDataVersionMax && !renewal.promises.empty() &&
         renewal.promises.size() <= kRenewedVersionsMax && is_in_bounds(renewal.trail);
}

}  // namespace

Answer<ZoneDataState, ZoneDataError> ZoneDataStore::begin(PracticeId practice, std::string version,
                                                          Deadline deadline) {
  if (version.size() > kZoneDataVersionMax) co_return ZoneDataError::invalid;
  FunctionCall call("hs_begin_zone_data");
  call.key(keys::Practice(practice).zone_data()).arg(std::move(version));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ZoneDataError>(told.error());
  if (!told->is_ok()) co_return to_refusal(*told);
  Fields fields(told->fields);
  ZoneDataState state;
  state.newest = fields.text();
  state.complete = fields.text();
  state.strays = fields.number();
  state.walked = fields.number();
  state.moved = fields.number();
  if (!fields.well()) co_return ZoneDataError::corrupt;
  co_return state;
}

Answer<std::uint32_t, ZoneDataError> ZoneDataStore::renew_promises(PracticeId practice,
                                                                   PromiseRenewal renewal,
                                                                   Deadline deadline) {
  if (!is_in_bounds(renewal)) co_return ZoneDataError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_renew_promises");
  call.key(names.zone_data()).key(names.audit()).key(names.policy(renewal.validity.therapist));
  add_message_names(call, names);
  call.arg(std::move(renewal.zone_data)).arg(to_hex(renewal.relationship));
  call.arg(std::string(boundary::name(renewal.lane)));
  call.arg(std::string(boundary::name(renewal.direction)));
  add_validity(call, renewal.validity);
  call.arg(std::move(renewal.trail.audit)).arg(std::to_string(renewal.promises.size()));
  for (const RenewedPromise& renewed : renewal.promises) {
    call.arg(std::to_string(renewed.accepted_version));
    call.arg(renewed.promise ? std::to_string(renewed.promise->time_since_epoch().count())
                             : std::string("none"));
  }
  add_notices(call, std::move(renewal.trail.notices));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ZoneDataError>(told.error());
  if (!told->is_ok()) co_return to_refusal(*told);
  Fields fields(told->fields);
  const auto moved = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return ZoneDataError::corrupt;
  co_return moved;
}

Answer<bool, ZoneDataError> ZoneDataStore::complete(PracticeId practice, ZoneDataState seen,
                                                    std::string version, std::string audit,
                                                    Deadline deadline) {
  if (version.size() > kZoneDataVersionMax || audit.size() > kAuditBytesMax) {
    co_return ZoneDataError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_complete_zone_data");
  call.key(names.zone_data()).key(names.audit());
  call.arg(std::move(version)).arg(std::to_string(seen.strays)).arg(std::to_string(seen.moved));
  call.arg(std::move(audit));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<ZoneDataError>(told.error());
  if (!told->is_ok()) co_return to_refusal(*told);
  Fields fields(told->fields);
  const bool first = fields.number() == 1;
  if (!fields.well()) co_return ZoneDataError::corrupt;
  co_return first;
}

}  // namespace holdspace::storage
