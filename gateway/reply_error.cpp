// See reply_error.hpp. No switch has a default: a new enumerator breaks the build here, where its
// code must be chosen.
#include "gateway/reply_error.hpp"

#include "boundary/names.hpp"
#include "gateway/fields.hpp"

namespace holdspace::gateway {
namespace {

v1::Error with_text(v1::ErrorCode code, std::string field, std::string text) {
  auto error = make_error(code);
  error.set_field(std::move(field));
  error.set_text(std::move(text));
  return error;
}

void add_refs(google::protobuf::RepeatedPtrField<v1::DeviceRef>& out,
              const std::vector<storage::DeviceRef>& refs) {
  for (const auto& ref : refs) {
    auto* wire = out.Add();
    wire->set_account_id(storage::to_bytes(ref.account));
    wire->set_device_id(ref.device);
  }
}

v1::Error mismatch(const storage::DeviceSetMismatch& difference) {
  auto error = make_error(v1::MISMATCH);
  auto& wire = *error.mutable_mismatch();
  add_refs(*wire.mutable_missing(), difference.missing);
  add_refs(*wire.mutable_extra(), difference.extra);
  add_refs(*wire.mutable_stale(), difference.stale);
  wire.set_peer_epoch(difference.peer_epoch);
  wire.set_own_epoch(difference.own_epoch);
  return error;
}

}  // namespace

v1::Error make_error(v1::ErrorCode code) {
  v1::Error error;
  error.set_code(code);
  return error;
}

v1::Error invalid_field(std::string field) {
  return with_text(v1::INVALID_ARGUMENT, std::move(field),
                   "missing, out of range or of the wrong length");
}

v1::Error rate_limited(std::chrono::milliseconds retry_after) {
  auto error = make_error(v1::RATE_LIMITED);
  error.set_retry_after_ms(static_cast<std::uint64_t>(retry_after.count()));
  return error;
}

v1::Error unavailable() {
  auto error = make_error(v1::UNAVAILABLE);
  error.set_retry_after_ms(static_cast<std::uint64_t>(kRetryUnavailable.count()));
  return error;
}

v1::Error to_error(const BadFrame& fault) {
  switch (fault.kind) {
    case BadFrameKind::enum_newer:
      return with_text(v1::UNSUPPORTED_VERSION, fault.path, "not known to this gateway");
    case BadFrameKind::too_many:
      return with_text(v1::INVALID_ARGUMENT, fault.path, "too many");
    case BadFrameKind::enum_invalid:
    case BadFrameKind::negative:
    case BadFrameKind::text:
    case BadFrameKind::no_body:
    case BadFrameKind::malformed:
    case BadFrameKind::group:
    case BadFrameKind::unknown_fields:
    case BadFrameKind::merged:
      return invalid_field(fault.path);
  }
  return invalid_field(fault.path);
}

v1::Error to_error(boundary::Reason reason, const v1::Verdict& verdict) {
  const bool over = reason == boundary::Reason::relationship_ended ||
                    reason == boundary::Reason::relationship_severed;
  auto error = make_error(over ? v1::ENDED : v1::REFUSED);
  *error.mutable_verdict() = verdict;
  return error;
}

v1::Error agreement_needed(const std::optional<storage::AgreementHash>& wanted) {
  auto error = make_error(v1::AGREEMENT_NEEDED);
  if (wanted) error.set_agreement_hash(to_string(*wanted));
  return error;
}

v1::Error to_error(const boundary::PolicyError& error, const std::string& prefix) {
  auto text = std::string(boundary::describe(error.rule));
  if (!error.other.empty()) text += " (" + error.other + ")";
  return with_text(v1::INVALID_ARGUMENT, prefix + "." + error.field, std::move(text));
}

v1::Error to_error(const PolicyFieldFault& fault, const std::string& prefix) {
  return invalid_field(prefix + "." + fault.field);
}

v1::Error to_error(crypto::StatementError error, std::string field) {
  switch (error) {
    case crypto::StatementError::malformed:
    case crypto::StatementError::wrong_type:
    case crypto::StatementError::wrong_signer:
    case crypto::StatementError::bad_signature:
      return with_text(v1::INVALID_ARGUMENT, std::move(field),
                       "not a statement signed by its owner");
  }
  return invalid_field({});
}

v1::Error to_error(crypto::SuccessionError error) {
  switch (error) {
    case crypto::SuccessionError::other_account:
    case crypto::SuccessionError::rewritten:
      return invalid_field("replace_devices.device_list");
    case crypto::SuccessionError::same:
    case crypto::SuccessionError::stale:
    case crypto::SuccessionError::broken_chain:
    case crypto::SuccessionError::gap:
      return make_error(v1::STALE_LIST);
  }
  return make_error(v1::STALE_LIST);
}

v1::Error to_error(storage::CommandError error) {
  switch (error) {
    case storage::CommandError::unavailable:
    case storage::CommandError::corrupt:  // nothing was written; an operator must look
      return unavailable();
    case storage::CommandError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(const storage::AcceptFault& fault) {
  switch (fault.error) {
    case storage::AcceptError::displaced:
      return make_error(v1::UNAUTHENTICATED);
    case storage::AcceptError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::AcceptError::conflict:
      return make_error(v1::CONFLICT);
    case storage::AcceptError::stale:  // three decisions in a row were overtaken
      return unavailable();
    case storage::AcceptError::mismatch:
      return mismatch(fault.mismatch);
    case storage::AcceptError::quota:
      return with_text(v1::QUOTA, {}, std::to_string(fault.queued) + " messages wait");
    case storage::AcceptError::invalid:
      return invalid_field("send");
    case storage::AcceptError::unavailable:
    case storage::AcceptError::corrupt:
      return unavailable();
    case storage::AcceptError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::AckError error) {
  switch (error) {
    case storage::AckError::invalid:
      return invalid_field("ack.items");
    case storage::AckError::unavailable:
    case storage::AckError::corrupt:
      return unavailable();
    case storage::AckError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::RelationshipError error) {
  switch (error) {
    case storage::RelationshipError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::RelationshipError::unavailable:
    case storage::RelationshipError::uncertain:  // a read: asking again is right
    case storage::RelationshipError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::ListRelationshipsError error) {
  switch (error) {
    case storage::ListRelationshipsError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::ListRelationshipsError::unavailable:
    case storage::ListRelationshipsError::uncertain:
    case storage::ListRelationshipsError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::PublishPrekeysError error) {
  switch (error) {
    case storage::PublishPrekeysError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::PublishPrekeysError::invalid:
      return invalid_field("publish_prekeys");
    case storage::PublishPrekeysError::unavailable:
    case storage::PublishPrekeysError::corrupt:
      return unavailable();
    case storage::PublishPrekeysError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(const storage::FetchPrekeysFault& fault) {
  switch (fault.error) {
    case storage::FetchPrekeysError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FetchPrekeysError::rate_limited:
      return rate_limited(fault.retry_after);
    case storage::FetchPrekeysError::invalid:
      return invalid_field("fetch_prekeys.device_ids");
    case storage::FetchPrekeysError::unavailable:
    case storage::FetchPrekeysError::corrupt:
      return unavailable();
    case storage::FetchPrekeysError::uncertain:  // a key may be reserved: the next fetch gets the
                                                 // same one
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::FetchDevicesError error) {
  switch (error) {
    case storage::FetchDevicesError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FetchDevicesError::unavailable:
    case storage::FetchDevicesError::uncertain:
    case storage::FetchDevicesError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::ReplaceDevicesError error) {
  switch (error) {
    case storage::ReplaceDevicesError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::ReplaceDevicesError::stale_list:
      return make_error(v1::STALE_LIST);
    case storage::ReplaceDevicesError::invalid:
      return invalid_field("replace_devices");
    case storage::ReplaceDevicesError::unavailable:
    case storage::ReplaceDevicesError::corrupt:
      return unavailable();
    case storage::ReplaceDevicesError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::CreateInviteError error) {
  switch (error) {
    case storage::CreateInviteError::permission_denied:
      return make_error(v1::PERMISSION_DENIED);
    case storage::CreateInviteError::invalid:
      return invalid_field("create_invite");
    case storage::CreateInviteError::quota:
      return make_error(v1::QUOTA);
    case storage::CreateInviteError::conflict:
      return make_error(v1::CONFLICT);
    case storage::CreateInviteError::unavailable:
    case storage::CreateInviteError::corrupt:
      return unavailable();
    case storage::CreateInviteError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::InviteError error) {
  switch (error) {
    case storage::InviteError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::InviteError::unavailable:
    case storage::InviteError::corrupt:
      return unavailable();
    case storage::InviteError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

std::string_view name(v1::ErrorCode code) {
  return v1::ErrorCode_Name(code);
}

std::string_view name(BadFrameKind kind) {
  switch (kind) {
    case BadFrameKind::malformed:
      return "malformed";
    case BadFrameKind::group:
      return "group";
    case BadFrameKind::unknown_fields:
      return "unknown_fields";
    case BadFrameKind::merged:
      return "merged";
    case BadFrameKind::too_many:
      return "too_many";
    case BadFrameKind::enum_invalid:
      return "enum_invalid";
    case BadFrameKind::enum_newer:
      return "enum_newer";
    case BadFrameKind::negative:
      return "negative";
    case BadFrameKind::text:
      return "text";
    case BadFrameKind::no_body:
      return "no_body";
  }
  return "unknown";
}

std::string_view name(storage::CommandError error) {
  switch (error) {
    case storage::CommandError::unavailable:
      return "unavailable";
    case storage::CommandError::uncertain:
      return "uncertain";
    case storage::CommandError::corrupt:
      return "corrupt";
  }
  return "unknown";
}

}  // namespace holdspace::gateway
