// Every key that Holdspace has in Redis: name, type, content and life, in one table. Nothing else
// spells a key. docs/adr/0004-practice-hash-tag.md says why the practice is the hash tag.
//
// No key has a Redis TTL: a clock that jumps would delete what was promised to be kept.
// Ids are written as 32 hexadecimal digits, devices as decimals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "boundary/names.hpp"
#include "storage/ids.hpp"
#include "storage/queue_store.hpp"

namespace holdspace::storage::keys {

// string, 16 bytes: the store's epoch. Life: the store's.
inline constexpr std::string_view kStoreEpoch = "hs:epoch";

// sorted set of practice ids, all of score 0: every practice of the store. Life: the store's.
inline constexpr std::string_view kPractices = "hs:practices";

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

  // hash {role, list, epoch, active "1,2", revoked "3", invite, leaving, cert:<device>}. Life: the
  // account's.
  [[nodiscard]] std::string account_prefix() const { return start_ + "account:"; }
  [[nodiscard]] std::string account(const AccountId& id) const {
    return account_prefix() + to_hex(id);
  }
  // set of account ids. Life: the practice's.
  [[nodiscard]] std::string accounts() const { return start_ + "accounts"; }

  // set of relationship ids. Life: the account's.
  [[nodiscard]] std::string relationships(const AccountId& id) const {
    return start_ + "relationships:" + to_hex(id);
  }

  // hash, device -> gateway id and session id, 32 bytes. Life: until the session ends.
  [[nodiscard]] std::string connected(const AccountId& id) const {
    return start_ + "connected:" + to_hex(id);
  }

  // hash {therapist, client, state, revision, ends_at, pause:<lane>, agreement, hours_version,
  // leaving, sig:<role>, period:<lane>:<direction>}. Life: the practice's; an invited one goes with
  // its invite.
  [[nodiscard]] std::string relationship_prefix() const { return start_ + "relationship:"; }
  [[nodiscard]] std::string relationship(const RelationshipId& id) const {
    return relationship_prefix() + to_hex(id);
  }

  // hash {version, held_count, v1, m1, v2, m2, ...} of its owner (zeros: the practice); versions
  // never change. Life: the owner's.
  [[nodiscard]] std::string policy_prefix() const { return start_ + "policy:"; }
  [[nodiscard]] std::string policy(const AccountId& owner) const {
    return policy_prefix() + to_hex(owner);
  }

  // hash {base, document, meta}: a policy version that waits for its owner. Life: until one is
  // applied, or it is rejected.
  [[nodiscard]] std::string proposal(const AccountId& owner) const {
    return start_ + "proposal:" + to_hex(owner);
  }

  // set of "<account>:<account>", the smaller first: who may not have a relationship. Life: a pair
  // until it is struck.
  [[nodiscard]] std::string conflicts() const { return start_ + "conflicts"; }

  // hash {last, first, acked, c<device>, o<relationship>:<lane>, <id>}: notices to an account.
  // Life: a notice until every active device has acknowledged it or 90 days have passed, at most
  // kNoticesMax.
  [[nodiscard]] std::string notices_prefix() const { return start_ + "notices:"; }
  [[nodiscard]] std::string notices(const AccountId& id) const {
    return notices_prefix() + to_hex(id);
  }

  // list of audit records, oldest first. Life: the practice's.
  [[nodiscard]] std::string audit() const { return start_ + "audit"; }
  // hash {count, at, head, signature}: the newest signed word about them. Life: the practice's.
  [[nodiscard]] std::string audit_checkpoint() const { return start_ + "audit_checkpoint"; }

  // hash {newest, complete, strays, walked, moved}: by which version of the time-zone database the
  // promises stand (lua/zone_data.lua). Life: the practice's.
  [[nodiscard]] std::string zone_data() const { return start_ + "zone_data"; }

  // sorted set, "<account>:<device>:<sub-queue>" -> ms at which to look whether its oldest entry
  // has waited too long. Life: a member until it is looked at and the sub-queue is empty.
  [[nodiscard]] std::string expiry() const { return start_ + "expiry"; }

  // The rest is of one device, "<account>:<device>". Life, all of it: until the device is revoked,
  // or as said.

  // string: the signed prekey set.
  [[nodiscard]] std::string prekey_set_prefix() const { return start_ + "prekey_set:"; }
  // hash, key id -> signed one-time key; a key until it is quoted or its reservation lapses.
  [[nodiscard]] std::string one_time_keys_prefix() const { return start_ + "one_time_keys:"; }
  // list of key ids that nobody has reserved, oldest first.
  [[nodiscard]] std::string free_keys_prefix() const { return start_ + "free_keys:"; }
  // hash, "<account>:<device>" that fetches -> "bucket full at ms:reserved key id:reserved at ms".
  [[nodiscard]] std::string key_requests_prefix() const { return start_ + "key_requests:"; }

  // hash, message id (16 bytes) -> what became of it (lua/sent.lua): the duplicate records; 65
  // days.
  [[nodiscard]] std::string sent_prefix() const { return start_ + "sent:"; }
  // list of message ids (16 bytes), oldest first; as `sent`.
  [[nodiscard]] std::string sent_order_prefix() const { return start_ + "sent_order:"; }
  // hash, "<relationship>:<lane>" -> "version:promise ms or none:accepted at ms" of the newest held
  // message. A field until its release was told.
  [[nodiscard]] std::string promises_prefix() const { return start_ + "promises:"; }

  // hash, sub-queue name -> state (lua/sub_queues.lua). Outlives the entries: a position is never
  // given out twice.
  [[nodiscard]] std::string queues_prefix() const { return start_ + "queues:"; }
  // set of the names of sub-queues that have entries. A name leaves when it is found empty.
  [[nodiscard]] std::string waiting_prefix() const { return start_ + "waiting:"; }
  // hash, "<position>" -> serialised Direct, "m<position>" -> record; the name goes on with
  // ":<sub-queue>". An entry until it is acked, withdrawn, returned or expired.
  [[nodiscard]] std::string queue_prefix() const { return start_ + "queue:"; }

 protected:
  std::string start_;
};

// "<account>:<device>", the end of the names above and of members.
[[nodiscard]] inline std::string device_name(const DeviceRef& device) {
  return to_hex(device.account) + ":" + std::to_string(device.device);
}

// Names of one device.
class Device : public Practice {
 public:
  Device(const PracticeId& practice, const DeviceRef& device)
      : Practice(practice), name_(device_name(device)) {}

  [[nodiscard]] std::string prekey_set() const { return prekey_set_prefix() + name_; }
  [[nodiscard]] std::string one_time_keys() const { return one_time_keys_prefix() + name_; }
  [[nodiscard]] std::string free_keys() const { return free_keys_prefix() + name_; }
  [[nodiscard]] std::string key_requests() const { return key_requests_prefix() + name_; }
  [[nodiscard]] std::string sent() const { return sent_prefix() + name_; }
  [[nodiscard]] std::string sent_order() const { return sent_order_prefix() + name_; }
  [[nodiscard]] std::string promises() const { return promises_prefix() + name_; }
  [[nodiscard]] std::string queues() const { return queues_prefix() + name_; }
  [[nodiscard]] std::string waiting() const { return waiting_prefix() + name_; }
  // What the names of its queues begin with; a sub-queue's name follows.
  [[nodiscard]] std::string queue_start() const { return queue_prefix() + name_ + ":"; }
  [[nodiscard]] std::string queue(const std::string& sub_queue) const {
    return queue_start() + sub_queue;
  }

 private:
  std::string name_;
};

// "<relationship>:<lane>:<peer|own>", the name of a sub-queue within its device.
[[nodiscard]] inline std::string sub_queue(const SubQueue& queue) {
  return to_hex(queue.relationship) + ":" + std::string(boundary::name(queue.lane)) +
         (queue.origin == Origin::own ? ":own" : ":peer");
}

// The name back to its parts; nothing for any other text.
[[nodiscard]] inline std::optional<SubQueue> parse_sub_queue(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  if (name.size() < 35 || name[32] != ':' || colon <= 32) return std::nullopt;
  const auto relationship = parse_hex_id<RelationshipId>(name.substr(0, 32));
  const auto lane = boundary::parse_lane(name.substr(33, colon - 33));
  const std::string_view origin = name.substr(colon + 1);
  if (!relationship || !lane || (origin != "own" && origin != "peer")) return std::nullopt;
  return SubQueue{*relationship, *lane, origin == "own" ? Origin::own : Origin::peer};
}

}  // namespace holdspace::storage::keys
