// Names and sentences of the differences in change.hpp.
#include <cassert>

#include "boundary/change.hpp"

namespace holdspace::boundary {

namespace {

std::string_view words(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::zone:
      return "Time zone";
    case ChangeSubject::windows:
      return "Weekly windows";
    case ChangeSubject::exception:
      return "Exception";
    case ChangeSubject::travel:
      return "Travel from";
    case ChangeSubject::relationship_windows:
      return "Windows of relationship";
    case ChangeSubject::closure:
      return "Emergency closure";
    case ChangeSubject::opening:
      return "Opening";
    case ChangeSubject::max_hold:
      return "Longest wait of a new message";
    case ChangeSubject::reply_time:
      return "Usual time for an answer";
    case ChangeSubject::terms_lanes:
      return "Agreement: lanes";
    case ChangeSubject::terms_reply_time:
      return "Agreement: time for an answer";
    case ChangeSubject::terms_retention:
      return "Agreement: how long copies are kept";
    case ChangeSubject::terms_lane_pause:
      return "Agreement: pause of a lane";
    case ChangeSubject::terms_hours_notice:
      return "Agreement: notice before fewer hours";
    case ChangeSubject::terms_urgent_readers:
      return "Agreement: who may read urgent messages";
  }
  assert(false && "value outside its enum");
  return "?";
}

}  // namespace

std::string_view name(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::zone:
      return "zone";
    case ChangeSubject::windows:
      return "windows";
    case ChangeSubject::exception:
      return "exception";
    case ChangeSubject::travel:
      return "travel";
    case ChangeSubject::relationship_windows:
      return "relationship_windows";
    case ChangeSubject::closure:
      return "closure";
    case ChangeSubject::opening:
      return "opening";
    case ChangeSubject::max_hold:
      return "max_hold";
    case ChangeSubject::reply_time:
      return "reply_time";
    case ChangeSubject::terms_lanes:
      return "terms_lanes";
    case ChangeSubject::terms_reply_time:
      return "terms_reply_time";
    case ChangeSubject::terms_retention:
      return "terms_retention";
    case ChangeSubject::terms_lane_pause:
      return "terms_lane_pause";
    case ChangeSubject::terms_hours_notice:
      return "terms_hours_notice";
    case ChangeSubject::terms_urgent_readers:
      return "terms_urgent_readers";
  }
  assert(false && "value outside its enum");
  return "?";
}

std::string_view name(ChangeVerb verb) {
  switch (verb) {
    case ChangeVerb::added:
      return "added";
    case ChangeVerb::removed:
      return "removed";
    case ChangeVerb::changed:
      return "changed";
  }
  assert(false && "value outside its enum");
  return "?";
}

std::string describe(const PolicyChange& change) {
  std::string text(words(change.subject));
  if (!change.item.empty()) {
    text += ' ' + change.item;
  }
  switch (change.verb) {
    case ChangeVerb::added:
      return text + ": added, " + change.after + '.';
    case ChangeVerb::removed:
      return text + ": removed, was " + change.before + '.';
    case ChangeVerb::changed:
      break;
  }
  return text + ": " + change.before + " becomes " + change.after + '.';
}

}  // namespace holdspace::boundary
