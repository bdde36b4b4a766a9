// Which gateway serves which device just now: a fence (the newest login of a device wins) and the
// address for hints. Never told to people: no presence exists. docs/protocol.md section 5.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

struct SessionPlace {
  GatewayId gateway;
  SessionId session;

  friend bool operator==(const SessionPlace&, const SessionPlace&) = default;
};

enum class ConnectError : std::uint8_t {
  not_found,  // unknown or revoked device
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class ConnectedDevices {
 public:
  explicit ConnectedDevices(ConnectionPool& pool) : pool_(pool) {}

  // From now on `place` is where the device is; answers the session that it displaces, if there was
  // another. A gateway that died leaves its entry behind; the next login displaces it.
  [[nodiscard]] Answer<std::optional<SessionPlace>, ConnectError> connect(PracticeId practice,
                                                                          DeviceRef device,
                                                                          SessionPlace place,
                                                                          Deadline deadline);

  // Clears the entry if it is still this session's; true when it was.
  [[nodiscard]] Answer<bool, CommandError> disconnect(PracticeId practice, DeviceRef device,
                                                      SessionId session, Deadline deadline);

  // Where the account's devices are, in no order. Changes nothing.
  [[nodiscard]] Answer<std::vector<SessionPlace>, CommandError> places(PracticeId practice,
                                                                       AccountId account,
                                                                       Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
