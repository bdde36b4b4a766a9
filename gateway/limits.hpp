// Every bound and timeout of the transport: TCP accept, TLS, the HTTP upgrade, WebSocket framing.
// Not the limits of the product (sends, logins): those are in rate_limit.hpp.
// docs/operations.md, "Limits"; the rows named here are those of the bad-input table.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace holdspace::gateway {

// --- from specifications ---

// RFC 6455 section 5.5: payload of a control frame.
inline constexpr std::size_t kControlPayloadBytesMax = 125;
// RFC 6455 section 4.1: Sec-WebSocket-Key decoded.
inline constexpr std::size_t kWebSocketKeyBytes = 16;
// RFC 9266 section 2: the exporter value that a login is bound to.
inline constexpr std::size_t kChannelBindingBytes = 32;

// --- ours ---

// Row 34. Before the login a peer has nothing to say that is longer than a login proof.
inline constexpr std::size_t kMessageBytesMaxBeforeLogin = 4 * 1024;
// Row 34. One send to all devices of a person at the largest size class, with room for the header.
inline constexpr std::size_t kMessageBytesMax = 96 * 1024;
// Row 37. A browser does not fragment; a native client has no reason to cut 96 KiB finer than this.
inline constexpr std::uint32_t kFragmentsMax = 64;
// Row 17.
inline constexpr std::size_t kHeadBytesMax = 8 * 1024;
inline constexpr std::size_t kHeaderFieldsMax = 64;
// Row 16. What is longer cannot be one of our paths; nothing of it is looked at or kept.
inline constexpr std::size_t kTargetBytesMax = 256;
// What waits for one peer: a few pushes of the largest class. The queue in the store keeps the
// rest.
inline constexpr std::size_t kOutboxBytesMax = 1024 * 1024;
// A delivery that met a full outbox goes on when this little waits, so that it writes in large
// pieces.
inline constexpr std::size_t kOutboxBytesLow = kOutboxBytesMax / 4;
// Answers to pings and the close frame are never refused: this much beyond kOutboxBytesMax.
inline constexpr std::size_t kOutboxControlReserve = 16 * 1024;
// Bytes that the kernel keeps unsent for one peer, beside what is under way: enough for a full
// round trip of 100 ms at 10 Mbit/s, and no megabytes for a peer that takes nothing.
inline constexpr int kUnsentBytesMax = 128 * 1024;
// One read from the kernel. Four TLS records; an envelope of the largest class in one or two reads.
inline constexpr std::size_t kReadBytes = 64 * 1024;
// A buffer that grew larger than this is given back when it becomes empty, so that idle connections
// stay small.
inline constexpr std::size_t kIdleBufferBytesMax = 1024;
// Row 9. A real ClientHello with every extension of today is below 4 KiB.
inline constexpr std::size_t kHandshakeBytesMax = 32 * 1024;
// Row 13. Processor time for TLS handshakes that may be used at once after a quiet time: some two
// hundred of them, and a session waits no longer than this behind them.
inline constexpr double kTlsBurstSeconds = 0.1;
// Descriptors that stay free for the store, logs and the admin address while accepting pauses.
inline constexpr int kDescriptorReserve = 32;
// How long accepting pauses when descriptors run out: no spinning, and back within a second.
inline constexpr std::chrono::milliseconds kAcceptPause{100};
// Addresses that are remembered for row 3; the one longest unused is forgotten first.
inline constexpr std::size_t kAddressesMax = 65536;

// What tests and load generators may change; the defaults are the product's.
struct TransportLimits {
  // Row 3: new connections of one address (IPv4) or /64 (IPv6).
  double accepts_per_second = 20;
  double accepts_burst = 60;
  // Row 2 and 4: connections that are not logged in.
  std::size_t pending_per_address = 64;
  std::size_t pending = 512;
  // Row 13: of the processor time, what TLS handshakes may take; the rest stays for the sessions.
  double tls_share = 0.6;
  // Row 42: frames of one connection. Faster than this and reading pauses; ten times this and the
  // connection ends.
  double frames_per_second = 50;
  double frames_burst = 200;
  // Row 39: pings and pongs together.
  double pings_per_second = 2;
  double pings_burst = 10;

  // Row 1, 9: until the TLS handshake stands (or, without TLS, the first byte came).
  std::chrono::milliseconds handshake{5000};
  // Row 18: from then until the end of the request's head.
  std::chrono::milliseconds head{5000};
  // Row 53: from the upgrade until set_authenticated().
  std::chrono::milliseconds login{10000};
  // Row 37: from the first byte of a message until its last.
  std::chrono::milliseconds message{10000};
  // Silence of the peer: a ping goes out after the first, the connection is dead after the second.
  std::chrono::milliseconds ping_after{20000};
  std::chrono::milliseconds dead_after{45000};
  // Row 6: something waits in the outbox and the peer takes nothing of it.
  std::chrono::milliseconds blocked{30000};
  // Row 41: how long a close waits for the outbox to drain, and then for the peer's close frame.
  std::chrono::milliseconds close_wait{5000};
  // How often the above are looked at; the error of every timeout.
  std::chrono::milliseconds tick{250};
};

}  // namespace holdspace::gateway
