// The walk over raw Protobuf bytes. See frame_check.hpp.
#include "gateway/frame_check.hpp"

#include <google/protobuf/descriptor.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/text_check.hpp"
#include "gateway/wire_reader.hpp"

namespace holdspace::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
// The schema's widest message is ClientFrame with 32 fields.
constexpr std::size_t kFieldsMax = 48;

struct ListBound {
  std::string_view field;  // full name in the schema
  std::size_t count_max;
};

// The bounds that the schema's comments state.
constexpr std::array kListBounds = {
    ListBound{"holdspace.v1.Hello.versions", 8},
    ListBound{"holdspace.v1.Send.copies", 16},
    ListBound{"holdspace.v1.Ack.items", 64},
    ListBound{"holdspace.v1.PublishPrekeys.one_time_keys", 50},
    ListBound{"holdspace.v1.FetchPrekeys.device_ids", 8},
    ListBound{"holdspace.v1.ReplaceDevices.certs", 8},
    ListBound{"holdspace.v1.Policy.windows", 200},  // 50 for each of two lanes and two directions
    ListBound{"holdspace.v1.Policy.exceptions", 1000},
    ListBound{"holdspace.v1.Policy.travels", 64},
    ListBound{"holdspace.v1.Policy.relationship_rules", 256},
    ListBound{"holdspace.v1.Policy.closures", 32},
    ListBound{"holdspace.v1.Policy.openings", 128},
    ListBound{"holdspace.v1.RelationshipRules.windows", 200},
    ListBound{"holdspace.v1.Exception.lanes", 3},
    ListBound{"holdspace.v1.Exception.directions", 2},
    ListBound{"holdspace.v1.Terms.lanes", 3},  // each at most once, as the urgent readers
    ListBound{"holdspace.v1.Terms.urgent_readers", 3},
    ListBound{"holdspace.v1.DisposeHeld.items", 64},
};

std::size_t list_bound(const FieldDescriptor& field) {
  for (const auto& bound : kListBounds)
    if (field.full_name() == bound.field) return bound.count_max;
  return kRepeatedMaxDefault;
}

Wire wire_of(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return Wire::fixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return Wire::fixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return Wire::length;
    case FieldDescriptor::TYPE_GROUP:
      return Wire::group_start;
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
      return Wire::varint;
  }
  return Wire::group_start;
}

class Scanner {
 public:
  // False when a fault was found; fault() has it. A fault that closes the connection wins over one
  // that does not.
  bool scan(Bytes bytes, const Descriptor& type) {
    return scan_message(bytes, type, nullptr) && !field_fault_;
  }

  [[nodiscard]] BadFrame fault() const {
    if (closing_) return {*closing_, request_id_, {}};
    return *field_fault_;
  }
  [[nodiscard]] std::uint64_t request_id() const { return request_id_; }
  [[nodiscard]] bool met_unknown_fields() const { return unknown_bytes_ > 0; }

 private:
  // What one message has shown so far, for the rules that need to look back. Indices are the
  // descriptor's; no message of the schema has more fields or oneofs (a test holds it), and an
  // honest frame then costs no allocation here.
  struct Seen {
    std::array<std::uint32_t, kFieldsMax> elements{};
    std::array<bool, kFieldsMax> oneofs{};
  };

  // Where the walk stands. Turned into text only for a fault.
  struct Place {
    const Place* outer;
    const FieldDescriptor* field;
    std::size_t index;

    [[nodiscard]] std::string path() const {
      std::string text = outer != nullptr ? outer->path() + "." : "";
      text += field->name();
      if (field->is_repeated()) text += "[" + std::to_string(index) + "]";
      return text;
    }
  };

  bool close_with(BadFrameKind kind) {
    closing_ = kind;
    return false;
  }

  void note(BadFrameKind kind, const Place& place) {
    if (!field_fault_) field_fault_ = BadFrame{kind, 0, place.path()};
  }

  bool scan_message(Bytes bytes, const Descriptor& type, const Place* outer) {
    WireReader reader(bytes);
    Seen seen;
    while (!reader.empty()) {
      const auto before = reader.left();
      const auto key = reader.varint();
      if (!key || *key > 0xffffffffU || (*key >> 3) == 0)
        return close_with(BadFrameKind::malformed);
      const auto wire = static_cast<Wire>(*key & 7);
      if (wire == Wire::group_start || wire == Wire::group_end)
        return close_with(BadFrameKind::group);
      const auto* field = type.FindFieldByNumber(static_cast<int>(*key >> 3));
      if (field == nullptr) {
        if (!skip_unknown(reader, wire, before)) return false;
      } else if (!scan_field(reader, wire, *field, outer, seen)) {
        return false;
      }
    }
    return true;
  }

  bool skip_unknown(WireReader& reader, Wire wire, std::size_t before) {
    if (!reader.value(wire)) return close_with(BadFrameKind::malformed);
    unknown_bytes_ += before - reader.left();
    return unknown_bytes_ <= kUnknownBytesMax || close_with(BadFrameKind::unknown_fields);
  }

  bool scan_field(WireReader& reader, Wire wire, const FieldDescriptor& field, const Place* outer,
                  Seen& seen) {
    const auto expected = wire_of(field);
    if (wire == Wire::length && expected == Wire::varint && field.is_packable())
      return scan_packed(reader, field, outer, seen);
    if (wire != expected) return close_with(BadFrameKind::malformed);

    const Place place{outer, &field, elements(seen, field)};
    const bool counted = count_element(seen, place);
    if (wire == Wire::varint) {
      const auto number = reader.varint();
      if (!number) return close_with(BadFrameKind::malformed);
      if (counted) check_number(*number, place);
      return true;
    }
    const auto value = reader.value(wire);
    if (!value) return close_with(BadFrameKind::malformed);
    if (!counted) return true;
    if (field.type() == FieldDescriptor::TYPE_STRING && !is_plain_text(*value, kTextBytesMax))
      note(BadFrameKind::text, place);
    if (field.type() != FieldDescriptor::TYPE_MESSAGE) return true;
    if (!first_of_its_kind(field, seen)) return close_with(BadFrameKind::merged);
    return scan_message(*value, *field.message_type(), &place);
  }

  bool scan_packed(WireReader& reader, const FieldDescriptor& field, const Place* outer,
                   Seen& seen) {
    const auto value = reader.value(Wire::length);
    if (!value) return close_with(BadFrameKind::malformed);
    WireReader inner(*value);
    while (!inner.empty()) {
      const auto number = inner.varint();
      if (!number) return close_with(BadFrameKind::malformed);
      const Place place{outer, &field, elements(seen, field)};
      if (count_element(seen, place)) check_number(*number, place);
    }
    return true;
  }

  static std::uint32_t& elements(Seen& seen, const FieldDescriptor& field) {
    return seen.elements.at(static_cast<std::size_t>(field.index()));
  }

  // False when the list is over its bound; its elements are then skipped, not checked one by one.
  bool count_element(Seen& seen, const Place& place) {
    if (!place.field->is_repeated()) return true;
    if (place.index >= list_bound(*place.field)) {
      note(BadFrameKind::too_many, place);
      return false;
    }
    ++elements(seen, *place.field);
    return true;
  }

  void check_number(std::uint64_t value, const Place& place) {
    const auto& field = *place.field;
    if (field.number() == v1::ClientFrame::kRequestIdFieldNumber && place.outer == nullptr)
      request_id_ = value;
    const auto type = field.type();
    if (type == FieldDescriptor::TYPE_INT64 || type == FieldDescriptor::TYPE_INT32) {
      if (static_cast<std::int64_t>(value) < 0) note(BadFrameKind::negative, place);
    } else if (type == FieldDescriptor::TYPE_ENUM) {
      // Protobuf keeps the low 32 bits of an enumerator, so those are judged.
      const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
      if (number < 0)
        note(BadFrameKind::enum_invalid, place);
      else if (field.enum_type()->FindValueByNumber(number) == nullptr)
        note(BadFrameKind::enum_newer, place);
    }
  }

  // Protobuf would merge a second message into the first; no honest writer produces that.
  static bool first_of_its_kind(const FieldDescriptor& field, Seen& seen) {
    if (field.is_repeated()) return true;
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr)
      return !std::exchange(seen.oneofs.at(static_cast<std::size_t>(oneof->index())), true);
    return elements(seen, field)++ == 0;
  }

  std::optional<BadFrameKind> closing_;
  std::optional<BadFrame> field_fault_;
  std::uint64_t request_id_ = 0;
  std::size_t unknown_bytes_ = 0;
};

}  // namespace

bool closes_connection(BadFrameKind kind) {
  switch (kind) {
    case BadFrameKind::malformed:
    case BadFrameKind::group:
    case BadFrameKind::unknown_fields:
    case BadFrameKind::merged:
      return true;
    case BadFrameKind::too_many:
    case BadFrameKind::enum_invalid:
    case BadFrameKind::enum_newer:
    case BadFrameKind::negative:
    case BadFrameKind::text:
    case BadFrameKind::no_body:
      return false;
  }
  return true;
}

boost::system::result<v1::Policy, BadFrame> parse_policy_document(
    std::span<const std::uint8_t> bytes) {
  Scanner scanner;
  if (!scanner.scan(bytes, *v1::Policy::descriptor())) return scanner.fault();
  if (scanner.met_unknown_fields()) return BadFrame{BadFrameKind::unknown_fields, 0, {}};
  v1::Policy policy;
  if (!policy.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return BadFrame{BadFrameKind::malformed, 0, {}};
  return policy;
}

boost::system::result<v1::ClientFrame, BadFrame> parse_client_frame(
    std::span<const std::uint8_t> bytes) {
  Scanner scanner;
  if (!scanner.scan(bytes, *v1::ClientFrame::descriptor())) {
    auto fault = scanner.fault();
    fault.request_id = scanner.request_id();
    return fault;
  }
  v1::ClientFrame frame;
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return BadFrame{BadFrameKind::malformed, scanner.request_id(), {}};
  if (frame.body_case() == v1::ClientFrame::BODY_NOT_SET)
    return BadFrame{BadFrameKind::no_body, frame.request_id(), "body"};
  frame.DiscardUnknownFields();
  return frame;
}

}  // namespace holdspace::gateway
