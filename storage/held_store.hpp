// What is held: messages that were accepted into a shut gate and that no device of their recipient
// has been given yet. Taken back by their senders, returned to them, listed; and the promises that
// a sending device has been told. docs/boundary.md, "While it is held".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Specification (frame.proto): a page of the list, and messages disposed of in one call.
inline constexpr std::size_t kHeldPerPage = 256;
inline constexpr std::size_t kReturnsMax = 64;

// Names a held message without naming the device that sent it.
struct HeldName {
  RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
  MessageId message;

  friend bool operator==(const HeldName&, const HeldName&) = default;
};

struct HeldMessage {
  HeldName name;
  std::uint32_t sending_device = 0;  // of the direction's sender
  boundary::Instant accepted_at{};
  std::optional<boundary::Instant> promise;  // as told at acceptance; none: no opening was in sight
  std::uint64_t policy_version = 0;          // under which it was accepted
};

struct HeldPage {
  // How many messages were ever accepted as held in the account's relationships. If it is still so
  // when its policy is applied, nothing was accepted in between.
  std::uint64_t held_count = 0;
  std::vector<HeldMessage> messages;  // by relationship, direction and lane, oldest first
  std::string next;                   // for the next page; empty: this was the last
};

// The newest promise to a device in one relationship and lane.
struct DevicePromise {
  RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  std::uint64_t policy_version = 0;
  std::optional<boundary::Instant> promise;  // none: no opening was in sight
  boundary::Instant accepted_at{};           // of the newest held message

  friend bool operator==(const DevicePromise&, const DevicePromise&) = default;
};

// The gate has opened for what a device had sent.
struct OpeningNotice {
  boundary::Instant opened_at{};
  std::string bytes;  // serialised, 1..kNoticeBytesMax
};

// What became of a promise.
enum class PromiseSettled : std::uint8_t {
  told,       // the account has a notice of its opening
  known,      // none was wanted, or another device's promise has had this opening told
  overtaken,  // a newer promise has taken its place
  no_room,    // the notices of the account are full: it stands, try again later
};

// What the sending device's record says of a message.
struct SentMessage {
  bool held = false;     // accepted into a shut gate
  bool is_gone = false;  // withdrawn, or gone back
  boundary::Instant accepted_at{};
  boundary::Lane lane = boundary::Lane::routine;
  std::string verdict;  // serialised, as told
};

enum class FindSentError : std::uint8_t {
  not_found,  // the device sent no such message in this relationship, or longer than 65 days ago
  unavailable,
  uncertain,
  corrupt,
};

enum class WithdrawError : std::uint8_t {
  not_found,         // the device sent no such message in this relationship, or it was never held
  already_released,  // a device of the recipient has been given it
  quota,             // the notices of an account are full
  invalid,           // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class ReturnError : std::uint8_t {
  quota,    // the notices of an account are full
  invalid,  // no message or more than kReturnsMax, or a bound of the trail or the form is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class ListHeldError : std::uint8_t {
  not_found,  // no such account
  invalid,    // `most` is 0 or beyond kHeldPerPage
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class HeldStore {
 public:
  explicit HeldStore(ConnectionPool& pool) : pool_(pool) {}

  // Takes a held message back from every device that has not been given it, so that the recipient
  // has no trace of it; an own device that has its copy already keeps it. Of a withdrawal and a
  // read at once one is first. Answers how many copies went; 0 when it was withdrawn or returned
  // before.
  [[nodiscard]] Answer<std::uint32_t, WithdrawError> withdraw(PracticeId practice, DeviceRef sender,
                                                              RelationshipId relationship,
                                                              MessageId message, Trail trail,
                                                              Deadline deadline);

  // Returns those of `messages` that are still held, without a trace at the recipient, and tells
  // each sender by `form`. Answers how many; with 0 nothing was written, the trail neither.
  [[nodiscard]] Answer<std::uint32_t, ReturnError> return_held(PracticeId practice,
                                                               std::vector<HeldName> messages,
                                                               ReturnForm form, Trail trail,
                                                               Deadline deadline);

  // Everything held in the account's relationships, both directions. `after`: HeldPage::next, empty
  // to begin. Changes nothing.
  [[nodiscard]] Answer<HeldPage, ListHeldError> list_held(PracticeId practice, AccountId account,
                                                          std::string after, std::size_t most,
                                                          Deadline deadline);

  // What the device was promised and has not been told to be kept. Changes nothing.
  [[nodiscard]] Answer<std::vector<DevicePromise>, CommandError> promises(PracticeId practice,
                                                                          DeviceRef device,
                                                                          Deadline deadline);

  // Done with a promise: the account is told of the opening (`notice`; none: of nothing), once for
  // each relationship, lane and opening, however many devices and gateways ask.
  [[nodiscard]] Answer<PromiseSettled, CommandError> settle_promise(
      PracticeId practice, DeviceRef device, DevicePromise promise,
      std::optional<OpeningNotice> notice, Deadline deadline);

  // Changes nothing.
  [[nodiscard]] Answer<SentMessage, FindSentError> find_sent(PracticeId practice, DeviceRef sender,
                                                             RelationshipId relationship,
                                                             MessageId message, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
