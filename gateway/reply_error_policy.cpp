// The store's errors about policies and what is held under them. See reply_error.hpp.
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

v1::Error to_error(storage::FetchPolicyError error) {
  switch (error) {
    case storage::FetchPolicyError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::FetchPolicyError::unavailable:
    case storage::FetchPolicyError::uncertain:
    case storage::FetchPolicyError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::ApplyPolicyError error) {
  switch (error) {
    case storage::ApplyPolicyError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::ApplyPolicyError::stale_policy:
      return make_error(v1::STALE_POLICY);
    case storage::ApplyPolicyError::quota:
      return make_error(v1::QUOTA);
    case storage::ApplyPolicyError::invalid:
      return invalid_field("apply_policy.document");
    case storage::ApplyPolicyError::changed:  // three plans in a row were overtaken
    case storage::ApplyPolicyError::unavailable:
    case storage::ApplyPolicyError::corrupt:
      return unavailable();
    case storage::ApplyPolicyError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::ProposalError error) {
  switch (error) {
    case storage::ProposalError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::ProposalError::stale_policy:
      return make_error(v1::STALE_POLICY);
    case storage::ProposalError::quota:
      return make_error(v1::QUOTA);
    case storage::ProposalError::invalid:
      return invalid_field("apply_policy.document");
    case storage::ProposalError::unavailable:
    case storage::ProposalError::corrupt:
      return unavailable();
    case storage::ProposalError::uncertain:
      return make_error(v1::UNCERTAIN);
  }
  return unavailable();
}

v1::Error to_error(storage::ListHeldError error) {
  switch (error) {
    case storage::ListHeldError::not_found:
      return make_error(v1::NOT_FOUND);
    case storage::ListHeldError::invalid:
    case storage::ListHeldError::unavailable:
    case storage::ListHeldError::uncertain:  // a read: asking again is right
    case storage::ListHeldError::corrupt:
      return unavailable();
  }
  return unavailable();
}

v1::Error to_error(storage::ListSentError error) {
  switch (error) {
    case storage::ListSentError::invalid:
    case storage::ListSentError::unavailable:
    case storage::ListSentError::uncertain:  // a read: asking again is right
    case storage::ListSentError::corrupt:
      return unavailable();
  }
  return unavailable();
}

}  // namespace holdspace::gateway
