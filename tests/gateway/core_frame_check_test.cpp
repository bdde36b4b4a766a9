// Rows 44-52 of the bad-input table: what the bytes of one frame may be.
#include "gateway/frame_check.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "gateway/text_check.hpp"

namespace holdspace::gateway {
namespace {

std::span<const std::uint8_t> view(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::string varint(std::uint64_t value) {
  std::string out;
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  return out + static_cast<char>(value);
}

std::string key(unsigned field, unsigned wire) {
  return varint((field << 3) | wire);
}

std::string field_bytes(unsigned field, const std::string& bytes) {
  return key(field, 2) + varint(bytes.size()) + bytes;
}

struct Refused {
  BadFrameKind kind;
  std::string path;
};

Refused refused(const std::string& bytes) {
  const auto result = parse_client_frame(view(bytes));
  EXPECT_FALSE(result.has_value());
  if (result.has_value()) return {BadFrameKind::no_body, "accepted"};
  return {result.error().kind, result.error().path};
}

v1::ClientFrame good_hello() {
  v1::ClientFrame frame;
  frame.set_request_id(7);
  auto& hello = *frame.mutable_hello();
  hello.set_client_nonce(std::string(32, 'n'));
  hello.set_device_id(1);
  hello.add_versions(1);
  hello.set_host("localhost");
  return frame;
}

TEST(FrameCheck, takes_a_well_formed_frame_unchanged) {
  const auto frame = good_hello();
  const auto result = parse_client_frame(view(frame.SerializeAsString()));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->SerializeAsString(), frame.SerializeAsString());
}

TEST(FrameCheck, names_the_body_when_none_is_set) {
  for (const auto& bytes :
       {std::string(), key(1, 0) + varint(5), field_bytes(2000, "newer kind")}) {
    const auto fault = refused(bytes);
    EXPECT_EQ(fault.kind, BadFrameKind::no_body);
    EXPECT_EQ(fault.path, "body");
  }
}

TEST(FrameCheck, closes_on_what_is_not_protobuf) {
  const struct {
    const char* what;
    std::string bytes;
    BadFrameKind kind;
  } rows[] = {
      {"length past the end", key(2, 2) + varint(100) + "short", BadFrameKind::malformed},
      {"length of 2 GiB", key(2, 2) + varint(0x80000000ULL), BadFrameKind::malformed},
      {"varint of eleven bytes", key(1, 0) + std::string(10, '\xff') + '\x01',
       BadFrameKind::malformed},
      {"varint over 64 bits", key(1, 0) + std::string(9, '\xff') + '\x02', BadFrameKind::malformed},
      {"varint cut off", key(1, 0) + "\x80", BadFrameKind::malformed},
      {"field number 0", std::string(1, '\0') + "\x01", BadFrameKind::malformed},
      {"wire type 6", key(1, 6) + "\x01", BadFrameKind::malformed},
      {"wire type 7", key(9, 7) + "\x01", BadFrameKind::malformed},
      {"another wire type than the schema's", key(2, 0) + varint(3), BadFrameKind::malformed},
      {"fixed64 where a varint belongs", key(1, 1) + std::string(8, 'x'), BadFrameKind::malformed},
      {"a group", key(40, 3) + key(40, 4), BadFrameKind::group},
      {"a group's end alone", key(40, 4), BadFrameKind::group},
      {"fault inside a message", field_bytes(2, key(1, 2) + varint(99)), BadFrameKind::malformed},
  };
  for (const auto& row : rows) {
    const auto fault = refused(row.bytes);
    EXPECT_EQ(fault.kind, row.kind) << row.what;
    EXPECT_TRUE(closes_connection(fault.kind)) << row.what;
  }
}

TEST(FrameCheck, closes_on_a_flood_of_groups_and_of_unknown_fields) {
  std::string groups;
  for (int i = 0; i < 10000; ++i) groups += key(40, 3);
  EXPECT_EQ(refused(groups).kind, BadFrameKind::group);

  std::string unknown = good_hello().SerializeAsString();
  while (unknown.size() < 60000) unknown += key(3000, 0) + varint(1);
  EXPECT_EQ(refused(unknown).kind, BadFrameKind::unknown_fields);
}

TEST(FrameCheck, drops_unknown_fields_within_the_bound_also_inside_messages) {
  const auto frame = good_hello();
  const auto hello = frame.hello().SerializeAsString() + field_bytes(900, std::string(300, 'x'));
  const auto bytes =
      key(1, 0) + varint(7) + field_bytes(2, hello) + field_bytes(901, std::string(500, 'y'));
  const auto result = parse_client_frame(view(bytes));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->SerializeAsString(), frame.SerializeAsString());
}

TEST(FrameCheck, counts_unknown_bytes_over_the_whole_frame) {
  const auto hello =
      good_hello().hello().SerializeAsString() + field_bytes(900, std::string(600, 'x'));
  EXPECT_EQ(refused(field_bytes(2, hello) + field_bytes(901, std::string(600, 'y'))).kind,
            BadFrameKind::unknown_fields);
}

TEST(FrameCheck, forbids_a_merge) {
  const auto once = good_hello().SerializeAsString();
  EXPECT_EQ(refused(once + once).kind, BadFrameKind::merged);

  v1::ClientFrame other;
  other.mutable_list_relationships();
  EXPECT_EQ(refused(once + other.SerializeAsString()).kind, BadFrameKind::merged);

  v1::ClientFrame preview;
  preview.mutable_preview_policy()->mutable_policy()->set_zone("Europe/London");
  const auto body = preview.preview_policy().SerializeAsString();
  EXPECT_EQ(refused(field_bytes(42, body + body)).kind, BadFrameKind::merged);
}

TEST(FrameCheck, lets_the_last_of_a_repeated_scalar_win) {
  auto bytes = good_hello().SerializeAsString();
  for (std::uint64_t i = 0; i < 20000; ++i) bytes += key(1, 0) + varint(i);
  const auto result = parse_client_frame(view(bytes));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->request_id(), 19999U);
}

TEST(FrameCheck, bounds_each_list) {
  v1::ClientFrame send;
  send.set_request_id(3);
  for (int i = 0; i < 17; ++i) send.mutable_send()->add_copies()->set_env("e");
  auto fault = refused(send.SerializeAsString());
  EXPECT_EQ(fault.kind, BadFrameKind::too_many);
  EXPECT_EQ(fault.path, "send.copies[16]");
  EXPECT_FALSE(closes_connection(fault.kind));

  v1::ClientFrame ack;
  for (int i = 0; i < 64; ++i) ack.mutable_ack()->add_items();
  EXPECT_TRUE(parse_client_frame(view(ack.SerializeAsString())).has_value());
  ack.mutable_ack()->add_items();
  EXPECT_EQ(refused(ack.SerializeAsString()).path, "ack.items[64]");

  auto hello = good_hello();  // packed on the wire
  for (std::uint32_t i = 0; i < 8; ++i) hello.mutable_hello()->add_versions(i);
  EXPECT_EQ(refused(hello.SerializeAsString()).path, "hello.versions[8]");
  // The same list, one element at a time.
  std::string loose;
  for (int i = 0; i < 9; ++i) loose += key(5, 0) + varint(1);
  EXPECT_EQ(refused(field_bytes(2, loose)).path, "hello.versions[8]");
}

// `count` elements, empty ones, of the list of this name in `message`.
void fill(google::protobuf::Message& message, const std::string& list, int count) {
  const auto* field = message.GetDescriptor()->FindFieldByName(list);
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < count; ++i)
    if (field->type() == google::protobuf::FieldDescriptor::TYPE_ENUM)
      reflection->AddEnumValue(&message, field, 1);
    else
      reflection->AddMessage(&message, field);
}

TEST(FrameCheck, bounds_each_list_of_a_policy_and_of_held_items) {
  v1::ClientFrame frame;
  auto& policy = *frame.mutable_preview_policy()->mutable_policy();
  auto& rules = *policy.add_relationship_rules();
  auto& exception = *policy.add_exceptions();
  const struct {
    google::protobuf::Message& message;
    const char* list;
    int most;
    const char* path;  // of the first one too many
  } cases[] = {
      {policy, "windows", 200, "preview_policy.policy.windows[200]"},
      {policy, "travels", 64, "preview_policy.policy.travels[64]"},
      {policy, "closures", 32, "preview_policy.policy.closures[32]"},
      {policy, "openings", 128, "preview_policy.policy.openings[128]"},
      {*policy.mutable_terms(), "lanes", 3, "preview_policy.policy.terms.lanes[3]"},
      {*policy.mutable_terms(), "urgent_readers", 3,
       "preview_policy.policy.terms.urgent_readers[3]"},
      {rules, "windows", 200, "preview_policy.policy.relationship_rules[0].windows[200]"},
      {exception, "lanes", 3, "preview_policy.policy.exceptions[0].lanes[3]"},
      {exception, "directions", 2, "preview_policy.policy.exceptions[0].directions[2]"},
  };
  for (const auto& each : cases) {
    const auto* field = each.message.GetDescriptor()->FindFieldByName(each.list);
    fill(each.message, each.list, each.most);
    EXPECT_TRUE(parse_client_frame(view(frame.SerializeAsString())).has_value()) << each.path;
    fill(each.message, each.list, 1);
    const auto fault = refused(frame.SerializeAsString());
    EXPECT_EQ(fault.kind, BadFrameKind::too_many) << each.path;
    EXPECT_EQ(fault.path, each.path);
    each.message.GetReflection()->ClearField(&each.message, field);
  }
  v1::ClientFrame dispose;
  fill(*dispose.mutable_dispose_held(), "items", 65);
  EXPECT_EQ(refused(dispose.SerializeAsString()).path, "dispose_held.items[64]");
}

TEST(FrameCheck, takes_an_unset_promise_and_a_negative_weekday_number) {
  v1::ClientFrame frame;
  auto& moveable = *frame.mutable_preview_policy()->mutable_policy()->add_exceptions();
  moveable.mutable_moveable()->mutable_nth_weekday()->set_nth(-1);
  EXPECT_TRUE(parse_client_frame(view(frame.SerializeAsString())).has_value());
  v1::ClientFrame dispose;
  dispose.mutable_dispose_held()->add_items()->set_promise_ms(-1);
  EXPECT_EQ(refused(dispose.SerializeAsString()).kind, BadFrameKind::negative);
}

TEST(FrameCheck, reports_the_request_it_could_not_take) {
  v1::ClientFrame send;
  send.set_request_id(99);
  for (int i = 0; i < 17; ++i) send.mutable_send()->add_copies();
  const auto result = parse_client_frame(view(send.SerializeAsString()));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().request_id, 99U);
}

TEST(FrameCheck, tells_a_newer_enumerator_from_nonsense) {
  const auto lane = [](std::uint64_t value) { return field_bytes(10, key(3, 0) + varint(value)); };
  EXPECT_EQ(refused(lane(77)).kind, BadFrameKind::enum_newer);
  EXPECT_EQ(refused(lane(77)).path, "send.lane");
  EXPECT_EQ(refused(lane(~0ULL)).kind, BadFrameKind::enum_invalid);
}

TEST(FrameCheck, refuses_negative_times) {
  v1::ClientFrame frame;
  frame.mutable_create_invite()->set_expires_at_ms(-1);
  const auto fault = refused(frame.SerializeAsString());
  EXPECT_EQ(fault.kind, BadFrameKind::negative);
  EXPECT_EQ(fault.path, "create_invite.expires_at_ms");
}

TEST(FrameCheck, refuses_texts_that_hide_something) {
  for (const std::string& host : {std::string("a\0b", 3), std::string("a\nb"), std::string("\xff"),
                                  std::string("x\xe2\x80\xae"), std::string(257, 'x')}) {
    const auto fault = refused(field_bytes(2, field_bytes(6, host)));
    EXPECT_EQ(fault.kind, BadFrameKind::text);
    EXPECT_EQ(fault.path, "hello.host");
  }
}

TEST(FrameCheck, takes_any_bytes_without_a_crash) {
  std::mt19937 random(20260301);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    const auto result = parse_client_frame(view(bytes));
    if (result.has_value()) {
      EXPECT_NE(result->body_case(), v1::ClientFrame::BODY_NOT_SET);
    }
  }
}

TEST(FrameCheck, agrees_with_protobuf_about_honest_frames_that_were_cut) {
  const auto whole = good_hello().SerializeAsString();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = whole.substr(0, size);
    v1::ClientFrame parsed;
    const bool readable =
        parsed.ParseFromString(cut) && parsed.body_case() != v1::ClientFrame::BODY_NOT_SET;
    EXPECT_EQ(parse_client_frame(view(cut)).has_value(), readable) << size;
  }
}

TEST(FrameCheck, knows_every_field_of_the_schema_within_its_tables) {
  // The scanner's look-back tables are arrays by field index.
  const auto* file = v1::ClientFrame::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    EXPECT_LE(file->message_type(i)->field_count(), 48) << file->message_type(i)->full_name();
    EXPECT_LE(file->message_type(i)->oneof_decl_count(), 48) << file->message_type(i)->full_name();
  }
}

TEST(TextCheck, follows_the_unicode_table) {
  const struct {
    std::string text;
    bool plain;
  } rows[] = {
      {"", true},
      {"localhost", true},
      {"\xc3\xa9", true},           // e acute
      {"\xf0\x9f\x8c\xbf", true},   // outside the basic plane
      {"\xc0\xaf", false},          // overlong
      {"\xe0\x80\xaf", false},      // overlong
      {"\xed\xa0\x80", false},      // surrogate
      {"\xf4\x90\x80\x80", false},  // above U+10FFFF
      {"\x80", false},              // continuation alone
      {"\xc3", false},              // cut
      {"\xe2\x81\xa6", false},      // U+2066
      {"\xd8\x9c", false},          // U+061C
      {"\xc2\x85", false},          // C1
      {"\x7f", false},
      {"\t", false},
  };
  for (const auto& row : rows) EXPECT_EQ(is_plain_text(view(row.text), 64), row.plain);
  EXPECT_FALSE(is_plain_text(view("abc"), 2));
}

}  // namespace
}  // namespace holdspace::gateway
