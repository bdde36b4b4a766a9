// Devices with the stores that a client would keep around them, and one end of a conversation
// between two of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/device_list.hpp"
#include "crypto/invite.hpp"
#include "crypto/keys.hpp"
#include "crypto/session.hpp"

namespace holdspace::crypto::testing {

inline constexpr Instant kNow{std::chrono::milliseconds{1'795'000'000'000}};  // November 2026

enum class Kem { one_time, last_resort };

struct Person {
  AccountKey account_key;
  LocalDevice device;
  PrekeyPair prekeys;
  ByteVector signed_prekeys;
  std::map<std::uint32_t, OneTimePrekey> one_time_keys;
  std::map<std::uint32_t, ByteVector> signed_one_time_keys;
  std::vector<ListRef> own_lists;
  std::vector<Hash32> replay_tags;
  std::map<Bytes<16>, Psk> invites;

  [[nodiscard]] Pin pin() const;
  [[nodiscard]] DeviceAddress address() const { return device.address(); }
  [[nodiscard]] TrustedDevice trusted() const { return device.trusted; }
};

[[nodiscard]] Person make_person(std::uint32_t one_time_keys = 2);
// A second device of the same account; `first` learns the new list too.
[[nodiscard]] Person make_sibling(Person& first);

// What a sender fetches and verifies about `of`; takes its lowest one-time key.
[[nodiscard]] PeerPrekeys fetch_prekeys(const Person& of, Kem kem);

// One device's side of the conversation with another. Every state goes through its stored form.
class End {
 public:
  End(Person& self, const Person& peer);
  [[nodiscard]] bool start(Kem kem, const Psk& psk = {});
  // What became of it; no error: a further session with proof of continuity, at `now`.
  [[nodiscard]] std::optional<InitiateError> renew(Kem kem, Instant now);
  // Seals and commits; asserts success.
  [[nodiscard]] Direct send(std::string_view text, const Facts& facts = {});
  // Opens without committing.
  [[nodiscard]] boost::system::result<Incoming, OpenFailure> try_open(const Direct& direct,
                                                                      Instant now = kNow) const;
  // Opens and commits; the text, or what went wrong.
  struct Received {
    std::string text;
    std::optional<OpenFailure> failure;
    std::uint64_t lost = 0;
    std::optional<InviteId> spent_invite;
  };
  Received receive(const Direct& direct, Instant now = kNow);

  [[nodiscard]] SecretBytes state() const { return sessions_.encode(); }
  [[nodiscard]] const PeerSessions& sessions() const { return sessions_; }
  void replace(PeerSessions sessions) { sessions_ = std::move(sessions); }

 private:
  Person& self_;
  const Person& peer_;
  PeerSessions sessions_;
};

[[nodiscard]] ByteView view_of(std::string_view text);
[[nodiscard]] std::string text_of(ByteView bytes);
[[nodiscard]] std::string hex_of(ByteView bytes);
[[nodiscard]] ByteVector from_hex(std::string_view hex);

}  // namespace holdspace::crypto::testing
