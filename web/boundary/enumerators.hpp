// Each enumerator on the wire beside its value in boundary/. The tables are complete.
#pragma once

#include <utility>

#include "boundary/policy.hpp"
#include "boundary/relationship.hpp"
#include "boundary/verdict.hpp"
#include "holdspace/v1/frame.pb.h"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::web {

inline constexpr std::pair<holdspace_v1_Lane, boundary::Lane> kLanes[] = {
    {holdspace_v1_Lane_ROUTINE, boundary::Lane::routine},
    {holdspace_v1_Lane_LOGISTICS, boundary::Lane::logistics},
    {holdspace_v1_Lane_URGENT, boundary::Lane::urgent},
};
inline constexpr std::pair<holdspace_v1_Direction, boundary::Direction> kDirections[] = {
    {holdspace_v1_Direction_TO_THERAPIST, boundary::Direction::to_therapist},
    {holdspace_v1_Direction_TO_CLIENT, boundary::Direction::to_client},
};
inline constexpr std::pair<holdspace_v1_RelationshipState, boundary::RelationshipState> kStates[] =
    {
        {holdspace_v1_RelationshipState_RELATIONSHIP_STATE_UNSPECIFIED,
         boundary::RelationshipState::active},
        {holdspace_v1_RelationshipState_INVITED, boundary::RelationshipState::invited},
        {holdspace_v1_RelationshipState_ACTIVE, boundary::RelationshipState::active},
        {holdspace_v1_RelationshipState_PAUSED, boundary::RelationshipState::paused},
        {holdspace_v1_RelationshipState_ENDING, boundary::RelationshipState::ending},
        {holdspace_v1_RelationshipState_CLOSED, boundary::RelationshipState::ended},
        {holdspace_v1_RelationshipState_SEVERED, boundary::RelationshipState::severed},
};
inline constexpr std::pair<holdspace_v1_Exception_Kind, boundary::ExceptionKind> kKinds[] = {
    {holdspace_v1_Exception_Kind_CLOSED, boundary::ExceptionKind::closed},
    {holdspace_v1_Exception_Kind_OPEN, boundary::ExceptionKind::open},
};
inline constexpr std::pair<holdspace_v1_Exception_Repeats, boundary::Repeats> kRepeats[] = {
    {holdspace_v1_Exception_Repeats_NEVER, boundary::Repeats::never},
    {holdspace_v1_Exception_Repeats_YEARLY, boundary::Repeats::yearly},
};
inline constexpr std::pair<holdspace_v1_Exception_LeapDay, boundary::LeapDay> kLeapDays[] = {
    {holdspace_v1_Exception_LeapDay_FEBRUARY_28, boundary::LeapDay::february_28},
    {holdspace_v1_Exception_LeapDay_SKIP, boundary::LeapDay::skip},
};
inline constexpr std::pair<holdspace_v1_OpeningReason, boundary::OpeningReason> kOpeningReasons[] =
    {
        {holdspace_v1_OpeningReason_KEPT_PROMISE, boundary::OpeningReason::kept_promise},
        {holdspace_v1_OpeningReason_CRISIS_FOLLOW_UP, boundary::OpeningReason::crisis_follow_up},
        {holdspace_v1_OpeningReason_AGREED_WITH_CLIENT,
         boundary::OpeningReason::agreed_with_client},
        {holdspace_v1_OpeningReason_SESSION_MOVED, boundary::OpeningReason::session_moved},
        {holdspace_v1_OpeningReason_SEND_NOW, boundary::OpeningReason::send_now},
        {holdspace_v1_OpeningReason_LEAVING, boundary::OpeningReason::leaving},
        {holdspace_v1_OpeningReason_OTHER_OPENING, boundary::OpeningReason::other},
};
inline constexpr std::pair<holdspace_v1_UrgentReader, boundary::UrgentReader> kUrgentReaders[] = {
    {holdspace_v1_UrgentReader_OWN_THERAPIST, boundary::UrgentReader::own_therapist},
    {holdspace_v1_UrgentReader_ON_CALL_COLLEAGUE, boundary::UrgentReader::on_call_colleague},
    {holdspace_v1_UrgentReader_SUPERVISOR, boundary::UrgentReader::supervisor},
};

[[nodiscard]] inline holdspace_v1_Outcome to_wire(boundary::Outcome outcome) {
  switch (outcome) {
    case boundary::Outcome::release_now:
      return holdspace_v1_Outcome_RELEASED;
    case boundary::Outcome::hold:
      return holdspace_v1_Outcome_HELD;
    case boundary::Outcome::refuse:
      return holdspace_v1_Outcome_REFUSAL;
  }
  return holdspace_v1_Outcome_OUTCOME_UNSPECIFIED;
}

}  // namespace holdspace::web
