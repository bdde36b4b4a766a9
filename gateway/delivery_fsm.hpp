// What goes to one logged-in device, when: which sub-queues wait behind an open gate, how much may
// be under way, which acks count. Facts in, the next action out: no I/O, no clock, no policy;
// delivery.cpp performs the actions. docs/architecture.md sections 1 and 3, docs/protocol.md
// section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "boundary/time.hpp"
#include "storage/queue_store.hpp"

namespace holdspace::gateway {

// Pushed and not yet acknowledged, for each session: enough to fill a link for a round trip, little
// enough to hold in memory.
inline constexpr std::size_t kWindowEnvelopes = 64;
inline constexpr std::size_t kWindowBytes = 1024UL * 1024;
// One Deliver frame, under the wire's 96 KiB with room for its own fields.
inline constexpr std::size_t kDeliverItems = 16;
inline constexpr std::size_t kDeliverBytes = 90UL * 1024;

// What the boundary said about the next entry of one sub-queue, under what, and until when it
// stands. It holds for all that was accepted under the same version of the policy or an earlier
// one: a kept promise opens to earlier messages what is shut to later ones, never the reverse.
struct GateView {
  bool open = false;
  storage::Validity validity;
};

struct PushedEnvelope {
  std::uint64_t seq = 0;
  std::size_t bytes = 0;
};

// Paused: the store's time is not to be relied on, so nothing that is gated is pushed.
enum class Releases : std::uint8_t { run, paused };

struct DeliveryAction {
  enum class Kind : std::uint8_t {
    list,     // ask the store which sub-queues hold something
    judge,    // ask the boundary about what was accepted under `accepted_version` in `queue`, whose
              // relationship is `facts`
    read,     // read `queue` after `after_seq`, at most `items_max` and about `bytes_max`, nothing
              // accepted after `accepted_version`; push what comes
    drained,  // tell the device that its backlog is done
    sleep,    // nothing until `wake` (none: until an event)
  };
  Kind kind = Kind::sleep;
  storage::SubQueue queue{};
  storage::RelationshipFacts facts{};
  std::uint64_t accepted_version = 0;  // of the therapist's policy
  storage::Validity validity{};        // read: of the gate as judged
  std::uint64_t after_seq = 0;
  std::size_t items_max = 0;
  std::size_t bytes_max = 0;
  // read: from a backlog, which waits for its turn behind those of others. Never urgent, and never
  // what just came.
  bool backlog = false;
  std::optional<boundary::Instant>
      opened_at{};  // read: the first one after an opening, and when that was
  std::optional<boundary::Instant> wake{};
};

// One session, one thread.
class DeliveryFsm {
 public:
  // `now` is the store's clock. Call again after each event; the answer is to be performed before
  // the next call.
  [[nodiscard]] DeliveryAction next(boundary::Instant now, Releases releases = Releases::run);

  // The answer to `list`: every sub-queue that holds something, acknowledged or not.
  void listed(std::span<const storage::PendingQueue> queues);
  // The answer to `judge`.
  void judged(const storage::SubQueue& queue, const GateView& gate);
  // Whether the last answer was an open gate.
  [[nodiscard]] bool open(const storage::SubQueue& queue) const;
  // The answer to `read`: pushed in this order. `last`: the store had no more.
  enum class Rest : std::uint8_t { last, more };
  void pushed(const storage::SubQueue& queue, std::span<const PushedEnvelope> envelopes, Rest rest);
  // `read` ended before an entry that was accepted under the later `version`: it is judged for
  // itself.
  void kept_back(const storage::SubQueue& queue, std::uint64_t version);
  // The store did not answer: the same action comes again.
  void list_failed();
  void read_failed(const storage::SubQueue& queue);
  // The store says that the verdict no longer stands: look at the facts and judge again.
  void stale(const storage::SubQueue& queue);

  // A hint that names no queue, or a poll: something may be new. Verdicts of shut gates are
  // forgotten, because a new policy may open them earlier.
  void look_again();
  // A hint that names the queue.
  void look_at(const storage::SubQueue& queue);

  // What an ack of this envelope is worth in this session.
  enum class AckState : std::uint8_t {
    awaited,  // pushed, not yet acknowledged
    done,     // acknowledged before: once more is harmless
    never,    // not pushed in this session
  };
  [[nodiscard]] AckState ack_state(const storage::SubQueue& queue, std::uint64_t seq) const;
  // Around the store's removal of acknowledged envelopes: a list that was made meanwhile may lack
  // them.
  void ack_began() { ++acks_running_; }
  void ack_ended() { --acks_running_; }
  void acknowledged(const storage::SubQueue& queue, std::uint64_t seq);

  [[nodiscard]] std::size_t under_way() const { return under_way_count_; }

 private:
  struct State {
    storage::RelationshipFacts facts;
    bool listed = false;          // facts are known
    bool behind = false;          // the last read left something
    bool unread = false;          // may hold envelopes beyond pushed_to
    std::uint64_t pushed_to = 0;  // the highest seq pushed in this session
    std::uint64_t version = 0;    // no later than that under which the next entry was accepted
    std::optional<GateView> gate;
    std::optional<boundary::Instant>
        shut_until;  // was found shut; its backlog waits for this opening
    std::optional<boundary::Instant> opened_at;     // opened, and nothing read since
    std::map<std::uint64_t, std::size_t> awaiting;  // bytes by seq
  };

  // Urgent overtakes the others, never the reverse.
  struct UrgentFirst {
    bool operator()(const storage::SubQueue& a, const storage::SubQueue& b) const;
  };

  static void move_version(State& state, std::uint64_t version);
  [[nodiscard]] bool room() const;
  [[nodiscard]] DeliveryAction read_action(const storage::SubQueue& queue, State& state) const;

  std::map<storage::SubQueue, State, UrgentFirst> queues_;
  bool list_due_ = true;
  bool drained_due_ = true;
  std::size_t acks_running_ = 0;
  std::size_t under_way_count_ = 0;
  std::size_t under_way_bytes_ = 0;
};

}  // namespace holdspace::gateway
