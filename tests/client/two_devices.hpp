// A therapist's and a client's device with real keys and real stores, and a gateway that is a few
// lines of copying: what seal.hpp and open.hpp do to each other, without a network.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/identity.hpp"
#include "client/open.hpp"
#include "client/seal.hpp"
#include "tests/client/temporary_folder.hpp"

namespace holdspace::client {

struct TestDevice {
  std::unique_ptr<LocalStore> store;
  std::optional<Identity> identity;
  std::string prekey_set;  // as published
  std::deque<std::string> one_time_keys;
  std::uint64_t seq = 0;  // of what was delivered to it

  [[nodiscard]] v1::Devices devices() const;
  // As the gateway serves them; spends a one-time key while there is one.
  [[nodiscard]] v1::DevicePrekeys serve_prekeys();
  void publish_prekeys(std::size_t one_time_keys_count);
};

class TwoDevices {
 public:
  TwoDevices();

  TestDevice therapist;
  TestDevice client;
  crypto::RelationshipId relationship{};
  crypto::InviteId invite_id{};

  // compose() and seal_row() with whatever they ask for; returns the sealed outbox row.
  records::OutboxRow write(TestDevice& from, TestDevice& to, const std::string& text);
  void seal(TestDevice& from, TestDevice& to, const std::string& outbox_id);
  std::string compose_only(TestDevice& from, const std::string& text);
  [[nodiscard]] records::OutboxRow row(const TestDevice& device,
                                       const std::string& outbox_id) const;

  // The first copy of the row as the gateway delivers it.
  [[nodiscard]] v1::Delivered delivery(TestDevice& to, const records::OutboxRow& row) const;
  // open_delivered() and commit, fetching the sender's devices when asked for.
  Opened open(TestDevice& to, TestDevice& from, const v1::Delivered& item);

  [[nodiscard]] std::vector<std::string> incoming_texts(const TestDevice& device) const;
  [[nodiscard]] records::Message message(const TestDevice& device, std::uint64_t ordinal) const;
  // As the gateway's list of relationships would tell the therapist.
  void tell_therapist_who_redeemed();

  crypto::Instant now{std::chrono::milliseconds(1774911600000)};

 private:
  TemporaryFolder folder_;
};

}  // namespace holdspace::client
