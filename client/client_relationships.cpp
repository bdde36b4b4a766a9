// Questions to the gateway about relationships, lane pauses, contact agreements, and the people of
// the practice.
#include <utility>

#include "client/agreement.hpp"
#include "client/client.hpp"

namespace holdspace::client {

namespace asio = boost::asio;
using boost::system::result;

asio::awaitable<result<v1::Relationship, Failure>> Client::as_listed(std::string relationship_id) {
  const auto listed = co_await relationships();
  if (!listed.has_value()) co_return listed.error();
  for (const auto& one : listed->relationships())
    if (one.relationship_id() == relationship_id) co_return one;
  co_return v1::Relationship();  // of two others: the gateway judges without a revision
}

asio::awaitable<result<v1::Relationship, Failure>> Client::change_relationship(
    v1::ChangeRelationship change) {
  if (change.revision() == 0) {
    const auto listed = co_await as_listed(change.relationship_id());
    if (!listed.has_value()) co_return listed.error();
    change.set_revision(listed->revision());
  }
  auto answer = co_await exchange(std::move(change), &v1::ClientFrame::mutable_change_relationship,
                                  &v1::ServerFrame::mutable_relationship_changed);
  if (!answer.has_value()) co_return answer.error();
  co_return std::move(*answer->mutable_relationship());
}

asio::awaitable<result<v1::Relationship, Failure>> Client::pause_lane(v1::PauseLane pause) {
  if (pause.revision() == 0) {
    const auto listed = co_await as_listed(pause.relationship_id());
    if (!listed.has_value()) co_return listed.error();
    pause.set_revision(listed->revision());
  }
  auto answer = co_await exchange(std::move(pause), &v1::ClientFrame::mutable_pause_lane,
                                  &v1::ServerFrame::mutable_relationship_changed);
  if (!answer.has_value()) co_return answer.error();
  co_return std::move(*answer->mutable_relationship());
}

asio::awaitable<result<v1::AgreementReply, Failure>> Client::fetch_agreement(
    crypto::RelationshipId relationship_id) {
  v1::FetchAgreement question;
  question.set_relationship_id(to_string(relationship_id));
  auto reply = co_await exchange(std::move(question), &v1::ClientFrame::mutable_fetch_agreement,
                                 &v1::ServerFrame::mutable_agreement);
  if (!reply.has_value()) co_return reply.error();
  co_return co_await keep_agreement_reply(relationship_id, std::move(*reply));
}

asio::awaitable<result<v1::AgreementReply, Failure>> Client::sign_agreement(
    crypto::RelationshipId relationship_id, crypto::Hash32 hash) {
  v1::SignAgreement question;
  question.set_relationship_id(to_string(relationship_id));
  question.set_statement(client::sign_agreement(identity_, relationship_id, hash, store_now()));
  auto reply = co_await exchange(std::move(question), &v1::ClientFrame::mutable_sign_agreement,
                                 &v1::ServerFrame::mutable_agreement);
  if (!reply.has_value()) co_return reply.error();
  co_return co_await keep_agreement_reply(relationship_id, std::move(*reply));
}

asio::awaitable<result<v1::AgreementReply, Failure>> Client::revoke_agreement(
    crypto::RelationshipId relationship_id) {
  v1::RevokeAgreement question;
  question.set_relationship_id(to_string(relationship_id));
  auto reply = co_await exchange(std::move(question), &v1::ClientFrame::mutable_revoke_agreement,
                                 &v1::ServerFrame::mutable_agreement);
  if (!reply.has_value()) co_return reply.error();
  co_return co_await keep_agreement_reply(relationship_id, std::move(*reply));
}

// What is in force is believed once both sides' signatures under it are checked.
asio::awaitable<result<v1::AgreementReply, Failure>> Client::keep_agreement_reply(
    crypto::RelationshipId relationship_id, v1::AgreementReply reply) {
  const auto known =
      load<records::Relationship>(*store_, Table::relationship, to_string(relationship_id));
  if (!known) co_return Failure{FailureKind::bad_input, "no such relationship in this profile", {}};
  std::optional<crypto::Hash32> agreed;
  if (!reply.in_force().empty() && reply.in_force() != known->agreement_hash()) {
    const auto peer_id = parse_bytes<16>(known->peer_account_id());
    if (!peer_id) co_return reply;
    const auto own = co_await devices(identity_.account_id());
    if (!own.has_value()) co_return own.error();
    const auto peer = co_await devices(*peer_id);
    if (!peer.has_value()) co_return peer.error();
    const auto checked =
        agreed_hash(reply, relationship_id, known->self_is_therapist(), *own, *peer);
    if (!checked.has_value())
      co_return Failure{FailureKind::untrusted, std::string(describe(checked.error())), {}};
    agreed = *checked;
  } else {
    agreed = parse_bytes<32>(reply.in_force());
  }
  LocalStore::Transaction transaction(*store_);
  keep_agreement(*store_, to_string(relationship_id), agreed);
  transaction.commit();
  co_return reply;
}

asio::awaitable<result<v1::Accounts, Failure>> Client::accounts() {
  return exchange(v1::ListAccounts(), &v1::ClientFrame::mutable_list_accounts,
                  &v1::ServerFrame::mutable_accounts);
}

asio::awaitable<result<v1::Conflicts, Failure>> Client::conflicts() {
  return exchange(v1::ListConflicts(), &v1::ClientFrame::mutable_list_conflicts,
                  &v1::ServerFrame::mutable_conflicts);
}

asio::awaitable<result<v1::Conflicts, Failure>> Client::set_conflict(v1::SetConflict change) {
  return exchange(std::move(change), &v1::ClientFrame::mutable_set_conflict,
                  &v1::ServerFrame::mutable_conflicts);
}

}  // namespace holdspace::client
