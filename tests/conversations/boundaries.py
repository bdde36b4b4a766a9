"""What the two sides may change, and what they are told of it: the second half of the words of script.py and of the
deeds of play.py. `statements()` lists the words; each method of Boundaries performs one. Play inherits from it."""
import json
import time

import cli

TOLD_SECONDS = 20  # a notice waits for a hint, or for the poll behind it


def statements(instant, who, zone, text):
    """(action, pattern), as in script.STATEMENTS."""
    date = r"\d{4}-\d\d-\d\d"
    lane = "routine|logistics"
    verdict = r"in force|proposed|refused because (?P<code>[A-Z_]+)"
    return [
        ("closed_around_easter", rf"(?P<who>{who}) is closed from (?P<count>\d+) days (?P<side>before|after) Easter "
                                 rf"for (?P<days_long>\d+) days as (?P<id>[a-z0-9-]+)"),
        ("closed_every_year", rf"(?P<who>{who}) is closed every year on (?P<first>{date}) until (?P<until>{date}) as (?P<id>[a-z0-9-]+)"),
        ("closed_on_nth", rf"(?P<who>{who}) is closed on the (?P<nth>\d)(?:st|nd|rd|th) (?P<weekday>[a-z]+) of (?P<month>[a-z]+) as (?P<id>[a-z0-9-]+)"),
        ("travels", rf"(?P<who>{who}) travels to (?P<zone>{zone}) from (?P<at>{instant}) until (?P<until_at>{instant})"),
        ("begins_with_template", rf"(?P<who>{who}) begins with the (?P<kind>[a-z_]+) template in (?P<zone>{zone})"),
        ("holds_at_most", rf"(?P<who>{who}) holds at most (?P<count>\d+) hours"),
        ("answers_within", rf"(?P<who>{who}) answers within (?P<count>\d+) hours"),
        ("terms_allow_pause", rf"(?P<who>{who}) allows a pause of a lane by agreement"),
        ("terms_keep", rf"(?P<who>{who}) keeps copies for (?P<count>\d+) days"),
        ("applies_with", rf"(?P<who>{who}) applies the policy, (?P<how>renewing promises|accepting refusals)"),
        ("applies_for", rf"the admin applies (?P<who>{who})'s policy -> (?P<outcome>{verdict})"),
        ("answers_proposal", rf"(?P<who>{who}) (?P<step>accepts|rejects) the proposal"),
        ("keeps_hours", rf"(?P<who>{who}) wants replies only (?P<days>[a-z]{{3}}(?:-[a-z]{{3}})?|always) (?P<hours>\d\d:\d\d-\d\d:\d\d) in (?P<zone>{zone})"),
        ("opens_gate", rf"(?P<who>{who}) opens (?P<lane>{lane}) (?P<direction>to therapist|to client) for (?P<span>\d+[hm])"
                       rf"(?: with (?P<to>{who}))? because (?P<reason>[a-z_]+)"),
        ("closes_at_once", rf"(?P<who>{who}) closes at once until (?P<at>{instant})"),
        ("changes_relationship", rf"(?P<who>{who}) (?P<change>pauses|resumes|ends|severs) the relationship with (?P<to>{who})(?: on (?P<on>{date}))?"),
        ("rests_lane", rf"(?P<who>{who}) rests (?P<lane>{lane}) with (?P<to>{who}) until (?P<until_at>{instant})(?: -> refused because (?P<code>[A-Z_]+))?"),
        ("signs", rf"(?P<who>{who}) signs the agreement(?: with (?P<to>{who}))?"),
        ("agreement_is", rf"(?P<who>{who}) sees the agreement (?P<state>in force|not in force)(?: with (?P<to>{who}))?"),
        ("takes_signature_back", rf"(?P<who>{who}) takes the signature back(?: with (?P<to>{who}))?"),
        ("is_told_of_revocation", rf"(?P<who>{who}) is told that the other signature was taken back"),
        ("knows_otherwise", rf"the admin (?P<change>lists|strikes) (?P<who>{who}) and (?P<to>{who}) (?:as known to each other|off the list)"),
        ("sees_conflicts", rf"the admin sees (?P<count>\d+) pairs? who know each other"),
        ("may_not_join", rf"(?P<who>{who}) may not join (?P<to>{who})"),
        ("withdraws", rf"(?P<who>{who}) withdraws (?P<text>{text}) -> (?P<outcome>withdrawn|already released)"),
        ("replaces", rf"(?P<who>{who}) replaces (?P<text>{text}) by (?P<other>{text})"),
        ("is_told", rf"(?P<who>{who}) is told (?P<kind>released|promise renewed|returned|relationship|agreement|proposal)"
                    rf"(?: until (?P<at>{instant}))?(?: because (?P<reason>[a-z_]+))?"),
        ("is_told_nothing", rf"(?P<who>{who}) is told nothing of messages"),
        ("closed_notice", rf"(?P<who>{who}) sends (?P<text>{text}) and (?P<outcome>is told of the closed hours|hears nothing of the closed hours)"),
        ("outbox_state", rf"(?P<who>{who}) sees (?P<text>{text}) as (?P<state>held|released|returned|withdrawn|refused)"),
        ("leaves", rf"(?P<who>{who}) (?P<phase>begins to leave|stays after all|leaves)(?: -> refused because (?P<code>[A-Z_]+))?"),
        ("disposes", rf"(?P<who>{who}) (?P<what>gives back|passes to cover) everything that is held"),
        ("sees_held", rf"(?P<who>{who}) has (?P<count>\d+) held"),
        ("auditor_joins", rf"an auditor joins the practice of (?P<who>{who})"),
        ("gets_zone_data", rf"gateway (?P<name>[A-Z]) has new time-zone data, in which (?P<zone>{zone}) follows (?P<like>{zone})"),
        ("sees_moved", rf"the auditor sees (?P<count>\d+) moved from (?P<at>{instant}) to (?P<until_at>{instant})"),
        ("verifies_ledger", r"the auditor verifies the ledger -> (?P<outcome>[a-z_ ]+)"),
        ("compares", rf"(?P<who>{who}) compares the policy with what was sent: (?P<count>\d+) differ"),
        ("sees_no_travels", rf"(?P<who>{who}) is not told of travels"),
    ]


MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
CHANGES = {"pauses": "pause", "resumes": "resume", "ends": "end", "severs": "sever"}


class Boundaries:
    """Needs of Play: person(), policies, codes, stage, sends() and its compare(); Mismatch is Play's."""

    # ---- what a policy says ----

    def closed_around_easter(self, who, count, side, days_long, id):
        offset = count if side == "after" else -count
        self.policies[who]["exceptions"].append(
            {"id": id, "kind": "CLOSED", "moveable": {"easterOffsetDays": offset, "days": int(days_long)}})

    def closed_every_year(self, who, first, until, id):
        self.policies[who]["exceptions"].append(
            {"id": id, "kind": "CLOSED", "fromDate": first, "untilDate": until, "repeats": "YEARLY"})

    def closed_on_nth(self, who, nth, weekday, month, id):
        day = {"month": MONTHS.index(month) + 1, "weekday": weekday.upper(), "nth": int(nth)}
        self.policies[who]["exceptions"].append({"id": id, "kind": "CLOSED", "moveable": {"nthWeekday": day, "days": 1}})

    def travels(self, who, zone, at, until_at):
        self.policies[who].setdefault("travels", []).append({"fromMs": str(at), "untilMs": str(until_at), "zone": zone})

    def begins_with_template(self, who, kind, zone):
        self.policies[who] = cli.ask(self.person(who), "policy", "template", kind, "--zone", zone)["policy"]

    def holds_at_most(self, who, count):
        self.policies[who].setdefault("limits", {})["maxHoldHours"] = count

    def answers_within(self, who, count):
        self.policies[who].setdefault("limits", {})["replyTimeHours"] = count

    def terms_allow_pause(self, who):
        self.policies[who].setdefault("terms", {})["lanePauseAllowed"] = True

    def terms_keep(self, who, count):
        self.policies[who].setdefault("terms", {})["retentionDays"] = count

    def policy_file(self, who):
        file = self.stage.folder / f"policy-{who}.json"
        file.write_text(json.dumps(self.policies[who], indent=1))
        return file

    # ---- changing it ----

    def applies_with(self, who, how):
        word = {"renewing promises": "--renew-promises", "accepting refusals": "--accept-refusals"}[how]
        cli.ask(self.person(who), "policy", "apply", self.policy_file(who), word)

    def admin(self):
        return next(p for name, p in self.stage.people.items() if name.startswith("admin-of-"))

    def account_of(self, who):
        return cli.ask(self.person(who), "status")["account_id"]

    def applies_for(self, who, outcome, code=None):
        answer = self.admin().command("policy", "apply", self.policy_file(who), "--account", self.account_of(who))
        self.expect_answer(answer, code)
        if not code and answer.json[-1]["proposed"] != (outcome == "proposed"):
            raise self.mismatch(outcome, answer)

    def answers_proposal(self, who, step):
        cli.ask(self.person(who), "policy", "proposal", {"accepts": "accept", "rejects": "reject"}[step])

    def keeps_hours(self, who, days, hours, zone):
        windows = [{"lane": lane, "direction": "TO_CLIENT", "weekday": day.upper(), "startMinute": hours[0], "endMinute": hours[1]}
                   for day in days for lane in ("ROUTINE", "LOGISTICS")]
        file = self.stage.folder / f"hours-{who}.json"
        file.write_text(json.dumps({"zone": zone, "windows": windows}))
        cli.ask(self.person(who), "hours", "apply", file)

    def opens_gate(self, who, lane, direction, span, reason, to=None):
        cli.ask(self.person(who), "policy", "open", "--lane", lane, "--direction", direction[0].lower(), "--for", span,
                *(["--with", to] if to else []), "--reason", reason)

    def closes_at_once(self, who, at):
        cli.ask(self.person(who), "policy", "close", "--until", self.utc_words(at))

    @staticmethod
    def utc_words(instant_ms):
        return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(instant_ms // 1000))

    # ---- the relationship ----

    def changes_relationship(self, who, change, to, on=None):
        cli.ask(self.person(who), "relationship", CHANGES[change], *self.with_whom(to), *(["--on", on] if on else []))

    @staticmethod
    def with_whom(to):
        # A client calls the only other side by no name.
        return ["--with", to] if to and to.startswith("client") else []

    def rests_lane(self, who, lane, to, until_at, code=None):
        answer = self.person(who).command("lane", "pause", *self.with_whom(to), "--lane", lane, "--until", self.utc_words(until_at))
        self.expect_answer(answer, code)

    def signs(self, who, to=None):
        cli.ask(self.person(who), "agreement", "sign", "--yes", *self.with_whom(to))

    def agreement_is(self, who, state, to=None):
        seen = cli.ask(self.person(who), "agreement", "show", *self.with_whom(to))
        if seen["up_to_date"] != (state == "in force"):
            raise self.mismatch(state, seen)

    def takes_signature_back(self, who, to=None):
        cli.ask(self.person(who), "agreement", "revoke", "--yes", *self.with_whom(to))

    # ---- who may not have one ----

    def knows_otherwise(self, who, to, change):
        word = {"lists": "add", "strikes": "remove"}[change]
        cli.ask(self.admin(), "conflicts", word, self.account_of(who), self.account_of(to))

    def sees_conflicts(self, count):
        seen = self.admin().command("conflicts", "list").json
        if len(seen) != count:
            raise self.mismatch(f"{count} pairs", seen)

    def may_not_join(self, who, to):
        self.codes[(who, to)] = cli.invite(self.person(to), "client", who)
        self.expect_answer(self.person(who).command("join", self.codes[(who, to)]), "PAIR_EXISTS")

    # ---- messages that wait ----

    def message_id(self, who, text):
        sent = [line for line in self.person(who).command("history", "--last", "0").json
                if line.get("type") == "message" and line["text"] == text]
        if not sent:
            raise self.mismatch(f'"{text}" among what was sent', "nothing of that text")
        return sent[-1]["message_id"]

    def withdraws(self, who, text, outcome):
        answer = self.person(who).command("withdraw", self.message_id(who, text))
        self.expect_answer(answer, None if outcome == "withdrawn" else "ALREADY_RELEASED")

    def replaces(self, who, text, other):
        cli.ask(self.person(who), "replace", self.message_id(who, text), other)

    def outbox_state(self, who, text, state):
        wanted = self.message_id(who, text)
        seen = [row["state"] for row in self.person(who).command("outbox", "--all").json if row["message_id"] == wanted]
        if seen != [state]:
            raise self.mismatch(state, seen)

    def closed_notice(self, who, text, outcome):
        answer = self.person(who).command("send", text)
        if not answer.json or answer.json[-1].get("state") != "held":
            raise self.mismatch("held", answer)
        if ("closed_notice" in answer.json[-1]) != outcome.startswith("is told"):
            raise self.mismatch(outcome, answer)

    def sees_held(self, who, count):
        seen = len(self.person(who).command("held", "list").json)
        if seen != count:
            raise self.mismatch(count, seen)

    def disposes(self, who, what):
        how = ["--return"] if what == "gives back" else ["--cover", self.account_of(who)]
        cli.ask(self.person(who), "held", "dispose", *how, "--all")

    def leaves(self, who, phase, code=None):
        word = {"begins to leave": "begin", "stays after all": "cancel", "leaves": "finish"}[phase]
        self.expect_answer(self.person(who).command("leave", word), code)

    # ---- what people are told ----

    def is_told(self, who, kind, at=None, reason=None):
        self.take_notice(who, f"a notice {kind}", lambda notice:
                         notice["kind"] == kind.replace(" ", "_")
                         and (at is None or notice.get("promise") == self.utc_seconds(at))
                         and (reason is None or reason in (notice.get("reason"), notice.get("why"), notice.get("state"))))

    def is_told_of_revocation(self, who):
        self.take_notice(who, "a notice that a signature was taken back", lambda notice: notice.get("revoked", False))

    def take_notice(self, who, wanted, fits):
        deadline = time.monotonic() + TOLD_SECONDS
        told = self.notices.setdefault(who, [])
        while True:
            for notice in told:
                if fits(notice):
                    told.remove(notice)
                    return
            if time.monotonic() > deadline:
                raise self.mismatch(wanted, told)
            time.sleep(1)
            told += self.person(who).command("notices").json

    def is_told_nothing(self, who):
        told = self.notices.setdefault(who, [])
        told += self.person(who).command("notices").json
        about_messages = [n for n in told if n["kind"] in ("promise_renewed", "released", "returned")]
        if about_messages:
            raise self.mismatch("nothing about messages", about_messages)

    @staticmethod
    def utc_seconds(instant_ms):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(instant_ms // 1000)) + f".{instant_ms % 1000:03}Z"

    def sees_no_travels(self, who):
        seen = cli.ask(self.person(who), "policy", "show")["policy"]
        if seen.get("travels") or "Berlin" in json.dumps(seen):
            raise self.mismatch("no travels", seen)

    # ---- the ledger, and looking back ----

    def auditor_joins(self, who):
        gateway = self.person(who).gateway
        auditor = self.stage.person("auditor", gateway)
        cli.enroll(auditor, cli.invite(self.admin(), "auditor", "auditor"))

    def verifies_ledger(self, outcome):
        deadline = time.monotonic() + TOLD_SECONDS
        while True:
            answer = self.person("auditor").command("audit", "verify")
            seen = answer.json[-1].get("verdict") if answer.json else None
            if seen == outcome.replace(" ", "_"):
                return
            if time.monotonic() > deadline:
                raise self.mismatch(outcome, answer)
            time.sleep(2)

    # ---- time-zone data ----

    def gets_zone_data(self, name, zone, like):
        """From its next start on."""
        self.stage.gateways[name].environment["HOLDSPACE_ZONEINFO"] = str(self.stage.new_zone_data(zone, like))

    def sees_moved(self, count, at, until_at):
        seen = self.person("auditor").command("audit", "moved").json
        moved = sum(line["messages"] for line in seen if line.get("promise_before") == self.utc_seconds(at)
                    and line.get("promise_after") == self.utc_seconds(until_at))
        if moved != count:
            raise self.mismatch(f"{count} moved", seen)
        if not any(line.get("moved") == count for line in seen):
            raise self.mismatch(f"an entry that {count} moved in all", seen)

    def compares(self, who, count):
        seen = self.person(who).command("policy", "compare", self.policy_file(who)).json
        differ = [line for line in seen if "before" in line]
        if len(differ) != count:
            raise self.mismatch(f"{count} that differ", seen)

    def expect_answer(self, answer, code):
        if code is None:
            if answer.code != 0:
                raise self.mismatch("done", answer)
        elif answer.code == 0 or code not in str(answer):
            raise self.mismatch(code, answer)
