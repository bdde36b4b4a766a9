// Public halves of every key, one type per role, so that a device key cannot stand where an account
// key is wanted. docs/protocol.md section 2.
#pragma once

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

struct AccountRole {};
struct DeviceSigningRole {};
struct GatewayRole {};
struct LogRole {};
struct OrganisationRole {};
struct ClaimRole {};
struct DeviceDhRole {};
struct SignedPrekeyRole {};
struct RatchetRole {};
struct LastResortRole {};
struct OneTimeRole {};
struct EscalationDhRole {};
struct EscalationKemRole {};
struct RecordsRole {};
struct LinkRole {};

template <class Role, std::size_t N>
struct PublicKey {
  Bytes<N> bytes{};
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

inline constexpr std::size_t kKemPublicBytes = 1216;      // X-Wing
inline constexpr std::size_t kKemCiphertextBytes = 1120;  // X-Wing

template <class Role>
using VerifyingKey = PublicKey<Role, 32>;  // Ed25519
template <class Role>
using DhPublicKey = PublicKey<Role, 32>;  // X25519
template <class Role>
using KemPublicKey = PublicKey<Role, kKemPublicBytes>;

using AccountPublicKey = VerifyingKey<AccountRole>;              // AK
using DeviceSigningPublicKey = VerifyingKey<DeviceSigningRole>;  // DSK
using GatewayPublicKey = VerifyingKey<GatewayRole>;              // GK
using LogPublicKey = VerifyingKey<LogRole>;                      // LK
using OrganisationPublicKey = VerifyingKey<OrganisationRole>;    // OK
using ClaimPublicKey = VerifyingKey<ClaimRole>;
using DeviceDhPublicKey = DhPublicKey<DeviceDhRole>;             // DDK
using SignedPrekeyPublicKey = DhPublicKey<SignedPrekeyRole>;     // SPK
using LastResortPublicKey = KemPublicKey<LastResortRole>;        // LRK
using OneTimePublicKey = KemPublicKey<OneTimeRole>;              // OTK
using LinkPublicKey = KemPublicKey<LinkRole>;                    // lk, of one linking
using EscalationDhPublicKey = DhPublicKey<EscalationDhRole>;     // EPX
using EscalationKemPublicKey = KemPublicKey<EscalationKemRole>;  // EPK
using RecordsPublicKey = KemPublicKey<RecordsRole>;              // a practice's offline records key

}  // namespace holdspace::crypto
