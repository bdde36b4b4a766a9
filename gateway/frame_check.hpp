// From the bytes of one WebSocket message to a ClientFrame, or the named reason why not. Walks the
// raw bytes by the schema's descriptor before Protobuf allocates anything, because Protobuf itself
// merges, keeps unknown fields and lets lists grow. Knows shapes only: whether a field is required
// is the handler's business. Messages inside each other need no bound: the schema has none that
// contains itself, and an unknown field is bytes that nobody looks into. docs/protocol.md
// section 16.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// Room for a newer client's few extra fields; 64 KiB of them would cost 29 times their size in
// memory.
inline constexpr std::size_t kUnknownBytesMax = 1024;
// A list without a bound of its own in the schema.
inline constexpr std::size_t kRepeatedMaxDefault = 64;
// The longest text of a client frame is a host name (253).
inline constexpr std::size_t kTextBytesMax = 256;

enum class BadFrameKind {
  // The connection is closed with 4400: the sender does not speak this protocol.
  malformed,  // a length past the end, a varint over 10 bytes, field number 0, or another wire type
              // than the schema's
  group,      // wire types 3 and 4, which proto3 does not have
  unknown_fields,  // more than kUnknownBytesMax bytes of fields that the schema does not know
  merged,  // a single message field, or the oneof that holds it, given twice: two readers could
           // disagree

  // The session stays; the answer is INVALID_ARGUMENT or UNSUPPORTED_VERSION naming the field.
  too_many,      // a list over its bound
  enum_invalid,  // a negative enumerator
  enum_newer,    // an enumerator above those known here
  negative,      // a number below 0: no such number exists in this protocol
  text,          // not UTF-8, a control or bidirectional-control character, or over kTextBytesMax
  no_body,       // no frame kind is set
};

struct BadFrame {
  BadFrameKind kind;
  std::uint64_t request_id = 0;  // as far as it was read
  std::string
      path;  // of the field, for example "send.copies[1].env"; empty when the frame is closed on
};

// True when the fault ends the connection (close code 4400), false when it is answered with an
// Error frame.
[[nodiscard]] bool closes_connection(BadFrameKind kind);

// A policy document, which travels as bytes inside a frame because its bytes are signed. The same
// walk; every fault is one of the frame's field, and unknown fields are one: whoever signs a rule
// means it to be kept.
[[nodiscard]] boost::system::result<v1::Policy, BadFrame> parse_policy_document(
    std::span<const std::uint8_t> bytes);

// Unknown fields within the bound are dropped from the result. Time is linear in bytes.size().
[[nodiscard]] boost::system::result<v1::ClientFrame, BadFrame> parse_client_frame(
    std::span<const std::uint8_t> bytes);

}  // namespace holdspace::gateway
