// Every key that Holdspace has in Redis: name, type, content and life, in one table. Nothing else
// spells a key. docs/adr/0004-practice-hash-tag.md says why the practice is the hash tag.
//
// No key has a Redis TTL: a clock that jumps would delete what was promised to be kept.
// Ids are written as 32 hexadecimal digits, devices as decimals.
#pragma once

#include <string>
#include <string_view>

#include "boundary/names.hpp"
#include "storage/ids.hpp"
#include "storage/queue_store.hpp"

namespace holdspace::storage::keys {

// string, 16 bytes: the store's epoch. Life: the store's.
inline constexpr std::string_view kStoreEpoch = "hs:epoch";

// string, 16 bytes: the practice of an invite; written before the record that decides. Life: until
// the invite is used or revoked; a lapsed one may stay and points to nothing.
[[nodiscard]] inline std::string invite_pointer(const InviteId& invite) {
  return "hs:invite:{" + to_hex(invite) + "}";
}

// pub/sub channel: hints for one run of a gateway. Nothing is stored.
[[nodiscard]] inline std::string hint_channel(const GatewayId& gateway) {
  return "hs:hint:" + to_hex(gateway);
}

// Names within one practice: all in one slot.
class Practice {
 public:
  explicit Practice(const PracticeId& id) : start_("hs:{" + to_hex(id) + "}:") {}

  // hash {first_invite, created_at ms}. Life: the practice's.
  [[nodiscard]] std::string practice() const { return start_ + "practice"; }

  // hash {claim_key, packet, role, relationship, inviter, expires_at ms, tries}. Life: until used,
  // revoked or burnt; an expired one until its inviter makes another.
  [[nodiscard]] std::string invite_prefix() const { return start_ + "invite:"; }
  [[nodiscard]] std::string invite(const InviteId& id) const {
    return invite_prefix() + to_hex(id);
  }

  // sorted set, invite id -> expires_at ms: the open invites of an inviter (zeros: the operator).
  [[nodiscard]] std::string open_invites(const AccountId& inviter) const {
    return start_ + "open_invites:" + to_hex(inviter);
  }

  // hash {role, list, epoch, active "1,2", revoked "3", invite, cert:<device>}. Life: the
  // account's.
  [[nodiscard]] std::string account(const AccountId& id) const {
    return start_ + "account:" + to_hex(id);
  }

  // set of relationship ids. Life: the account's.
  [[nodiscard]] std::string relationships(const AccountId& id) const {
    return start_ + "relationships:" + to_hex(id);
  }

  // hash, device -> gateway id and session id, 32 bytes. Life: until the session ends.
  [[nodiscard]] std::string connected(const AccountId& id) const {
    return start_ + "connected:" + to_hex(id);
  }

  // hash {therapist, client, state}. Life: the practice's; an invited one goes with its invite.
  [[nodiscard]] std::string relationship_prefix() const { return start_ + "relationship:"; }
  [[nodiscard]] std::string relationship(const RelationshipId& id) const {
    return relationship_prefix() + to_hex(id);
  }

  // hash {version, v1, v2, ...} of a therapist; versions never change. Life: the account's.
  [[nodiscard]] std::string policy_prefix() const { return start_ + "policy:"; }
  [[nodiscard]] std::string policy(const AccountId& therapist) const {
    return policy_prefix() + to_hex(therapist);
  }

 protected:
  std::string start_;
};

// Names of one device. Life, all of them: until the device is revoked, or as said.
class Device : public Practice {
 public:
  Device(const PracticeId& practice, const DeviceRef& device)
      : Practice(practice),
        device_(start_ + "device:" + to_hex(device.account) + ":" + std::to_string(device.device) +
                ":") {}

  // string: the signed prekey set.
  [[nodiscard]] std::string prekey_set() const { return device_ + "prekey_set"; }
  // hash, key id -> signed one-time key; a key until it is quoted or its reservation lapses.
  [[nodiscard]] std::string one_time_keys() const { return device_ + "one_time_keys"; }
  // list of key ids that nobody has reserved, oldest first.
  [[nodiscard]] std::string free_keys() const { return device_ + "free_keys"; }
  // hash, "<account>:<device>" that fetches -> "bucket full at ms:reserved key id:reserved at ms".
  [[nodiscard]] std::string key_requests() const { return device_ + "key_requests"; }

  // hash, message id (16 bytes) -> send hash, instant, verdict: the duplicate records; 65 days.
  [[nodiscard]] std::string sent() const { return device_ + "sent"; }
  // list of message ids (16 bytes), oldest first; as `sent`.
  [[nodiscard]] std::string sent_order() const { return device_ + "sent_order"; }

  // hash, sub-queue name -> "last:count:bytes:first". Outlives the entries: a seq is never reused.
  [[nodiscard]] std::string queues() const { return device_ + "queues"; }
  // set of the names of sub-queues that have entries.
  [[nodiscard]] std::string waiting() const { return device_ + "waiting"; }
  // stream, id "<seq>-0", field e = serialised Direct. An entry until it is acked; the stream while
  // it has entries.
  [[nodiscard]] std::string queue_prefix() const { return device_ + "queue:"; }
  [[nodiscard]] std::string queue(const std::string& sub_queue) const {
    return queue_prefix() + sub_queue;
  }

 private:
  std::string device_;
};

// "<relationship>:<lane>:<peer|own>", the name of a sub-queue within its device.
[[nodiscard]] inline std::string sub_queue(const SubQueue& queue) {
  return to_hex(queue.relationship) + ":" + std::string(boundary::name(queue.lane)) +
         (queue.origin == Origin::own ? ":own" : ":peer");
}

}  // namespace holdspace::storage::keys
