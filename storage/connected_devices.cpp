// Which gateway serves which device, over lua/accounts.lua.
#include "storage/connected_devices.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {
namespace {

// 32 bytes: gateway, then session.
std::optional<SessionPlace> read_place(const std::string& bytes) {
  if (bytes.size() != 32) return std::nullopt;
  return SessionPlace{*parse_id<GatewayId>(std::string_view(bytes).substr(0, 16)),
                      *parse_id<SessionId>(std::string_view(bytes).substr(16))};
}

}  // namespace

Answer<std::optional<SessionPlace>, ConnectError> ConnectedDevices::connect(PracticeId practice,
                                                                            DeviceRef device,
                                                                            SessionPlace place,
                                                                            Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_connect");
  call.key(names.account(device.account)).key(names.connected(device.account));
  call.arg(std::to_string(device.device));
  call.arg(to_bytes(place.gateway)).arg(to_bytes(place.session));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<ConnectError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ConnectError>(told->word, {{"not_found", ConnectError::not_found}});
  }
  if (told->fields.empty()) co_return std::optional<SessionPlace>();
  Fields fields(told->fields);
  const auto displaced = read_place(fields.text());
  if (!displaced) co_return ConnectError::corrupt;
  co_return displaced;
}

Answer<bool, CommandError> ConnectedDevices::disconnect(PracticeId practice, DeviceRef device,
                                                        SessionId session, Deadline deadline) {
  FunctionCall call("hs_disconnect");
  call.key(keys::Practice(practice).connected(device.account));
  call.arg(std::to_string(device.device)).arg(to_bytes(session));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return told.error();
  Fields fields(told->fields);
  const bool was_ours = fields.number() == 1;
  if (!told->is_ok() || !fields.well()) co_return CommandError::corrupt;
  co_return was_ours;
}

Answer<std::vector<SessionPlace>, CommandError> ConnectedDevices::places(PracticeId practice,
                                                                         AccountId account,
                                                                         Deadline deadline) {
  FunctionCall call("hs_places");
  call.key(keys::Practice(practice).connected(account));
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  Fields fields(told->fields);
  std::vector<SessionPlace> answer;
  while (fields.well() && !fields.at_end()) {
    const auto place = read_place(fields.text());
    if (!place) co_return CommandError::corrupt;
    answer.push_back(*place);
  }
  co_return answer;
}

}  // namespace holdspace::storage
