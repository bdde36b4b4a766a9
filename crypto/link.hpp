// Linking a further device to an account: two state machines, one for the device that is new and
// one for the device that holds the account key. Pure: bytes in, bytes out, the caller's clock;
// they live in memory for five minutes, and what is interrupted is begun anew. One thread at a
// time. docs/protocol.md section 4.1.
//
//   new device                                     primary device
//   begin; show offer() as QR and link_code();
//   send open_message()                            unlock AK; begin_scanned or begin_typed
//                                                  send hello()
//   take_hello -> send the reveal; show digits()   take_reveal
//                                                  the person types the digits: take_digits
//   the person sees there that they were right:    seal -> publish certificate and list, then send
//   person_says_accepted                           the package
//   take_package -> store everything in one transaction
//
// Against a look-alike QR code: the parsers of invite and link refuse each other's code, nothing
// begins without the account key being unlocked, and the digits have to be read from the *other*
// screen, for the primary device never has them to show. Against a server in the middle: C2 fixes
// the new device's keys before n1 is known, so it has one try in 10^9 at equal digits; and the new
// device takes no package before the person says that its digits were taken.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/link_message.hpp"
#include "crypto/pins.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

// Every error ends the run, and its keys are erased, except out_of_order and not_nine_digits, which
// leave it as it was.
enum class LinkError {
  malformed,         // not the message that this step takes
  out_of_order,      // not the next step, or the run is over
  other_link,        // of another link_id, or the offer of a device at another host
  wrong_commitment,  // the revealed keys are not those that C2 fixed
  bad_device,        // the certificate is not signed by the revealed key, the link key is no X-Wing
                     // key, or no suite is common
  not_nine_digits,   // typed: something else than nine digits; no try is spent
  wrong_digits,      // typed: the one try is spent. Someone is in between, or the person mistyped
  expired,           // more than kLinkLife since the run began
  list_full,         // no room for a further device: revoke one first
  not_opened,        // the package is not for this run, or was changed
  bad_package,       // opens, and its certificate, list or account key are not this account's
};
template <class T>
using LinkResult = boost::system::result<T, LinkError>;

using LinkKey = KemKey<LinkRole>;

// What the new device has in the end. Write all of it in one transaction.
struct Linked {
  LocalDevice device;
  Pins pins;
  std::optional<AccountKey> account_key;  // only if the person made this a second primary
};

class NewDevice {
 public:
  // Draws link_id, the keys and n2. `host` is what this device has dialled, 1..253 bytes.
  [[nodiscard]] static NewDevice begin(std::string host, Platform platform, Instant now);

  [[nodiscard]] LinkOffer offer() const;
  [[nodiscard]] ByteVector open_message() const;
  // Gives the LinkReveal. Once: the nonce of the primary device counts that came first.
  [[nodiscard]] LinkResult<ByteVector> take_hello(ByteView hello, Instant now);
  // 9 ASCII digits, from take_hello on. Error: out_of_order.
  [[nodiscard]] LinkResult<std::string> digits() const;
  // The person has seen on the primary device that the digits were right. Error: out_of_order.
  [[nodiscard]] LinkResult<void> person_says_accepted();
  // Once.
  [[nodiscard]] LinkResult<Linked> take_package(ByteView package, Instant now);

 private:
  enum class Step { begun, revealed, accepted, over };
  NewDevice(std::string host, Platform platform, Instant now);
  [[nodiscard]] LinkError refuse(LinkError error);
  Step step_ = Step::begun;
  std::string host_;
  Instant expires_at_;
  LinkId link_id_{};
  std::optional<DeviceSigningKey> signing_key_;  // the three until the run is over
  std::optional<DeviceDhKey> dh_key_;
  std::optional<LinkKey> link_key_;
  LinkReveal reveal_;  // signature zeros until take_hello
  LinkHello hello_;
  Hash64 transcript_{};
};

// Whether the new device gets the account key too, and can link and revoke devices itself.
enum class AccountKeyCopy : std::uint8_t { stays = 0, second_primary = 1 };

// What the primary device has in the end: publish `cert` with `list` (ReplaceDevices), and when
// that is accepted relay `package`. Signed bytes, Signed bytes, LinkPackage.
struct LinkSealed {
  ByteVector cert;
  ByteVector list;
  ByteVector package;
};

class PrimaryDevice {
 public:
  // `account_key` was unlocked for this run and is erased with it; `held` is the newest list of its
  // account. Draws n1. Errors: other_link (the offer names another host), list_full.
  [[nodiscard]] static LinkResult<PrimaryDevice> begin_scanned(AccountKey account_key,
                                                               const Verified<DeviceList>& held,
                                                               std::string host,
                                                               const LinkOffer& offer, Instant now);
  // Without a camera: the person typed the new device's link_code, and the server had its
  // LinkOpen. Errors: malformed, other_link, list_full.
  [[nodiscard]] static LinkResult<PrimaryDevice> begin_typed(AccountKey account_key,
                                                             const Verified<DeviceList>& held,
                                                             std::string host,
                                                             const LinkId& link_id,
                                                             ByteView open_message, Instant now);

  [[nodiscard]] ByteVector hello() const;
  // Once: a second reveal is out of order.
  [[nodiscard]] LinkResult<void> take_reveal(ByteView reveal, Instant now);
  // What the new device says it is; to be shown from take_reveal on. Error: out_of_order.
  [[nodiscard]] LinkResult<Platform> platform() const;
  // The digits that the person read from the new device and typed here; spaces and dashes do not
  // matter. There is one try.
  [[nodiscard]] LinkResult<void> take_digits(std::string_view typed, Instant now);
  // Signs certificate and list, and seals them to the new device with the pins. Once.
  [[nodiscard]] LinkResult<LinkSealed> seal(const Pins& pins, AccountKeyCopy copy, Instant now);

 private:
  enum class Step { begun, revealed, accepted, over };
  PrimaryDevice(AccountKey account_key, const Verified<DeviceList>& held, const LinkOffer& offer,
                Instant now);
  [[nodiscard]] LinkError refuse(LinkError error);
  Step step_ = Step::begun;
  std::optional<AccountKey> account_key_;  // until the run is over
  Verified<DeviceList> held_;
  LinkOffer offer_;
  Instant expires_at_;
  LinkHello hello_;
  LinkReveal reveal_;  // from take_reveal on
  Hash64 transcript_{};
};

}  // namespace holdspace::crypto
