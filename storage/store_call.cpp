#include "storage/store_call.hpp"

#include <algorithm>
#include <charconv>

#include "boundary/names.hpp"

namespace holdspace::storage {

Answer<Told, CommandError> tell(Connection& connection, FunctionCall call, Deadline deadline) {
  auto reply = co_await connection.call(std::move(call), deadline);
  if (!reply) co_return reply.error();
  if (reply->kind != Reply::Kind::array || reply->elements.empty() ||
      reply->elements.front().kind != Reply::Kind::string) {
    co_return CommandError::corrupt;
  }
  Told told;
  told.word = std::move(reply->elements.front().text);
  told.fields = std::move(reply->elements);
  told.fields.erase(told.fields.begin());
  co_return told;
}

const Reply* Fields::take(Reply::Kind kind) {
  if (!well_ || at_end() || fields_[next_].kind != kind) {
    well_ = false;
    return nullptr;
  }
  return &fields_[next_++];
}

std::uint64_t Fields::number() {
  if (!at_end() && fields_[next_].kind == Reply::Kind::string) {
    const std::string read = text();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(read.data(), read.data() + read.size(), value);
    if (error != std::errc{} || end != read.data() + read.size()) well_ = false;
    return value;
  }
  const Reply* field = take(Reply::Kind::integer);
  if (field == nullptr) return 0;
  if (field->integer < 0) well_ = false;
  return static_cast<std::uint64_t>(field->integer);
}

std::string Fields::text() {
  const Reply* field = take(Reply::Kind::string);
  return field != nullptr ? field->text : std::string();
}

std::optional<std::uint64_t> Fields::number_or_none() {
  if (!at_end() && fields_[next_].kind == Reply::Kind::string && fields_[next_].text.empty()) {
    ++next_;
    return std::nullopt;
  }
  return number();
}

boundary::Instant Fields::instant() {
  return to_instant(static_cast<std::int64_t>(number()));
}

std::optional<boundary::Instant> Fields::instant_or_none() {
  const auto read = number_or_none();
  if (!read) return std::nullopt;
  return to_instant(static_cast<std::int64_t>(*read));
}

const std::vector<Reply>& Fields::list() {
  static const std::vector<Reply> kEmpty;
  const Reply* field = take(Reply::Kind::array);
  return field != nullptr ? field->elements : kEmpty;
}

std::string join(const std::vector<std::uint32_t>& devices) {
  std::string out;
  for (const std::uint32_t device : devices) {
    if (!out.empty()) out += ',';
    out += std::to_string(device);
  }
  return out;
}

bool is_device_set(std::vector<std::uint32_t> devices) {
  std::sort(devices.begin(), devices.end());
  return (devices.empty() || devices.front() != 0) &&
         std::adjacent_find(devices.begin(), devices.end()) == devices.end();
}

namespace {

// "from:until:reason" with instants in ms; empty text is no pause.
std::optional<LanePause> read_pause(Fields& fields) {
  const std::string text = fields.text();
  if (text.empty()) return std::nullopt;
  const char* const end = text.data() + text.size();
  std::int64_t from = 0;
  std::int64_t until = 0;
  const auto [colon, bad_from] = std::from_chars(text.data(), end, from);
  if (bad_from == std::errc{} && colon != end && *colon == ':') {
    const auto [rest, bad_until] = std::from_chars(colon + 1, end, until);
    if (bad_until == std::errc{} && rest != end && *rest == ':') {
      return LanePause{{to_instant(from), to_instant(until)}, std::string(rest + 1, end)};
    }
  }
  fields.reject();
  return std::nullopt;
}

}  // namespace

RelationshipFacts read_facts(Fields& fields) {
  Fields inner(fields.list());
  RelationshipFacts facts;
  facts.id = inner.hex_id<RelationshipId>();
  facts.therapist = inner.hex_id<AccountId>();
  facts.client = inner.hex_id<AccountId>();
  const auto state = boundary::parse_relationship_state(inner.text());
  facts.state = state.value_or(boundary::RelationshipState::severed);
  facts.policy_version = inner.number();
  facts.revision = inner.number();
  facts.ends_at = inner.instant_or_none();
  facts.routine_pause = read_pause(inner);
  facts.logistics_pause = read_pause(inner);
  const std::string agreement = inner.text();
  if (!agreement.empty()) facts.agreement = inner.exactly<32>(agreement);
  facts.hours_version = inner.number();
  facts.therapist_leaving = inner.number() == 1;
  facts.agreement_revoked = inner.number() == 1;
  if (!inner.well() || !state) fields.reject();
  return facts;
}

void add_message_names(FunctionCall& call, const keys::Practice& names) {
  call.key(names.account_prefix()).key(names.queues_prefix()).key(names.queue_prefix());
  call.key(names.sent_prefix()).key(names.relationship_prefix()).key(names.notices_prefix());
}

void add_validity(FunctionCall& call, const Validity& validity) {
  call.arg(to_hex(validity.therapist)).arg(std::to_string(validity.revision));
  call.arg(std::to_string(validity.policy_version)).arg(std::to_string(validity.hours_version));
  call.number(validity.span.from.time_since_epoch().count());
  call.number(validity.span.until.time_since_epoch().count());
}

bool is_in_bounds(const Trail& trail) {
  const auto fits = [](const NewNotice& notice) {
    return !notice.account.is_none() && !notice.bytes.empty() &&
           notice.bytes.size() <= kNoticeBytesMax;
  };
  return trail.audit.size() <= kAuditBytesMax && trail.notices.size() <= kTrailNoticesMax &&
         std::all_of(trail.notices.begin(), trail.notices.end(), fits);
}

void add_notices(FunctionCall& call, std::vector<NewNotice> notices) {
  for (NewNotice& notice : notices) call.arg(to_hex(notice.account)).arg(std::move(notice.bytes));
}

std::optional<std::array<std::string, 9>> split_form(const ReturnForm& form) {
  std::array<std::string, 9> parts;
  for (std::size_t lane = 0; lane < form.by_lane.size(); ++lane) {
    const std::string_view bytes = form.by_lane[lane];
    if (bytes.empty()) continue;
    const std::size_t relationship = bytes.find(kRelationshipHole);
    const std::size_t message = bytes.find(kMessageHole);
    if (bytes.size() > kNoticeBytesMax || message == bytes.npos || relationship > message ||
        bytes.rfind(kRelationshipHole) != relationship || bytes.rfind(kMessageHole) != message) {
      return std::nullopt;
    }
    const std::size_t between = relationship + kRelationshipHole.size();
    parts[3 * lane] = bytes.substr(0, relationship);
    parts[3 * lane + 1] = bytes.substr(between, message - between);
    parts[3 * lane + 2] = bytes.substr(message + kMessageHole.size());
  }
  return parts;
}

}  // namespace holdspace::storage
