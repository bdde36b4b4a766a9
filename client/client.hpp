// The face of the SDK: one device of one person. Connects and logs in, sends through the durable
// outbox, receives into the history, and asks the gateway about people, policies, what is held and
// the ledger. docs/protocol.md sections 5, 6 and 9 to 11.
//
// Everything is a coroutine on the one io_context that the Client was made with, used by one
// thread; many Clients may share it. Whoever waits may not destroy the Client: co_await
// disconnect() first, or stop the io_context for good. StoreFailure (a full or broken disk) is
// thrown out of the coroutine that met it; nothing half-done is kept.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/compose.hpp"
#include "client/connection.hpp"
#include "client/events.hpp"
#include "client/failure.hpp"
#include "client/identity.hpp"
#include "client/login.hpp"
#include "client/open.hpp"
#include "client/outbox.hpp"
#include "client/seal.hpp"
#include "crypto/audit_chain.hpp"

namespace holdspace::client {

// Between attempts to connect: doubles from the first to the last, each drawn evenly from [0,
// pause). Ours: a gateway that comes back is found within seconds and is not met by everybody at
// once.
inline constexpr std::chrono::milliseconds kFirstPause{500};
inline constexpr std::chrono::seconds kLastPause{30};
// How long another program that uses the same profile gets to make way after this one has logged
// in. Ours: twice what a request may take that the other one is in the middle of, on a machine that
// has much to do.
inline constexpr std::chrono::seconds kMakeWayTimeout{20};
// follow() looks at the outbox this often for messages that the gateway could not take.
inline constexpr std::chrono::seconds kOutboxPause{15};
// The own device list is signed anew when it has less than this left of its 30 days. Ours.
inline constexpr std::chrono::days kListRenewal{15};
inline constexpr auto kInviteValidity = crypto::kInviteLife;
inline constexpr std::size_t kLabelBytesMax = 100;  // ours: one line on a screen

struct ClientOptions {
  std::string trust_file;  // PEM; empty: the profile's own, if it has one, otherwise the system's
  EventHook on_event;      // may be empty
  // A message, or an envelope that does not open, is durable in the history. May be empty; the
  // history has it anyway.
  std::function<void(std::uint64_t ordinal, const records::Message& message)> on_message;
};

// What a sender is told. `row` is its outbox row as it is now.
struct SendReport {
  std::string outbox_id;
  records::OutboxRow row;
};

struct InviteRequest {
  // therapist or auditor (by an admin), client (by a therapist)
  crypto::Role role = crypto::Role::client;
  std::string label;         // how the invited person is called here; empty: role and number
  std::string display_name;  // how the inviter presents themselves; empty: the role
};

struct Invitation {
  crypto::SecretBytes code;  // to show, never to log
  std::string label;
  crypto::RelationshipId relationship_id{};  // zeros unless a client is invited
  crypto::Instant expires_at{};
};

struct JoinRequest {
  std::string code;   // another therapist's invite, as typed
  std::string label;  // how that therapist is called here; empty: as they present themselves
};

struct JoinReport {
  crypto::RelationshipId relationship_id{};
  std::string label;
};

// What becomes of a message that its sender takes back.
struct WithdrawReport {
  std::optional<SendReport> replacement;
  std::size_t sent_anew = 0;  // later messages of the same lane, withdrawn with it and sent again
};

// A version to apply. `document`: a serialised v1::Policy whose version is the one that it was made
// from plus one.
struct PolicyDraft {
  std::string document;
  std::optional<crypto::AccountId> account;  // whose; none: the own. Zeros: the practice's default
  v1::ChangeReason reason = v1::HOURS;
  v1::PromiseHandling promises = v1::KEEP_PROMISES;
  bool dry_run = false;  // say what would happen, change nothing
};

// How far the practice's ledger holds.
// Ours: one for each lane of every relationship of a large practice, at most some changes ago.
inline constexpr std::size_t kZoneDataEntriesMax = std::size_t{1} << 17;

struct AuditReport {
  crypto::AuditVerdict verdict{};
  std::uint64_t entries = 0;    // in an unbroken row from the first; a fault is at the next
  std::uint64_t verified = 0;   // of them, under a checkpoint of the gateway
  std::uint64_t looked_at = 0;  // by this check; earlier ones are remembered
};

// An entry of the ledger about promises that another time-zone database has moved.
struct ZoneDataEntry {
  std::uint64_t number = 0;  // in the ledger
  std::int64_t at_ms = 0;    // by the store's clock, UTC
  v1::AuditRecord record;    // TIME_ZONE_DATA_CHANGED
};

class Client {
 public:
  // Throws StoreFailure when the store holds no device.
  Client(boost::asio::any_io_executor executor, std::unique_ptr<LocalStore> store,
         ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Logs in, takes the profile's lock, publishes prekeys when they run out, and begins to receive.
  // Does not send. When another program of this profile is connected the gateway closes that one,
  // and it makes way.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> connect();
  // Acknowledgements under way leave first. Safe to call when not connected.
  [[nodiscard]] boost::asio::awaitable<void> disconnect();
  [[nodiscard]] bool is_connected() const { return connection_ && connection_->is_open(); }

  // Stays connected, again and again, and sends what waits, until stop(). Ends early with
  // login_refused or wrong_gateway, which no repetition mends.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> follow();
  void stop();

  // Durable first, then sent, tried a few times, and never before an older message of the same
  // relationship and lane has its answer; the row says how far it got. Errors: bad_input
  // (not a text, unknown relationship, outbox full), profile_busy. Not being connected is no error:
  // the row waits.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<SendReport, Failure>> send(
      Draft draft);
  // Everything in the outbox without a final answer, in order. Returns how many are still without
  // one.
  [[nodiscard]] boost::asio::awaitable<std::size_t> flush();
  // Whether the gateway has said that nothing more may be delivered now, and all of it is stored
  // here.
  [[nodiscard]] boost::asio::awaitable<bool> wait_drained(std::chrono::milliseconds limit);

  // The gateway's view; also learns who has redeemed an invite of this device.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Relationships, Failure>>
  relationships();
  [[nodiscard]] boost::asio::awaitable<boost::system::result<Invitation, Failure>> invite(
      InviteRequest request);
  // Takes up another therapist's invite, as a client who has an account: pins her keys from the
  // packet, durable before the gateway is told; the first message opens the sessions under the
  // invite's secret. Sessions with others stay as they are. Errors: bad_input (the code, a label
  // that is taken), untrusted (the packet is another practice's or gateway's, or names a known
  // account under another key), refused (nothing is kept, but with UNCERTAIN), unreachable or
  // not_answered. Where it is not certain whether it was done, the same code again tells.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<JoinReport, Failure>> join(
      JoinRequest request);
  // Takes back a held message of this device, with `replacement` in its place unless that is empty.
  // The wish is durable first; while it has no answer nothing of the lane goes out, and flush()
  // asks again. Again: the same answer. Errors: bad_input (no such message, or it is not with the
  // gateway), refused with ALREADY_RELEASED (it stays as it is, and a replacement is not sent),
  // unreachable or not_answered (the wish stays).
  [[nodiscard]] boost::asio::awaitable<boost::system::result<WithdrawReport, Failure>> withdraw(
      crypto::MessageId message_id, std::string replacement);

  // Policies. Account ids: empty is the own; an admin may name a therapist or, by zeros, the
  // practice's default.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::PolicyReply, Failure>>
  fetch_policy(v1::FetchPolicy question);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::PolicyApplied, Failure>>
  apply_policy(PolicyDraft draft);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::PolicyPreview, Failure>>
  preview_policy(v1::PreviewPolicy question);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::PolicyVersions, Failure>>
  policy_versions(std::string account_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::PolicyComparison, Failure>>
  compare_policy(v1::ComparePolicy question);
  // Accepting a proposal is applying its document.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Proposal, Failure>>
  fetch_proposal();
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> reject_proposal();

  // The revision is the one that the gateway lists, unless the caller says which one it saw.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Relationship, Failure>>
  change_relationship(v1::ChangeRelationship change);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Relationship, Failure>> pause_lane(
      v1::PauseLane pause);
  // All three remember what is in force. untrusted: what the gateway calls so is not signed by
  // both.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::AgreementReply, Failure>>
  fetch_agreement(crypto::RelationshipId relationship_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::AgreementReply, Failure>>
  sign_agreement(crypto::RelationshipId relationship_id, crypto::Hash32 hash);
  // Takes the own signature back: no terms are in force then. Again: done already.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::AgreementReply, Failure>>
  revoke_agreement(crypto::RelationshipId relationship_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Accounts, Failure>> accounts();
  // Pairs who may not have a relationship; both answer the whole list. For an admin.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Conflicts, Failure>> conflicts();
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Conflicts, Failure>> set_conflict(
      v1::SetConflict change);

  // Everything that waits for a therapist and her clients; `account_id` as above.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<std::vector<v1::HeldItem>, Failure>>
  list_held(std::string account_id);
  // In as many frames as `what.items` needs; returns how many were disposed of. After an error some
  // may be.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<std::size_t, Failure>> dispose_held(
      v1::DisposeHeld what);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Left, Failure>> leave(
      v1::Leave what);

  // Reads the ledger from where this device has verified it, and remembers how far it holds.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<AuditReport, Failure>> verify_audit();
  // What the ledger says of the time-zone database, oldest first, at most kZoneDataEntriesMax. The
  // entries are the gateway's word; verify_audit() says what that is worth.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<std::vector<ZoneDataEntry>, Failure>>
  zone_data_changes();

  // Checked against the pin and remembered.
  [[nodiscard]] boost::asio::awaitable<boost::system::result<AccountDevices, Failure>> devices(
      crypto::AccountId account_id);

  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] LocalStore& store() { return *store_; }
  // One-time keys that the gateway has of this device, as of the present or last login.
  [[nodiscard]] std::uint32_t one_time_keys() const { return one_time_keys_; }
  // Of the present or last login.
  [[nodiscard]] const std::optional<LoggedIn>& logged_in() const { return logged_in_; }

 private:
  using Answer = boost::system::result<v1::ServerFrame, Failure>;

  // client.cpp
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> connect_once();
  boost::asio::awaitable<bool> take_lock(std::chrono::milliseconds limit);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds length);
  boost::asio::awaitable<void> while_connected();
  void note_epoch();
  // The store's clock, as far as this device knows it.
  [[nodiscard]] crypto::Instant store_now() const;
  void note(std::string what);

  // client_send.cpp
  std::string write_draft(const Draft& draft);
  bool try_seal(const std::string& outbox_id, const FetchedPrekeys& prekeys,
                std::optional<SealNeed>& need);
  boost::asio::awaitable<bool> seal(std::string outbox_id);
  boost::asio::awaitable<std::optional<Failure>> fill_gap(SealNeed need, FetchedPrekeys* prekeys);
  struct Unanswered {
    std::string outbox_id;
    std::string stream;  // relationship and lane
  };
  std::vector<Unanswered> unanswered();  // in the order of writing
  boost::asio::awaitable<void> submit_in_order(std::vector<Unanswered> due);
  boost::asio::awaitable<void> submit(std::string outbox_id);
  boost::asio::awaitable<void> follow_up(NextStep step, records::OutboxRow row);
  boost::asio::awaitable<void> refresh_devices(records::OutboxRow row);
  void finish_submit(const std::string& outbox_id, const records::OutboxRow& row);
  void give_up(const std::string& outbox_id, std::string why);

  // client_withdraw.cpp
  [[nodiscard]] boost::asio::awaitable<boost::system::result<std::vector<std::string>, Failure>>
  carry_out(std::string stream);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> take_back(
      std::string stream, std::string first_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> settle_stream(
      std::string stream, std::string first_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<void, Failure>> ask_back(
      std::string outbox_id);
  boost::asio::awaitable<void> carry_out_all();

  // client_notices.cpp
  boost::asio::awaitable<void> take_notices(std::shared_ptr<Connection> connection,
                                            v1::Notices notices);

  // client_relationships.cpp
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Relationship, Failure>> as_listed(
      std::string relationship_id);
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::AgreementReply, Failure>>
  keep_agreement_reply(crypto::RelationshipId relationship_id, v1::AgreementReply reply);

  // client_join.cpp
  [[nodiscard]] boost::system::result<std::string, Failure> label_for(
      const JoinRequest& request, const std::string& display_name) const;
  [[nodiscard]] boost::asio::awaitable<boost::system::result<JoinReport, Failure>> joined_before(
      std::string invite_id, Failure refusal);

  // client_events.cpp
  void tell_submit(const records::OutboxRow& row);
  void tell_answer(const records::OutboxRow& row);
  void tell_change(const records::OutboxRow& row);  // by a notice, or taken back

  // client_receive.cpp
  boost::asio::awaitable<void> receive_all(std::shared_ptr<Connection> connection);
  boost::asio::awaitable<bool> take(std::shared_ptr<Connection> connection, v1::Deliver deliver);
  void tell_delivered(const v1::Delivered& item, const Opened& opened);

  // client_requests.cpp
  boost::asio::awaitable<Answer> ask(v1::ClientFrame frame);
  // A question and its answer, each at its place in the frame.
  template <class Question, class Reply>
  [[nodiscard]] boost::asio::awaitable<boost::system::result<Reply, Failure>> exchange(
      Question question, Question* (v1::ClientFrame::*asked)(),
      Reply* (v1::ServerFrame::*replied)()) {
    v1::ClientFrame frame;
    *(frame.*asked)() = std::move(question);
    auto answer = co_await ask(std::move(frame));
    if (!answer.has_value()) co_return answer.error();
    co_return std::move(*((*answer).*replied)());
  }
  [[nodiscard]] boost::asio::awaitable<boost::system::result<v1::Devices, Failure>> fetch_devices(
      crypto::AccountId account_id);
  std::optional<crypto::Pin> pin_for(const crypto::AccountId& account_id,
                                     const v1::Devices& fetched, records::Peer& peer) const;
  std::string unused_label(const std::string& wanted, crypto::Role role) const;

  // client_upkeep.cpp
  boost::asio::awaitable<void> upkeep();
  boost::asio::awaitable<void> publish_prekeys();
  boost::asio::awaitable<void> renew_device_list();
  void forget_old_records();

  boost::asio::any_io_executor executor_;
  std::unique_ptr<LocalStore> store_;
  ClientOptions options_;
  Identity identity_;
  std::shared_ptr<Connection> connection_;
  std::optional<LoggedIn> logged_in_;
  // What is to be done about the outbox: reading it each time would cost a month of messages for
  // every one sent. Nothing: read it; another program may have written since.
  struct Pending {
    std::map<std::string, std::string> unanswered;   // stream by outbox id
    std::map<std::string, std::string> withdrawing;  // stream -> the first that is wanted back
    std::vector<std::string> withdraw_again;         // outbox ids
  };
  Pending& pending();
  std::optional<Pending> pending_;
  std::set<std::string> carrying_out_;  // streams of a withdrawal that is under way
  std::set<std::string> submitting_;    // outbox ids; each goes out once at a time
  int receiving_ = 0;                   // receive_all() coroutines that have not ended
  std::uint32_t one_time_keys_ = 0;
  bool drained_ = false;
  bool stopping_ = false;
  boost::asio::steady_timer pause_timer_;
};

}  // namespace holdspace::client
