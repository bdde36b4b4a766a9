#!/usr/bin/env python3
"""Kill cycles: a gateway, Redis, or both are killed again and again while people write to each other through two gateways
and the gates turn; then everything drains, and the checker judges the history.

Usage: run.py --build DIR [--cycles N] [--seed S] [--clients N] [--keep]

Same seed, same kills at the same times; the rest of the machine is as it is. The history of a failed run is kept.
"""
import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE))
import checker
import cli
import stage

MINUTE_MS = 60_000
PLAY_DAY_MS = 1_780_999_200_000  # Tuesday 2026-06-09 10:00 UTC
OPEN_MINUTES, SHUT_MINUTES = 2, 2
WINDOWS = 50  # the most that a policy may have for one lane and direction; 200 minutes of play
ROUND_CYCLES = 60  # a round has a practice of its own, so that its windows do not run out
TURN_LEAD_MS = 6_000  # a clock that was moved pauses releases for some seconds; the turn itself is always lived through
TURN_REST_MS = checker.CLOSE_GRACE_MS + 1_000
PAIR_OPENINGS = {"TO_THERAPIST": 0, "TO_CLIENT": 1}  # the two directions turn a minute apart
DRAIN_SECONDS = 120
# Those of the product would make the load a trickle; the fault test is about loss, not about limits.
LIMITS = {"routine_send_burst": 100_000, "routine_send_refill_ms": 1, "frames_per_second": 10_000, "frames_burst": 10_000,
          "connections_new_per_second": 1_000, "connections_new_burst": 10_000}
TARGETS = ["gateway A", "gateway B", "redis", "redis and gateway A", "redis and gateway B"]


def windows(direction):
    first = PAIR_OPENINGS[direction]
    return [(first + n * (OPEN_MINUTES + SHUT_MINUTES), first + n * (OPEN_MINUTES + SHUT_MINUTES) + OPEN_MINUTES) for n in range(WINDOWS)]


def policy():
    day_minute = 600
    return {"zone": "Etc/UTC", "windows": [
        {"lane": "ROUTINE", "direction": direction, "weekday": "TUESDAY", "startMinute": day_minute + a, "endMinute": day_minute + b}
        for direction in PAIR_OPENINGS for a, b in windows(direction)]}


def stretches(direction):
    return [[PLAY_DAY_MS + a * MINUTE_MS, PLAY_DAY_MS + b * MINUTE_MS] for a, b in windows(direction)]


def turns():
    return sorted({edge for direction in PAIR_OPENINGS for stretch in stretches(direction) for edge in stretch})


class Driver:
    """The load driver: plays every person, writes the history, and is told when to drain."""

    def __init__(self, play, people):
        self.history = play.folder / "history.jsonl"
        program = play.build / "tests" / "fault" / "load_driver"
        arguments = [program, "--history", self.history]
        for gateway in play.gateways.values():
            arguments += ["--url", gateway.url]
        for person in people:
            arguments += ["--person", f"{person.name}={person.home}"]
        self.errors = open(play.folder / "driver.log", "ab")
        self.process = subprocess.Popen([str(a) for a in arguments], env=play.clock.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, preexec_fn=stage.die_with_parent)

    def expect(self, word):
        line = self.process.stdout.readline().strip()
        if line != word:
            raise stage.StageError(f"the load driver said {line!r} instead of {word!r} (exit {self.process.poll()})")

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def alive(self):
        return self.process.poll() is None

    def close(self):
        if self.alive():
            self.process.kill()
        self.process.wait()
        self.errors.close()


class Round:
    """One practice, one load, some kill cycles."""

    def __init__(self, options, rng, folder, cycles):
        self.options, self.rng, self.cycles = options, rng, cycles
        self.play = stage.Stage(folder, options.build / "tests" / "support" / "clock_shim.so", options.build)
        self.notes = []

    def note(self, text, **fields):
        self.notes.append({"wall": self.play.clock.now_ms(), "mono": time.monotonic_ns() // 1_000_000, "actor": "director", "op": "note",
                           "text": text, **fields})

    def prepare(self):
        self.play.clock.set_ms(PLAY_DAY_MS + 30_000)
        self.play.start_redis()
        gateways = [self.play.start_gateway(name, LIMITS) for name in ("A", "B")]
        admin = self.play.person("admin", gateways[0])
        cli.found_practice(admin, self.play.practice_invite())
        therapist = self.play.person("therapist", gateways[0])
        cli.enroll(therapist, cli.invite(admin, "therapist", "therapist"))
        file = self.play.folder / "policy.json"
        file.write_text(json.dumps(policy()))
        cli.apply_policy(therapist, file)
        people = [therapist]
        for number in range(1, self.options.clients + 1):
            client = self.play.person(f"client-{number}", gateways[number % 2])
            cli.enroll(client, cli.invite(therapist, "client", client.name))
            people.append(client)
        return people

    def programs(self, target):
        found = {"redis": [self.play.redis], "gateway A": [self.play.gateways["A"]], "gateway B": [self.play.gateways["B"]]}
        return [program for part in target.split(" and ") for program in found[part]]

    def cycle(self, number):
        time.sleep(self.rng.uniform(0.5, 3.0))
        if self.rng.random() < 0.5:
            self.move_near_a_turn()
        target = self.rng.choice(TARGETS)
        victims = self.programs(target)
        self.rng.shuffle(victims)
        self.note(f"kill {target}", cycle=number)
        for victim in victims:
            victim.kill()
            time.sleep(self.rng.uniform(0, 0.03))
        time.sleep(self.rng.uniform(0, 0.8))
        for victim in sorted(victims, key=lambda v: v is not self.play.redis):
            victim.start()
        self.note(f"{target} is back", cycle=number)

    def move_near_a_turn(self):
        """Never past a turn, and not soon after one: each is lived through in real time, with what was on its way at it, so
        what the gate did can be judged."""
        now = self.play.clock.now_ms()
        ahead = next(t for t in turns() if t > now)
        behind = max((t for t in turns() if t <= now), default=0)
        if ahead - TURN_LEAD_MS > now > behind + TURN_REST_MS:
            self.play.clock.set_ms(ahead - TURN_LEAD_MS)
            self.note("the clock moves to shortly before a turn of the gate")

    def move_into_open(self):
        """Both gates open for a minute at least: what is left must come now."""
        now = self.play.clock.now_ms()
        one, other = (stretches(direction) for direction in PAIR_OPENINGS)
        both = [(max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other if max(a[0], b[0]) < min(a[1], b[1])]
        start = next(start for start, end in both if start > now + TURN_LEAD_MS)
        while start > self.play.clock.now_ms():
            self.move_near_a_turn()
            time.sleep(0.2)
        self.note("both gates are open: drain")

    def run(self):
        """The events of the round."""
        people = self.prepare()
        driver = Driver(self.play, people)
        try:
            driver.expect("ready")
            for direction in PAIR_OPENINGS:
                self.notes.append({**self.blank("gate"), "lane": "routine", "direction": direction.lower(), "open": stretches(direction)})
            for number in range(1, self.cycles + 1):
                self.cycle(number)
                if not driver.alive():
                    raise stage.StageError(f"the load driver ended in cycle {number}")
            driver.tell("finish")
            self.move_into_open()
            driver.tell("drain")
            driver.expect("drained")
            driver.tell("stop")
            driver.process.wait(stage.STOP_SECONDS)
        finally:
            driver.close()
        for person in people:
            self.notes.append({**self.blank("left"), "actor": person.name, "count": cli.queued(person)})
        events = checker.read([driver.history])
        for event in events:
            if event["op"] == "submit":
                event["direction"] = "to_therapist" if event["to"] == "therapist" else "to_client"
        return self.notes + events

    def blank(self, op):
        return {"wall": self.play.clock.now_ms(), "mono": time.monotonic_ns() // 1_000_000, "actor": "director", "op": op}


def turns_under_load(events):
    """How many times a gate turned between the first message and the last."""
    times = [e["wall"] for e in events if e["op"] == "submit"]
    return sum(times[0] < edge < times[-1] for e in events if e["op"] == "gate" for stretch in e["open"] for edge in stretch) if times else 0


def report(events, folder):
    """Writes the whole history and judges it."""
    path = folder / "history-all.jsonl"
    path.write_text("".join(json.dumps(e) + "\n" for e in sorted(events, key=lambda e: e["mono"])))
    violations, figures = checker.check(events)
    for violation in violations[:20]:
        print(f"  {violation.invariant}: {violation.text}")
    if len(violations) > 20:
        print(f"  ... and {len(violations) - 20} more")
    return violations, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=lambda p: pathlib.Path(p).resolve(), help="CMake build folder with the programs")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time; it is printed")
    parser.add_argument("--clients", type=int, default=4, help="clients of the one therapist")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and history also when all is well")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    if subprocess.run([sys.executable, HERE / "test_checker.py"]).returncode != 0:
        return 1
    turned = 0
    totals = dict.fromkeys(("accepted", "lost", "duplicated", "out_of_order", "held", "answered_unsure", "unconfirmed"), 0)
    broken, done, started = 0, 0, time.monotonic()
    while done < options.cycles and not broken:
        cycles = min(ROUND_CYCLES, options.cycles - done)
        folder = stage.new_folder(tempfile.gettempdir(), "holdspace-fault")
        fault_round = Round(options, random.Random(f"{seed} {done}"), folder, cycles)
        try:
            events = fault_round.run()
            fault_round.play.close()
            violations, figures = report(events, folder)
            turned += turns_under_load(sorted(events, key=lambda e: e["mono"]))
            broken += len(violations) + figures["unconfirmed"]
            if figures["unconfirmed"]:
                print(f"  {figures['unconfirmed']} messages have no definite answer after the drain")
            for name in totals:
                totals[name] += figures[name]
        except stage.StageError as error:
            print(f"  cycle {done + 1} and on: {error}")
            broken += 1
        finally:
            try:
                fault_round.play.close()
            except stage.StageError as error:
                print(f"  at the end: {error}")
        done += cycles
        if options.keep or broken:
            print(f"  logs and history: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"took {time.monotonic() - started:.0f} s; {totals['held']} were held, {totals['answered_unsure']} had an uncertain answer on the way, "
          f"the gates turned {turned} times under load")
    print(f"fault: {done} cycles, {totals['accepted']} accepted, {totals['lost']} lost, {totals['duplicated']} duplicated, "
          f"{totals['out_of_order']} out of order, seed {seed}" + (", BROKEN" if broken else ""))
    return 1 if broken or not totals["accepted"] or not totals["held"] else 0


if __name__ == "__main__":
    sys.exit(main())
