// Mistakes that must not compile. Each assertion would turn false when a type lost its guard.
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

#include "crypto/attachment.hpp"
#include "crypto/escalation_seal.hpp"
#include "crypto/invite.hpp"
#include "crypto/keys.hpp"
#include "crypto/link.hpp"
#include "crypto/log_view.hpp"
#include "crypto/login.hpp"
#include "crypto/qr_text.hpp"
#include "crypto/record_export.hpp"
#include "crypto/recovery.hpp"
#include "crypto/session.hpp"
#include "crypto/short_string.hpp"
#include "crypto/vault.hpp"

namespace holdspace::crypto {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};
template <class T>
concept Copyable = std::is_copy_constructible_v<T> || std::is_copy_assignable_v<T>;

template <class... Types>
constexpr bool kGuarded = ((!Copyable<Types> && !Printable<Types> && !Comparable<Types> &&
                            std::is_nothrow_move_constructible_v<Types>)&&...);

static_assert(kGuarded<Secret<16>, Secret<32>, Secret<128>>);
static_assert(kGuarded<AccountKey, DeviceSigningKey, GatewayKey, ClaimKey, OrganisationKey>);
static_assert(kGuarded<DeviceDhKey, KemKey<OneTimeRole>, KemKey<LastResortRole>>);
static_assert(kGuarded<InviteSecret, Psk, KeyFileKey, StoreKey, OneTimePrekey, PrekeyPair>);
static_assert(!Copyable<PeerSessions> && !Copyable<Outgoing> && !Copyable<Incoming>);
static_assert(!Copyable<LocalDevice> && !Copyable<HandshakeKeys>);

// A key of one role does not stand in for another.
static_assert(!std::is_convertible_v<DeviceSigningPublicKey, AccountPublicKey>);
static_assert(!std::is_convertible_v<LastResortPublicKey, OneTimePublicKey>);
static_assert(!std::is_convertible_v<SignedPrekeyPublicKey, DeviceDhPublicKey>);
static_assert(
    !std::is_invocable_v<decltype(&sign_device_list), const DeviceList&, const DeviceSigningKey&>);
static_assert(!std::is_invocable_v<decltype(&verify_challenge), const AccountPublicKey&,
                                   const LoginTranscript&, const Signature&>);

// Linking, checking and recovery: what holds a secret is not copied, the account key goes along
// only when somebody says so, and only an organisation key resets an account.
static_assert(kGuarded<RecoverySecret, RecoveryVault, LinkKey>);
static_assert(!Copyable<NewDevice> && !Copyable<PrimaryDevice> && !Copyable<Linked>);
static_assert(!Copyable<ShortStringStarter> && !Copyable<RecoveryVault>);
static_assert(!std::is_default_constructible_v<PrimaryDevice>);
static_assert(
    !std::is_invocable_v<decltype(&PrimaryDevice::seal), PrimaryDevice&, const Pins&, Instant>);
static_assert(!std::is_invocable_v<decltype(&PrimaryDevice::seal), PrimaryDevice&, const Pins&,
                                   bool, Instant>);
static_assert(
    !std::is_invocable_v<decltype(&sign_account_reset), const AccountReset&, const AccountKey&>);
static_assert(
    !std::is_invocable_v<decltype(&sign_account_reset), const AccountReset&, const GatewayKey&>);
static_assert(!std::is_convertible_v<LinkPublicKey, OneTimePublicKey>);

// Nobody but the three ways of comparing makes a checked pin.
static_assert(!std::is_constructible_v<CheckedPin, Pin>);
static_assert(!std::is_default_constructible_v<CheckedPin>);
static_assert(!std::is_invocable_v<decltype(&confirm), const Contact&, const Pin&>);
static_assert(!std::is_invocable_v<decltype(&after_reset), const Contact&, const AccountReset&>);

// Only the verify functions make these; an unchecked statement cannot be used where a checked one
// is wanted.
static_assert(!std::is_constructible_v<Verified<DeviceCert>, DeviceCert, Hash32, ByteVector>);
static_assert(!std::is_convertible_v<DeviceCert, Verified<DeviceCert>>);
static_assert(!std::is_constructible_v<TrustedDevice, Verified<DeviceCert>, ListRef>);
static_assert(!std::is_default_constructible_v<TrustedDevice>);
static_assert(!std::is_default_constructible_v<Outgoing> &&
              !std::is_default_constructible_v<Incoming>);

// A result gives its product up only once: after_durable_write needs an rvalue.
static_assert(!std::is_invocable_v<decltype(&Outgoing::after_durable_write), Outgoing&>);
static_assert(!std::is_invocable_v<decltype(&Incoming::after_durable_write), Incoming&>);

// What is sealed or proven outside of sessions: only a checked chain, a rostered recipient, a blob
// whose hash was seen and a file that was read to its end can be used.
static_assert(kGuarded<EscalationPrekey, NewEscalationPrekey, LogKey, RecordsKey>);
static_assert(kGuarded<AttachmentReference, RecordKey, RecoveryRecordsKey>);
static_assert(!Copyable<AttachmentOpener> && !Copyable<AttachmentSealer>);
static_assert(!Copyable<RecordReader> && !Copyable<RecordWriter>);
static_assert(!std::is_constructible_v<EscalationChain, std::vector<ChainStep>>);
static_assert(
    !std::is_constructible_v<EscalationRecipient, TrustedDevice, Verified<EscalationSet>>);
static_assert(!std::is_constructible_v<CheckedAttachment, AttachmentReference>);
static_assert(!std::is_constructible_v<AttachmentOpener, AttachmentReference>);
static_assert(!std::is_constructible_v<VerifiedRecord, Verified<RecordExport>, TrustedDevice>);
static_assert(!std::is_constructible_v<LogView, TreeHead>);
static_assert(!std::is_convertible_v<EscalationDhPublicKey, SignedPrekeyPublicKey>);
static_assert(!std::is_convertible_v<RecordsPublicKey, EscalationKemPublicKey>);
static_assert(!std::is_invocable_v<decltype(&sign_roster), const Roster&, const AccountKey&>);
static_assert(!std::is_invocable_v<decltype(&sign_tree_head), const TreeHead&, const GatewayKey&>);
static_assert(!std::is_invocable_v<decltype(&AttachmentSealer::finish), AttachmentSealer&>);
static_assert(!std::is_invocable_v<decltype(&RecordWriter::finish), RecordWriter&,
                                   const LocalDevice&, const RecordFacts&>);

// Signing takes a name.
static_assert(!std::is_invocable_v<decltype(&AccountKey::sign), const AccountKey&, ByteView>);

TEST(Misuse, secrets_leave_nothing_behind_when_they_move) {
  Secret<32> first;
  first.overwrite()[5] = 7;
  const Secret<32> second = std::move(first);
  EXPECT_EQ(second.expose()[5], 7);
  EXPECT_EQ(first.expose()[5], 0);  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(Misuse, secrets_are_wiped_when_they_go) {
  alignas(Secret<32>) std::array<std::uint8_t, sizeof(Secret<32>)> memory{};
  auto* secret = new (memory.data()) Secret<32>();
  secret->overwrite()[0] = 0xAA;
  secret->~Secret();
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 0xAA), 0);
}

}  // namespace
}  // namespace holdspace::crypto
