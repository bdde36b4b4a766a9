// The binding part, and the two texts as a whole. A wording that changes here is a new agreement
// for everybody: raise the number in the title with it.
#include "boundary/agreement.hpp"

#include <algorithm>
#include <vector>

#include "boundary/agreement_page.hpp"

namespace holdspace::boundary {

namespace {

bool offers(const Terms& terms, Lane lane) {
  return std::find(terms.lanes.begin(), terms.lanes.end(), lane) != terms.lanes.end();
}

bool may_read(const Terms& terms, UrgentReader reader) {
  return std::find(terms.urgent_readers.begin(), terms.urgent_readers.end(), reader) !=
         terms.urgent_readers.end();
}

void write_lanes(const Terms& terms, AgreementPage& page) {
  if (offers(terms, Lane::routine)) {
    page.say("letter",
             "Routine messages are part of the work between sessions. They wait until the hours "
             "for them, and nobody watches for them as they arrive.",
             {"You can write between sessions.", "Your message waits for the right hours.",
              "Nobody watches for it all the time."});
  } else {
    page.say("letter_crossed", "Routine messages between sessions are not part of this agreement.",
             {"You cannot write about the work between sessions."});
  }
  if (offers(terms, Lane::logistics)) {
    page.say("calendar",
             "Messages about appointments have hours of their own. They are for dates and other "
             "arrangements only.",
             {"You can write about appointments.", "These messages have their own hours."});
  } else {
    page.say("calendar_crossed", "Messages about appointments are not part of this agreement.",
             {"You cannot write here about appointments."});
  }
  if (offers(terms, Lane::urgent)) {
    page.say("bell",
             "Urgent messages do not wait for hours. If nobody is on call you are told at once, "
             "the message is not sent, and you see the crisis card.",
             {"You can send an urgent message.", "It does not wait.", "Maybe nobody is there.",
              "Then you are told at once.", "Then you see the crisis card."});
  } else {
    page.say("bell_crossed",
             "There are no urgent messages in this agreement. Nothing that you write here reaches "
             "anybody at once.",
             {"There are no urgent messages here.", "Nobody reads your message at once."});
  }
}

// In the order of the enumerators, so that the order in the list does not matter.
void write_urgent_readers(const Terms& terms, AgreementPage& page) {
  if (!offers(terms, Lane::urgent) && terms.urgent_readers.empty()) {
    return;
  }
  page.say("eyes", "Urgent messages may be read by:", {"These people may read urgent messages."});
  if (may_read(terms, UrgentReader::own_therapist)) {
    page.say("person", "- the person you work with,", {"The person you work with may read them."});
  }
  if (may_read(terms, UrgentReader::on_call_colleague)) {
    page.say("people", "- a colleague who is on call,", {"A colleague on call may read them."});
  }
  if (may_read(terms, UrgentReader::supervisor)) {
    page.say("person_check", "- a supervisor,", {"A supervisor may read them."});
  }
  page.say("eyes_crossed", "and by nobody else.", {"Nobody else may read them."});
}

void write_reply_time(const Terms& terms, AgreementPage& page) {
  if (terms.reply_time_hours == 0) {
    page.say("reply", "No time for an answer is promised.",
             {"You get an answer when there is time.", "There is no fixed time for it."});
    return;
  }
  const std::string time = counted(terms.reply_time_hours, "hour");
  page.say("reply",
           "You get an answer within " + time + ", counted from when your message is passed on.",
           {"You get an answer within " + time + ".", "We count from when your message arrives."});
}

void write_retention(const Terms& terms, AgreementPage& page) {
  if (terms.retention_days == 0) {
    page.say("box", "How long your messages are kept is not part of this agreement.",
             {"This text does not say how long messages are kept."});
    return;
  }
  const std::string time = counted(terms.retention_days, "day");
  page.say("box", "Copies of your messages are kept for " + time + " by the person you work with.",
           {"The person you work with keeps your messages.", "They are kept for " + time + "."});
}

void write_lane_pause(const Terms& terms, AgreementPage& page) {
  if (terms.lane_pause_allowed) {
    page.say("pause",
             "The two of you may agree to pause routine messages or messages about appointments "
             "for a set time. Urgent messages and the crisis card are never paused.",
             {"You two can agree on a pause.", "A pause has an end.",
              "The crisis card is never paused."});
  } else {
    page.say("pause_crossed", "Messages cannot be paused.", {"Messages cannot be paused."});
  }
}

void write_hours_notice(const Terms& terms, AgreementPage& page) {
  if (terms.hours_notice_days == 0) {
    page.say("notice", "The hours may become fewer at once. You are told.",
             {"The hours can become fewer.", "You are told."});
  } else {
    const std::string time = counted(terms.hours_notice_days, "day");
    page.say("notice",
             "The hours may become fewer only " + time +
                 " after you were told. In an emergency they may become fewer at once.",
             {"The hours can become fewer.", "You are told " + time + " before.",
              "In an emergency it can be at once."});
  }
  page.say("more_hours",
           "The hours may become more at any time. No change of hours needs a new "
           "signature.",
           {"The hours can become more.", "You do not sign again for that."});
}

void write_fixed_rules(AgreementPage& page) {
  page.say("promise",
           "A message that waits has a time. It is passed on by then or earlier. If an emergency "
           "makes that impossible, you are told another time before.",
           {"A message that waits has a time.", "It arrives at that time or earlier.",
            "You are told if the time changes."});
  page.say("stop",
           "You can withdraw from this agreement at any time and at once. After that nothing new "
           "can be sent.",
           {"You can stop this agreement.", "You can stop at any time.",
            "Then no new messages can be sent."});
  page.say("card",
           "This is no emergency service. In danger use the crisis card, which is always there.",
           {"This is not for emergencies.", "Are you in danger?", "Then use the crisis card.",
            "The crisis card is always there."});
}

std::string terms_text(const Terms& terms, TextStyle style) {
  AgreementPage page(style);
  write_terms(terms, page);
  return page.text();
}

}  // namespace

void write_terms(const Terms& terms, AgreementPage& page) {
  page.say("paper", "Contact agreement, wording 1", {"This is our contact agreement."});
  write_lanes(terms, page);
  write_urgent_readers(terms, page);
  write_reply_time(terms, page);
  write_retention(terms, page);
  write_lane_pause(terms, page);
  write_hours_notice(terms, page);
  write_fixed_rules(page);
}

std::string binding_text(const Policy& policy) {
  return terms_text(policy.terms, TextStyle::standard);
}

std::string agreement_text(const Policy& policy, TextStyle style,
                           const std::optional<RelationshipId>& relationship) {
  AgreementPage page(style);
  write_terms(policy.terms, page);
  page.leave_a_line();
  write_hours(policy, relationship, page);
  return page.text();
}

}  // namespace holdspace::boundary
