"""What the tests know of the command line's words and JSON: one function for each thing that a person does with it."""
import json

import stage

NOT_CONFIRMED = 4  # exit code: it may or may not have been done


class Outcome:
    """What became of a message, or would become of it."""

    def __init__(self, state, promise_ms=None, reason="", raw=""):
        self.state, self.promise_ms, self.reason, self.raw = state, promise_ms, reason, raw

    def words(self):
        if self.state == "held":
            return "held" if self.promise_ms else "held without a promise"
        return {"not_confirmed": "not confirmed", "waiting": "not sent yet"}.get(self.state, self.state)

    def __str__(self):
        return str(self.raw).strip()


class Message:
    def __init__(self, sender, text):
        self.sender, self.text = sender, text
        self.arrived_ms = None


def ask(person, *arguments):
    """A command that must succeed; its JSON object, or None when it prints none."""
    answer = person.command(*arguments)
    if answer.code != 0:
        raise stage.StageError(f"{person.name}: `holdspace {' '.join(map(str, arguments))}` failed: {answer}")
    return answer.json[-1] if answer.json else None


def found_practice(admin, code):
    ask(admin, "practice", "init", "--invite", code, "--url", admin.url(), *admin.trust())


def invite(person, role, name):
    return ask(person, "invite", "--role", role, "--name", name, "--from", person.name)["code"]


def enroll(person, code):
    ask(person, "enroll", "--invite", code, "--url", person.url(), *person.trust())


def enroll_refused(person, code):
    """None when the code let the person in, otherwise what the program said."""
    answer = person.command("enroll", "--invite", code, "--url", person.url(), *person.trust())
    return str(answer) if answer.code != 0 else None


def wrong_code(code):
    """A code of the right shape that nobody gave out: two different characters of the given one change places."""
    letters = list(code)
    places = [i for i, c in enumerate(letters) if c.isalnum()]
    one = places[0]
    other = next(i for i in places if letters[i] != letters[one])
    letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def apply_policy(person, file):
    """Also when a long closing lets messages be refused: that takes the word of a person, and some conversations are about it."""
    return ask(person, "policy", "apply", file, "--accept-refusals")["version"]


def preview(person, lane, direction, at_text):
    seen = ask(person, "policy", "preview", "--lane", lane, "--direction", direction, "--at", at_text)
    return Outcome(seen["outcome"], seen.get("promise_ms"), seen["reason"], json.dumps(seen))


def send(person, text, lane, to):
    answer = person.command("send", *(["--to", to] if to else []), "--lane", lane, text)
    if not answer.json:
        raise stage.StageError(f"{person.name}: `holdspace send` said {answer}")
    seen = answer.json[-1]
    if "error" in seen:
        return Outcome(seen["error"]["kind"], raw=answer)
    return Outcome(seen["state"], seen.get("promise_ms"), seen.get("reason", ""), answer)


def send_the_rest(person):
    person.command("outbox", "retry")


def waiting(person):
    """How many messages of this person have no definite answer."""
    return len(person.command("outbox").json)


def relationships(person):
    return [r["relationship"] for r in ask(person, "status")["relationships"]]


def message(shown):
    """A Message, or None when the line is about something else."""
    if shown.get("type") != "message":
        return None
    return Message(shown.get("from"), shown["text"] if shown["kind"] == "text" else f"<{shown['kind']}: {shown['text']}>")


def queued(person):
    """How many envelopes the store still holds for this device and would deliver now."""
    return ask(person, "status")["queued"]


def history(person):
    """The texts of this device, oldest first."""
    answer = person.command("history", "--last", "0")
    return [line["text"] for line in answer.json if line.get("type") == "message"]
