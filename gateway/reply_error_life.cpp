// See reply_error.hpp: what the stores of relationships, agreements, held messages, notices, the
// ledger and the conflict list refuse. No switch has a default.
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

v1::Error to_error(ChangeError error) {
  switch (error) {
    case ChangeError::not_allowed:
      return make_error(v1::PERMISSION_DENIED);
    case ChangeError::ended:
      return make_error(v1::ENDED);
  }
  return make_error(v1::PERMISSION_DENIED);
}

v1::Error to_error(storage::JoinError error) {
  switch (error) {
    case storage::JoinError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::JoinError::permission_denied:
      return make_error(v1::PERMISSION_DENIED);
    case storage::JoinError::pair_exists:
      return make_error(v1::PAIR_EXISTS);
    case storage::JoinError::quota:
      return make_error(v1::QUOTA);
    case storage::JoinError::unavailable:
    case storage::JoinError::corrupt:
      return unavailable();
    case storage::JoinError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::SetRelationshipError error) {
  switch (error) {
    case storage::SetRelationshipError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::SetRelationshipError::stale:
      return make_error(v1::STALE_RELATIONSHIP);
    case storage::SetRelationshipError::unlawful:
      return make_error(v1::PERMISSION_DENIED);
    case storage::SetRelationshipError::quota:
      return make_error(v1::QUOTA);
    case storage::SetRelationshipError::changed:  // three times in a row
    case storage::SetRelationshipError::invalid:  // the handler has checked every bound
    case storage::SetRelationshipError::unavailable:
    case storage::SetRelationshipError::corrupt:
      return unavailable();
    case storage::SetRelationshipError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::SignAgreementError error) {
  switch (error) {
    case storage::SignAgreementError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::SignAgreementError::closed:
      return make_error(v1::ENDED);
    case storage::SignAgreementError::quota:
      return make_error(v1::QUOTA);
    case storage::SignAgreementError::invalid:
      return invalid_field("sign_agreement.statement");
    case storage::SignAgreementError::stale:  // three times in a row
    case storage::SignAgreementError::unavailable:
    case storage::SignAgreementError::corrupt:
      return unavailable();
    case storage::SignAgreementError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::FetchAgreementError error) {
  switch (error) {
    case storage::FetchAgreementError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FetchAgreementError::unavailable:
    case storage::FetchAgreementError::uncertain:  // a read: asking again is right
    case storage::FetchAgreementError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::FindSentError error) {
  switch (error) {
    case storage::FindSentError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FindSentError::unavailable:
    case storage::FindSentError::uncertain:
    case storage::FindSentError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::WithdrawError error) {
  switch (error) {
    case storage::WithdrawError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::WithdrawError::already_released:
      return make_error(v1::ALREADY_RELEASED);
    case storage::WithdrawError::quota:
      return make_error(v1::QUOTA);
    case storage::WithdrawError::invalid:
      return invalid_field("withdraw");
    case storage::WithdrawError::unavailable:
    case storage::WithdrawError::corrupt:
      return unavailable();
    case storage::WithdrawError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::ReturnError error) {
  switch (error) {
    case storage::ReturnError::quota:
      return make_error(v1::QUOTA);
    case storage::ReturnError::invalid:
      return invalid_field("dispose_held.items");
    case storage::ReturnError::unavailable:
    case storage::ReturnError::corrupt:
      return unavailable();
    case storage::ReturnError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::SetLeavingError error) {
  switch (error) {
    case storage::SetLeavingError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::SetLeavingError::quota:
      return make_error(v1::QUOTA);
    case storage::SetLeavingError::invalid:
    case storage::SetLeavingError::unavailable:
    case storage::SetLeavingError::corrupt:
      return unavailable();
    case storage::SetLeavingError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(const storage::FinishLeavingFault& fault) {
  switch (fault.error) {
    case storage::FinishLeavingError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FinishLeavingError::not_leaving:
      return invalid_field("leave.phase");
    case storage::FinishLeavingError::items_left: {
      auto error = make_error(v1::HELD_ITEMS_LEFT);
      error.set_items_left(static_cast<std::uint32_t>(fault.items));
      return error;
    }
    case storage::FinishLeavingError::quota:
      return make_error(v1::QUOTA);
    case storage::FinishLeavingError::invalid:
    case storage::FinishLeavingError::unavailable:
    case storage::FinishLeavingError::corrupt:
      return unavailable();
    case storage::FinishLeavingError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::AckNoticesError error) {
  switch (error) {
    case storage::AckNoticesError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::AckNoticesError::unavailable:
    case storage::AckNoticesError::corrupt:
      return unavailable();
    case storage::AckNoticesError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::SetConflictError error) {
  switch (error) {
    case storage::SetConflictError::quota:
      return make_error(v1::QUOTA);
    case storage::SetConflictError::invalid:
      return invalid_field("set_conflict.account_b");
    case storage::SetConflictError::unavailable:
    case storage::SetConflictError::corrupt:
      return unavailable();
    case storage::SetConflictError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::FetchAuditError error) {
  switch (error) {
    case storage::FetchAuditError::invalid:
      return invalid_field("fetch_audit");
    case storage::FetchAuditError::unavailable:
    case storage::FetchAuditError::uncertain:
    case storage::FetchAuditError::corrupt:
      return unavailable();
  }
  return unavailable();
}

}  // namespace holdspace::gateway
