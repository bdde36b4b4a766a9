"""The words of a conversation: turns a .conv file into steps before anything is started, so that a slip of the pen is
named at once. What the steps do is in play.py.

One statement a line; `#` begins a comment. People are named by role (therapist, client, client-2, stranger). Instants are
"2026-03-30 08:00Z" or "2026-03-29 23:10 America/New_York", with seconds if wanted. README.md lists every statement."""
import datetime
import re
import zoneinfo

import boundaries

INSTANT = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?:Z| [A-Z]\w+(?:/[\w-]+)+)"
WHO = r"[a-z][a-z]*(?:-[0-9])?"
ZONE = r"[A-Z]\w+(?:/[\w-]+)+"
LANE = r"routine|logistics|urgent"
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DIRECTIONS = {"to therapist": ["TO_THERAPIST"], "to client": ["TO_CLIENT"], "both directions": ["TO_THERAPIST", "TO_CLIENT"]}
TEXT = r'"[^"]*"'
OUTCOME = rf"released|held until {INSTANT}|held without a promise|refused(?: because [a-zA-Z_]+)?|not confirmed|not sent yet|unsigned"

# Statement -> pattern; boundaries.py has more. Named groups become the arguments of the method of play.Play with the same name.
STATEMENTS = [
    ("clock_starts", rf"clock (?P<at>{INSTANT})"),
    ("clock_moves", rf"clock moves to (?P<at>{INSTANT})"),
    ("clock_runs", rf"clock runs to (?P<at>{INSTANT})"),
    ("over_tls", r"over TLS"),
    ("practice", rf"(?:another )?practice with (?P<therapist>{WHO}) in (?P<zone>{ZONE})(?: on gateway (?P<gateway>[A-Z]))?"),
    ("client", rf"(?P<who>{WHO}) is a client of (?P<therapist>{WHO}) and lives in (?P<zone>{ZONE})(?: on gateway (?P<gateway>[A-Z]))?"
               r"(?P<line>, over a bad line)?"),
    ("colleague", rf"(?P<who>{WHO}) joins the practice of (?P<therapist>{WHO}) in (?P<zone>{ZONE})(?: on gateway (?P<gateway>[A-Z]))?"),
    ("joins", rf"(?P<who>{WHO}) joins (?P<therapist>{WHO})(?P<how>, and hears no answer| by the same code)?"),
    ("must_choose", rf"(?P<who>{WHO}) has to say whether (?P<therapist>{WHO}) or (?P<colleague>{WHO}) is meant"),
    ("loses_answers", rf"the line of (?P<who>{WHO}) loses (?P<count>\d+) answers?"),
    ("line_is_good", rf"the line of (?P<who>{WHO}) is good again"),
    ("invites", rf"(?P<who>{WHO}) invites a client with code (?P<code>[A-Z]\w*)"),
    ("enrolls", rf"(?P<who>{WHO}) enrolls with (?P<code>code [A-Z]\w*|a wrong code) -> (?P<outcome>enrolled|refused)"),
    ("opens", rf"(?P<who>{WHO}) opens (?P<lane>routine|logistics) (?P<days>[a-z]{{3}}(?:-[a-z]{{3}})?|always)(?: (?P<hours>\d\d:\d\d-\d\d:\d\d))?"
              rf"(?: (?P<direction>{'|'.join(DIRECTIONS)}))?"),
    ("excepts", rf"(?P<who>{WHO}) is (?P<kind>closed|open) on (?P<first>\d{{4}}-\d\d-\d\d)(?: until (?P<until>\d{{4}}-\d\d-\d\d))?"
                rf"(?: (?P<hours>\d\d:\d\d-\d\d:\d\d))? as (?P<id>[a-z0-9-]+)(?: lifting (?P<lifts>[a-z0-9-]+))?"),
    ("starts_policy", rf"(?P<who>{WHO}) starts a new policy"),
    ("applies_policy", rf"(?P<who>{WHO}) applies the policy"),
    ("sends_many", rf"(?P<who>{WHO}) sends (?P<count>\d+) messages (?P<text>{TEXT}) -> (?P<outcome>{OUTCOME})"),
    ("sends", rf"(?P<who>{WHO}) sends (?:(?P<lane>{LANE}) )?(?P<text>{TEXT})(?: to (?P<to>{WHO}))? -> (?P<outcome>{OUTCOME})"),
    ("resends", rf"(?P<who>{WHO}) sends the rest of the outbox"),
    ("previews", rf"(?P<who>{WHO}) asks about (?P<lane>{LANE}) (?P<direction>to therapist|to client) at (?P<at>{INSTANT}) -> (?P<outcome>{OUTCOME})"),
    ("writes_to_other_practice", rf"(?P<who>{WHO}) finds no relationship of (?P<owner>{WHO})"),
    ("opens_inbox", rf"(?P<who>{WHO}) opens the inbox"),
    ("closes_inbox", rf"(?P<who>{WHO}) closes the inbox"),
    ("shows_nothing", rf"(?P<who>{WHO}) inbox shows nothing(?: for (?P<seconds>\d+) s)?"),
    ("receives_many", rf"(?P<who>{WHO}) receives (?P<count>\d+) messages (?P<text>{TEXT}) from (?P<sender>{WHO})(?P<rest>, the rest)?"),
    ("receives", rf"(?P<who>{WHO}) receives (?P<texts>{TEXT}(?: {TEXT})*) from (?P<sender>{WHO})(?: at (?P<at>{INSTANT})| within (?P<seconds>\d+) s)?"),
    ("history", rf"(?P<who>{WHO}) has in the history (?P<texts>{TEXT}(?: {TEXT})*)"),
    ("redis_fault", r"redis (?P<what>hangs|goes on|is killed|starts again)"),
    ("gateway_fault", r"gateway (?P<name>[A-Z]) (?P<what>hangs|goes on|is killed|starts again)"),
]
STATEMENTS += boundaries.statements(INSTANT, WHO, ZONE, TEXT)
PATTERNS = [(name, re.compile(pattern + r"$")) for name, pattern in STATEMENTS]


class ScriptError(Exception):
    """A line that is no statement, with its place."""


class Step:
    def __init__(self, number, line, action, arguments):
        self.number, self.line, self.action, self.arguments = number, line, action, arguments


def parse_instant(text):
    """Milliseconds since 1970 UTC. A local time inside a gap or an overlap would be a riddle, so it is refused."""
    match = re.fullmatch(r"(\S+) (\d\d:\d\d(?::\d\d)?)(?:(Z)| (\S+))", text)
    clock = match[2] if match[2].count(":") == 2 else match[2] + ":00"
    local = datetime.datetime.fromisoformat(f"{match[1]} {clock}")
    zone = datetime.timezone.utc if match[3] else zoneinfo.ZoneInfo(match[4])
    instants = {local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)}
    if len(instants) > 1:
        raise ScriptError(f"{text} does not name one instant")
    return int(instants.pop() * 1000)


def parse_hours(text):
    """Minutes after midnight; an end at or before the start is on the next day."""
    start, end = (int(t[:2]) * 60 + int(t[3:]) for t in text.split("-"))
    return start, end if end > start else end + 1440


def parse_days(text):
    if text == "always":
        return DAYS
    short = [day[:3] for day in DAYS]
    first, _, last = text.partition("-")
    if first not in short or (last and last not in short):
        raise ScriptError(f"{text} names no days")
    return DAYS[short.index(first):short.index(last or first) + 1]


def parse_texts(text):
    return [t[1:-1] for t in re.findall(TEXT, text)]


CONVERSIONS = {"at": parse_instant, "until_at": parse_instant, "hours": parse_hours, "days": parse_days, "texts": parse_texts, "seconds": int, "count": int,
               "text": lambda t: t[1:-1], "other": lambda t: t[1:-1], "direction": DIRECTIONS.get}


def parse_line(line):
    for action, pattern in PATTERNS:
        match = pattern.match(line)
        if match:
            given = {k: v for k, v in match.groupdict().items() if v is not None}
            return action, {k: CONVERSIONS.get(k, lambda v: v)(v) for k, v in given.items()}
    raise ScriptError("is no statement; tests/conversations/README.md lists them")


def parse(path):
    """(title, steps) of a file; the title is its first comment."""
    title, steps = "", []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            title = title or line.lstrip("# ")
        if not line or line.startswith("#"):
            continue
        try:
            action, arguments = parse_line(line)
        except (ScriptError, ValueError, KeyError) as error:
            raise ScriptError(f"{path.name}:{number}: {line}\n    {error}") from None
        steps.append(Step(number, line, action, arguments))
    if not title:
        raise ScriptError(f"{path.name}: begins with no comment that says what is played")
    return title, steps
