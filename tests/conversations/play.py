"""What the statements of a conversation do: each method performs one, on real programs, and compares what is seen with
what the line says. The words are in script.py, the programs in tests/support/stage.py."""
import signal
import time

import boundaries
import cli
import script
import stage
from line import Line

MOMENT_SECONDS = 2  # "shows nothing": long enough for a push that should not be
ARRIVAL_SECONDS = 20  # a lost hint is made good by a poll each 15 s
RELEASE_LATE_MS = 5000  # a held message arrives at most this late after its opening
SETTLE_SECONDS = 1.5  # a gateway looks at the store's clock each second; until then it decides nothing by the old one
RUN_SECONDS_MAX = 60  # "clock runs to": really waited
KEPT_LIMITS = {"connections_new_burst": 1000, "connections_new_per_second": 1000}  # each command line call connects anew


class Mismatch(Exception):
    def __init__(self, expected, seen):
        super().__init__(f"expected {expected}\n    seen     {seen}")


def show_instant(instant_ms):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(instant_ms // 1000)) + f".{instant_ms % 1000:03}Z"


class Play(boundaries.Boundaries):
    """One conversation. Close it in any case."""

    def __init__(self, folder, shim, build, steps):
        self.stage = stage.Stage(folder, shim, build)
        self.gateway_names = sorted({s.arguments.get("gateway") or "A" for s in steps if s.action in ("practice", "client", "colleague")} or {"A"})
        self.policies = {}
        self.pending = {}
        self.codes = {}
        self.outbox = {}
        self.notices = {}

    def perform(self, step):
        getattr(self, step.action)(**step.arguments)

    def close(self):
        self.stage.close()

    def person(self, who):
        if who not in self.stage.people:
            raise Mismatch("somebody who was introduced before", who)
        return self.stage.people[who]

    # ---- the clock ----

    def clock_starts(self, at):
        self.stage.clock.set_ms(at)

    def clock_moves(self, at):
        if at < self.stage.clock.now_ms():
            raise Mismatch("a move forward", f"it is {show_instant(self.stage.clock.now_ms())} already")
        self.stage.clock.set_ms(at)
        time.sleep(SETTLE_SECONDS)

    def clock_runs(self, at):
        wait = (at - self.stage.clock.now_ms()) / 1000
        if wait > RUN_SECONDS_MAX:
            raise Mismatch(f"at most {RUN_SECONDS_MAX} s to run", f"{wait:.0f} s")
        time.sleep(max(0, wait))

    # ---- people ----

    def over_tls(self):
        self.stage.tls = True

    def start_services(self):
        if self.stage.redis is None:
            self.stage.start_redis()
            for name in self.gateway_names:
                self.stage.start_gateway(name, KEPT_LIMITS)

    def practice(self, therapist, zone, gateway="A"):
        self.start_services()
        on = self.stage.gateways[gateway]
        admin = self.stage.person("admin-of-" + therapist, on, zone)
        cli.found_practice(admin, self.stage.practice_invite())
        person = self.stage.person(therapist, on, zone)
        cli.enroll(person, cli.invite(admin, "therapist", therapist))
        self.starts_policy(therapist)

    def client(self, who, therapist, zone, gateway="A", line=None):
        person = self.stage.person(who, self.stage.gateways[gateway], zone)
        if line:
            person.line = Line(person.gateway.port)
        cli.enroll(person, cli.invite(self.person(therapist), "client", who))

    def colleague(self, who, therapist, zone, gateway="A"):
        person = self.stage.person(who, self.stage.gateways[gateway], zone)
        cli.enroll(person, cli.invite(self.person("admin-of-" + therapist), "therapist", who))
        self.starts_policy(who)

    def joins(self, who, therapist, how=None):
        if how != " by the same code":
            self.codes[(who, therapist)] = cli.invite(self.person(therapist), "client", who)
        answer = self.person(who).command("join", self.codes[(who, therapist)])
        if answer.code != (cli.NOT_CONFIRMED if how == ", and hears no answer" else 0):
            raise Mismatch(how or "joined", answer)

    def must_choose(self, who, therapist, colleague):
        answer = self.person(who).command("send", "To nobody in particular.")
        said = answer.json[-1].get("error", {}).get("text", "") if answer.json else ""
        if set(said.removeprefix("say with whom: ").split(", ")) != {therapist, colleague}:
            raise Mismatch(f"a choice between {therapist} and {colleague}", answer)

    def loses_answers(self, who, count):
        line = self.person(who).line
        line.answers_to_lose, line.lost = count, 0

    def line_is_good(self, who):
        line = self.person(who).line
        line.answers_to_lose = 0
        if line.lost == 0:
            raise Mismatch("a lost answer", "none was lost")

    def invites(self, who, code):
        self.codes["code " + code] = cli.invite(self.person(who), "client", "client")

    def enrolls(self, who, code, outcome):
        person = self.stage.people.get(who) or self.stage.person(who, self.stage.gateways["A"])
        secret = self.codes.get(code) or cli.wrong_code(next(iter(self.codes.values())))
        refusal = cli.enroll_refused(person, secret)
        if (refusal is None) != (outcome == "enrolled"):
            raise Mismatch(outcome, refusal or "enrolled")

    # ---- the policy ----

    def starts_policy(self, who):
        self.policies[who] = {"zone": self.person(who).zone, "windows": [], "exceptions": []}

    def opens(self, who, lane, days, hours=(0, 1440), direction=("TO_THERAPIST", "TO_CLIENT")):
        for one in direction:
            for day in days:
                self.policies[who]["windows"].append({"lane": lane.upper(), "direction": one, "weekday": day.upper(),
                                                      "startMinute": hours[0], "endMinute": hours[1]})

    def excepts(self, who, kind, first, id, until="", hours=None, lifts=""):
        exception = {"id": id, "kind": kind.upper(), "fromDate": first, "untilDate": until, "lifts": lifts}
        if hours:
            exception.update(startMinute=hours[0], endMinute=hours[1])
        self.policies[who]["exceptions"].append(exception)

    def applies_policy(self, who):
        cli.apply_policy(self.person(who), self.policy_file(who))

    @staticmethod
    def mismatch(expected, seen):
        return Mismatch(expected, seen)

    def previews(self, who, lane, direction, at, outcome):
        self.compare(outcome, cli.preview(self.person(who), lane, direction[0].lower(), show_instant(at).replace(" ", "T")))

    # ---- messages ----

    def sends(self, who, text, outcome, lane="routine", to=None):
        self.compare(outcome, cli.send(self.person(who), text, lane, to))

    def sends_many(self, who, count, text, outcome):
        for number in range(1, count + 1):
            self.sends(who, f"{text} {number}", outcome)

    def resends(self, who):
        cli.send_the_rest(self.person(who))

    def writes_to_other_practice(self, who, owner):
        stranger = cli.relationships(self.person(who))
        foreign = cli.relationships(self.person(owner))
        if not foreign or not stranger or set(foreign) & set(stranger):
            raise Mismatch(f"none of {foreign}", stranger)
        for relationship in foreign:
            seen = cli.send(self.person(who), "Not for you.", "routine", relationship)
            if seen.state != "bad_input":
                raise Mismatch("nobody of that name", seen)

    def compare(self, outcome, seen):
        """`outcome` as the script writes it; `seen` is a cli.Outcome."""
        words, _, rest = outcome.partition(" until ")
        state, _, reason = words.partition(" because ")
        if state != seen.words():
            raise Mismatch(outcome, seen)
        if reason and seen.reason != reason:
            raise Mismatch(outcome, seen)
        if rest and seen.promise_ms != script.parse_instant(rest):
            raise Mismatch(outcome, seen)

    # ---- the inbox ----

    def opens_inbox(self, who):
        self.person(who).open_inbox()
        self.pending.setdefault(who, [])

    def closes_inbox(self, who):
        self.person(who).close_inbox()

    def next_message(self, who, sender, seconds):
        """The next message of that sender, or None; what others wrote stays pending."""
        inbox = self.person(who).open_inbox()
        pending = self.pending.setdefault(who, [])
        deadline = time.monotonic() + seconds
        while True:
            for place, message in enumerate(pending):
                if sender is None or message.sender == sender:
                    return pending.pop(place)
            shown = inbox.next(max(0.0, deadline - time.monotonic()))
            if shown is None:
                if not inbox.alive():
                    raise Mismatch("a connected inbox", f"it ended: {inbox.last_words()}")
                return None
            message = cli.message(shown)
            if message is not None:
                message.arrived_ms = self.stage.clock.now_ms()
                pending.append(message)

    def shows_nothing(self, who, seconds=MOMENT_SECONDS):
        message = self.next_message(who, None, seconds)
        if message is not None:
            raise Mismatch("nothing", f'"{message.text}" at {show_instant(message.arrived_ms)}')

    def receives(self, who, texts, sender, at=None, seconds=None):
        if at is not None:
            seconds = max(0, at - self.stage.clock.now_ms()) / 1000 + RELEASE_LATE_MS / 1000
        for text in texts:
            message = self.next_message(who, sender, ARRIVAL_SECONDS if seconds is None else seconds)
            if message is None:
                raise Mismatch(f'"{text}"', f"nothing until {show_instant(self.stage.clock.now_ms())}")
            if message.text != text:
                raise Mismatch(f'"{text}"', f'"{message.text}"')
            if at is not None and not at <= message.arrived_ms <= at + RELEASE_LATE_MS:
                raise Mismatch(f"arrival at {show_instant(at)} or up to {RELEASE_LATE_MS} ms later", show_instant(message.arrived_ms))

    def receives_many(self, who, count, text, sender, rest=None):
        seen = self.outbox.setdefault((who, text), 0)
        self.receives(who, [f"{text} {n}" for n in range(seen + 1, seen + count + 1)], sender)
        self.outbox[(who, text)] = seen + count

    def history(self, who, texts):
        seen = [t for t in cli.history(self.person(who)) if t in texts]
        if seen != texts:
            raise Mismatch(texts, seen)

    # ---- faults ----

    def redis_fault(self, what):
        self.fault(self.stage.redis, what)
        if what == "starts again":
            for gateway in self.stage.gateways.values():
                if gateway.running():
                    gateway.wait_until(gateway.ready)

    def gateway_fault(self, name, what):
        self.fault(self.stage.gateways[name], what)

    @staticmethod
    def fault(program, what):
        if what == "hangs":
            program.signal(signal.SIGSTOP)
        elif what == "goes on":
            program.signal(signal.SIGCONT)
        elif what == "is killed":
            program.kill()
        else:
            program.start()
