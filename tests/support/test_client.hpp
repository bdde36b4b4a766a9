// People for tests of the gateway, written by hand over a raw WebSocket: keys, frames and envelopes
// whose ENV is right and whose ciphertext is not. Not the SDK: nothing is sealed, stored or sent
// again.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/claim.hpp"
#include "crypto/env.hpp"
#include "crypto/invite.hpp"
#include "crypto/login.hpp"
#include "crypto/statement.hpp"
#include "holdspace/v1/frame.pb.h"
#include "tests/gateway/transport_client.hpp"

namespace holdspace::tests {

using std::chrono::milliseconds;

// Frames over one connection. Blocking; a wait that fails throws std::runtime_error, which fails
// the test.
class FrameClient {
 public:
  explicit FrameClient(std::uint16_t port);

  // Sends a frame and answers its request id.
  std::uint64_t send(v1::ClientFrame frame);
  void send_bytes(const std::string& bytes);
  // Sends and waits for the frame that answers; pushes that come before it are kept for
  // next_push() and next_notice().
  v1::ServerFrame request(v1::ClientFrame frame);
  // The next Deliver or Drained.
  v1::ServerFrame next_push(milliseconds patience = gateway::tests::kPatience);
  // The next notice; every other push that comes before it is kept.
  v1::Notice next_notice(milliseconds patience = gateway::tests::kPatience);
  // The next frame of any kind, none when the connection closed.
  std::optional<v1::ServerFrame> next(milliseconds patience = gateway::tests::kPatience);
  // True when no frame comes within the time but notices, which are kept.
  bool silent(milliseconds time);
  // True when no notice comes within the time.
  bool without_notice(milliseconds time);
  // The close code that comes, pushes in between passed over.
  unsigned close_code(milliseconds patience = gateway::tests::kPatience);
  void disconnect() { wire_.reset(); }

 private:
  // Puts a push where it is looked for.
  void keep(v1::ServerFrame push);
  // Keeps what comes until something is wanted or the time is over; false: it is over.
  template <typename Wanted>
  bool read_until(milliseconds time, const Wanted& wanted);

  std::unique_ptr<gateway::tests::Client> wire_;
  std::deque<v1::ServerFrame> pushes_;
  std::deque<v1::Notice> notices_;
  std::uint64_t last_request_ = 0;
};

// One device of one account.
struct Device {
  crypto::DeviceSigningKey signing_key = crypto::DeviceSigningKey::generate();
  crypto::DeviceCert cert;
  crypto::ByteVector signed_cert;
};

// One account with its keys; its first device is device 1.
class Person {
 public:
  Person();

  [[nodiscard]] const crypto::AccountId& account() const { return account_; }
  [[nodiscard]] Device& device(std::uint32_t id = 1) { return devices_.at(id - 1); }
  // Made and signed; the list does not name it before next_list().
  Device& add_device();
  // The list of all devices except `revoked`, one epoch on.
  crypto::ByteVector next_list(const std::vector<std::uint32_t>& revoked = {});

  // Redeems an invite on a connection of its own; the error's code, or none. `claim_key`: another
  // than the invite's.
  v1::ErrorCode redeem(std::uint16_t port, const crypto::InviteSecret& invite,
                       const crypto::ClaimKey* claim_key = nullptr);

  // Logs in and answers the connection with Welcome taken off it. Throws when refused.
  std::unique_ptr<FrameClient> log_in(std::uint16_t port, std::uint32_t device = 1);
  v1::Welcome welcome;  // of the newest login

  // The frame that makes `document` the policy of `owner` (none: this account), signed by a device.
  // document.version is that of the new version.
  v1::ClientFrame apply_policy(const v1::Policy& document,
                               const std::optional<crypto::AccountId>& owner = std::nullopt,
                               std::uint32_t device = 1);

  crypto::PracticeId practice{};
  crypto::GatewayPublicKey gateway_key;

 private:
  Device make_device(std::uint32_t id) const;

  crypto::AccountKey account_key_ = crypto::AccountKey::generate();
  crypto::AccountId account_;
  std::vector<Device> devices_;
  crypto::ByteVector list_;
  crypto::DeviceList newest_;
};

// The login's two frames, for tests that spoil one of them.
v1::ClientFrame hello(const Person& person, std::uint32_t device,
                      const crypto::Nonce& client_nonce);
crypto::LoginTranscript transcript(const crypto::Nonce& client_nonce,
                                   const v1::Challenge& challenge);

struct CopyWish {
  crypto::DeviceAddress sender;
  crypto::DeviceAddress recipient;
  crypto::MessageId message{};
  crypto::RelationshipId relationship{};
  crypto::Lane lane = crypto::Lane::routine;
  std::uint8_t size_class = 0;
  char fill = 'x';  // of the opaque parts
  crypto::Hash32 agreement{};
};
// A copy of a running session's shape.
v1::Direct make_copy(const CopyWish& wish);

std::string text(crypto::ByteView bytes);

}  // namespace holdspace::tests
