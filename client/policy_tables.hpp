// Each enumerator of a policy on the wire beside its value in boundary/, in both directions. Part
// of policy_values.hpp; nobody else needs it.
#pragma once

#include <algorithm>
#include <utility>

#include "boundary/policy.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client {

inline constexpr std::pair<v1::Lane, boundary::Lane> kLanes[] = {
    {v1::ROUTINE, boundary::Lane::routine},
    {v1::LOGISTICS, boundary::Lane::logistics},
    {v1::URGENT, boundary::Lane::urgent},
};
inline constexpr std::pair<v1::Direction, boundary::Direction> kDirections[] = {
    {v1::TO_THERAPIST, boundary::Direction::to_therapist},
    {v1::TO_CLIENT, boundary::Direction::to_client},
};
inline constexpr std::pair<v1::Exception::Kind, boundary::ExceptionKind> kKinds[] = {
    {v1::Exception::CLOSED, boundary::ExceptionKind::closed},
    {v1::Exception::OPEN, boundary::ExceptionKind::open},
};
inline constexpr std::pair<v1::Exception::Repeats, boundary::Repeats> kRepeats[] = {
    {v1::Exception::NEVER, boundary::Repeats::never},
    {v1::Exception::YEARLY, boundary::Repeats::yearly},
};
inline constexpr std::pair<v1::Exception::LeapDay, boundary::LeapDay> kLeapDays[] = {
    {v1::Exception::FEBRUARY_28, boundary::LeapDay::february_28},
    {v1::Exception::SKIP, boundary::LeapDay::skip},
};
inline constexpr std::pair<v1::OpeningReason, boundary::OpeningReason> kOpeningReasons[] = {
    {v1::KEPT_PROMISE, boundary::OpeningReason::kept_promise},
    {v1::CRISIS_FOLLOW_UP, boundary::OpeningReason::crisis_follow_up},
    {v1::AGREED_WITH_CLIENT, boundary::OpeningReason::agreed_with_client},
    {v1::SESSION_MOVED, boundary::OpeningReason::session_moved},
    {v1::SEND_NOW, boundary::OpeningReason::send_now},
    {v1::LEAVING, boundary::OpeningReason::leaving},
    {v1::OTHER_OPENING, boundary::OpeningReason::other},
};
inline constexpr std::pair<v1::UrgentReader, boundary::UrgentReader> kUrgentReaders[] = {
    {v1::OWN_THERAPIST, boundary::UrgentReader::own_therapist},
    {v1::ON_CALL_COLLEAGUE, boundary::UrgentReader::on_call_colleague},
    {v1::SUPERVISOR, boundary::UrgentReader::supervisor},
};

// The wire's enumerator for a value; the tables are complete.
template <class Wire, class Value, std::size_t N>
Wire wire_of(const std::pair<Wire, Value> (&table)[N], Value value) {
  return std::find_if(std::begin(table), std::end(table),
                      [value](const auto& row) { return row.second == value; })
      ->first;
}

}  // namespace holdspace::client
