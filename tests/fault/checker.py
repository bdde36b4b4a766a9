#!/usr/bin/env python3
"""Judges the history of a fault run: were accepted messages delivered once, in order, unchanged, and in open windows?

Usage: checker.py HISTORY.jsonl...   (several files are one history)

A history is JSON lines. Each has `wall` (ms since 1970 UTC, the clock of the play), `mono` (ms, CLOCK_MONOTONIC of the
one machine), `actor` (who, by role) and `op`:

  submit   a message leaves, or leaves again:         msg_id, to, lane, hash, direction
  answer   what the sender is told about it:          msg_id, result, state, promise, epoch
           result: ok (accepted), fail (definitely not stored), info (may or may not be stored)
           state and promise only with ok: released, or held until the instant `promise` (ms; absent: none known)
  deliver  a message reaches the app of `actor`:      msg_id, from, lane, seq, hash
  drained  after the load, the backlog of `actor` is done
  gate     the open stretches of a direction:         lane, direction, open: [[from, until], ...] in ms, half-open
  left     what the store still holds for `actor` at the very end: count
  note     anything for a person who reads the history

Invariants, by the names of the reliability plan:
  I1  every accepted message is delivered (the drain is mandatory, and the store holds nothing afterwards);
      the epoch, which says that history may have been rolled back, never changes
  I2  what is delivered was submitted, to this recipient, on this lane, with the same hash
  I3  no message reaches an app twice
  I4  messages arrive in the order of their sequence numbers, and of their submission
  I5  no sequence number is missing for good, and none stands for two messages
  I6  nothing arrives while the gate is shut (2 s of grace after a close, for what was on its way), before its promise,
      or with an answer that the gate contradicts
  I14 what was definitely refused is never delivered, and is never accepted as well
"""
import bisect
import collections
import json
import sys

CLOSE_GRACE_MS = 2000  # what was pushed before the close may still be on its way
CLOCK_GRAIN_MS = 1  # wall times are whole milliseconds, rounded down

Violation = collections.namedtuple("Violation", "invariant text")


class Gate:
    """Open stretches of one lane and direction."""

    def __init__(self, stretches):
        self.stretches = sorted(tuple(s) for s in stretches)
        self.starts = [s[0] for s in self.stretches]

    def open_within(self, first, last):
        """Is there an open instant in [first, last]?"""
        index = bisect.bisect_right(self.starts, last) - 1
        return index >= 0 and self.stretches[index][1] > first

    def shut_within(self, first, last):
        """Is there a shut instant in [first, last]?"""
        index = bisect.bisect_right(self.starts, first) - 1
        return index < 0 or self.stretches[index][1] <= last


class Message:
    """Everything the history says about one message id."""

    def __init__(self, submit):
        self.submit = submit
        self.answers = []
        self.delivers = []

    def accepted(self):
        return any(a["result"] == "ok" for a in self.answers)

    def refused(self):
        return any(a["result"] == "fail" for a in self.answers)


class History:
    def __init__(self, events):
        self.events = sorted(events, key=lambda e: e["mono"])
        self.messages = {}
        self.phantoms = []
        self.gates = {}
        self.left = {}
        self.drained = {}
        self.epochs = {}
        self.violations = []
        for event in self.events:
            if event["op"] == "submit":
                self.on_submit(event)
        for event in self.events:
            if event["op"] != "submit":
                getattr(self, "on_" + event["op"])(event)

    def broken(self, invariant, text):
        self.violations.append(Violation(invariant, text))

    def on_note(self, event):
        pass

    def on_submit(self, event):
        first = self.messages.get(event["msg_id"])
        if first is not None:  # the same message may go out again and again
            if any(first.submit.get(k) != event.get(k) for k in ("actor", "to", "lane", "hash")):
                self.broken("I2", f"{event['actor']} used the message id {event['msg_id']} for two messages")
        else:
            self.messages[event["msg_id"]] = Message(event)

    def on_answer(self, event):
        if event.get("epoch"):
            self.epochs.setdefault(event["epoch"], event)
        message = self.messages.get(event["msg_id"])
        if message is None:
            self.broken("I2", f"an answer to {event['msg_id']}, which nobody submitted")
        else:
            message.answers.append(event)

    def on_deliver(self, event):
        message = self.messages.get(event["msg_id"])
        if message is None:
            self.phantoms.append(event)
        else:
            message.delivers.append(event)

    def on_gate(self, event):
        self.gates[(event["lane"], event["direction"])] = Gate(event["open"])

    def on_left(self, event):
        self.left[event["actor"]] = event["count"]

    def on_drained(self, event):
        self.drained[event["actor"]] = event

    def streams(self):
        """Deliveries of each (recipient, sender, lane), in the order of their arrival."""
        streams = collections.defaultdict(list)
        for event in self.events:
            if event["op"] == "deliver":
                streams[(event["actor"], event["from"], event["lane"])].append(event)
        return streams


def check_nothing_lost(history):
    lost = 0
    for message in history.messages.values():
        if message.accepted() and not message.delivers:
            lost += 1
            submit = message.submit
            history.broken("I1", f"{submit['msg_id']} from {submit['actor']} to {submit['to']} was accepted and never delivered")
    last_answer = collections.defaultdict(float)
    for message in history.messages.values():
        for answer in message.answers:
            last_answer[message.submit["to"]] = max(last_answer[message.submit["to"]], answer["mono"])
    for recipient in sorted({m.submit["to"] for m in history.messages.values()}):
        if recipient not in history.drained or history.drained[recipient]["mono"] < last_answer[recipient]:
            history.broken("I1", f"{recipient} was not drained after the load, so nothing is known about what it lost")
        if history.left.get(recipient, 0):
            history.broken("I1", f"after the drain the store still holds {history.left[recipient]} for {recipient}")
    if len(history.epochs) > 1:
        at = max(history.epochs.values(), key=lambda e: e["mono"])
        history.broken("I1", f"the epoch changed during the run, first told to {at['actor']}: history was rolled back")
    return lost


def check_nothing_invented(history):
    for event in history.phantoms:
        history.broken("I2", f"{event['actor']} got {event['msg_id']}, which nobody submitted")
    for message in history.messages.values():
        submit = message.submit
        for event in message.delivers:
            if event["mono"] < submit["mono"]:
                history.broken("I2", f"{submit['msg_id']} arrived before it was submitted")
            for mine, theirs in (("hash", "hash"), ("to", "actor"), ("actor", "from"), ("lane", "lane")):
                if submit[mine] != event[theirs]:
                    history.broken("I2", f"{submit['msg_id']} arrived with another {mine}: {event[theirs]}, not {submit[mine]}")


def check_once(history):
    doubled = 0
    for message in history.messages.values():
        if len(message.delivers) > 1:
            doubled += len(message.delivers) - 1
            history.broken("I3", f"{message.submit['msg_id']} reached the app of {message.submit['to']} {len(message.delivers)} times")
    return doubled


def check_order(history):
    swapped = 0
    order = {msg_id: place for place, msg_id in enumerate(history.messages)}
    for (recipient, sender, _), events in history.streams().items():
        first = {}
        for event in events:
            first.setdefault(event["msg_id"], event)  # doubles are I3's
        once = list(first.values())
        for before, after in zip(once, once[1:]):
            by_seq = after["seq"] < before["seq"]
            by_submission = order.get(after["msg_id"], 0) < order.get(before["msg_id"], 0)
            if by_seq or (by_submission and after["msg_id"] in order):
                swapped += 1
                what = "sequence numbers" if by_seq else "submission"
                history.broken("I4", f"{recipient} got {after['msg_id']} from {sender} after {before['msg_id']}, against the order of {what}")
    return swapped


def check_no_gap(history):
    for (recipient, sender, lane), events in history.streams().items():
        owners = {}
        for event in events:
            owner = owners.setdefault(event["seq"], event["msg_id"])
            if owner != event["msg_id"]:
                history.broken("I5", f"{recipient} got {owner} and {event['msg_id']} from {sender}, both as number {event['seq']}")
        missing = sorted(set(range(1, max(owners) + 1)) - set(owners))
        if missing or min(owners) < 1:
            history.broken("I5", f"{recipient} never got number {missing[:5]} of {max(owners)} from {sender} on {lane}")


def check_gate(history):
    for message in history.messages.values():
        submit = message.submit
        gate = history.gates.get((submit["lane"], submit.get("direction")))
        if gate is None:
            continue
        for event in message.delivers:
            if not gate.open_within(event["wall"] - CLOSE_GRACE_MS, event["wall"] + CLOCK_GRAIN_MS):
                history.broken("I6", f"{submit['msg_id']} reached {event['actor']} at {event['wall']}, while the gate was shut")
        for answer in message.answers:
            if answer["result"] != "ok":
                continue
            check_answer(history, message, answer, gate)


def check_answer(history, message, answer, gate):
    submit = message.submit
    first, last = submit["wall"] - CLOCK_GRAIN_MS, answer["wall"] + CLOCK_GRAIN_MS
    if answer["state"] == "released" and not gate.open_within(first, last):
        history.broken("I6", f"{submit['msg_id']} was answered 'released' at {answer['wall']}, while the gate was shut")
    if answer["state"] == "held" and not gate.shut_within(first, last):
        history.broken("I6", f"{submit['msg_id']} was answered 'held' at {answer['wall']}, while the gate was open")
    promise = answer.get("promise")
    for event in message.delivers:
        if promise is not None and event["wall"] + CLOCK_GRAIN_MS < promise:
            history.broken("I6", f"{submit['msg_id']} reached {event['actor']} at {event['wall']}, before its promise {promise}")


def check_refused_stays_refused(history):
    for message in history.messages.values():
        if not message.refused():
            continue
        if message.delivers:
            history.broken("I14", f"{message.submit['msg_id']} was definitely refused and then delivered")
        if message.accepted():
            history.broken("I14", f"{message.submit['msg_id']} was definitely refused and accepted as well")


def check(events):
    """Returns (violations, figures) of a history given as a list of events."""
    history = History(events)
    lost = check_nothing_lost(history)
    check_nothing_invented(history)
    doubled = check_once(history)
    swapped = check_order(history)
    check_no_gap(history)
    check_gate(history)
    check_refused_stays_refused(history)
    messages = history.messages.values()
    held = [a for m in messages for a in m.answers if a["result"] == "ok" and a["state"] == "held"]
    figures = {
        "submitted": len(messages),
        "accepted": sum(m.accepted() for m in messages),
        "held": len({a["msg_id"] for a in held}),
        "refused": sum(m.refused() for m in messages),
        "unconfirmed": sum(not m.accepted() and not m.refused() for m in messages),
        "answered_unsure": sum(any(a["result"] == "info" for a in m.answers) for m in messages),
        "delivered": sum(bool(m.delivers) for m in messages),
        "lost": lost,
        "duplicated": doubled,
        "out_of_order": swapped,
    }
    return history.violations, figures


def read(paths):
    events = []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            events += [json.loads(line) for line in lines if line.strip()]
    return events


def main(paths):
    violations, figures = check(read(paths))
    for violation in violations[:50]:
        print(f"{violation.invariant}: {violation.text}")
    if len(violations) > 50:
        print(f"... and {len(violations) - 50} more")
    print(" ".join(f"{name}={value}" for name, value in figures.items()))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
