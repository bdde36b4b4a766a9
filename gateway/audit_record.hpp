// The record that a transition leaves in the ledger: who did what to which thing. No content, no
// words of a person. Not the ledger: storage/audit_store.hpp. docs/operations.md, "Audit".
#pragma once

#include <cstdint>
#include <string>

#include "holdspace/v1/frame.pb.h"
#include "storage/ids.hpp"

namespace holdspace::gateway {

// `actor`: none for the service itself. `object`: the account or relationship acted upon.
// `detail`: the enumerator that the action has. `other`: the second account, where the action is
// about two.
template <class Tag>
[[nodiscard]] std::string audit_record(const storage::DeviceRef& actor,
                                       v1::AuditRecord::Action action,
                                       const storage::Id<Tag>& object, int detail = 0,
                                       std::uint64_t policy_version = 0,
                                       storage::AccountId other = {}) {
  v1::AuditRecord record;
  record.set_actor_account_id(storage::to_bytes(actor.account));
  record.set_actor_device_id(actor.device);
  record.set_action(action);
  record.set_object_id(storage::to_bytes(object));
  record.set_policy_version(policy_version);
  record.set_detail(static_cast<std::uint32_t>(detail));
  if (!other.is_none()) record.set_other_id(storage::to_bytes(other));
  return record.SerializeAsString();
}

}  // namespace holdspace::gateway
