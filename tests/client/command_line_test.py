#!/usr/bin/env python3
"""What `holdspace` says and returns where no gateway is needed: help, wrong words, no profile, no connection.

Usage: command_line_test.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMANDS = [["practice", "init"], ["enroll"], ["invite"], ["join"], ["send"], ["inbox"], ["history"], ["policy", "show"], ["policy", "apply"],
            ["policy", "preview"], ["policy", "import"], ["policy", "versions"], ["policy", "compare"], ["policy", "diff"],
            ["policy", "coverage"], ["policy", "template"], ["policy", "open"], ["policy", "close"],
            ["policy", "proposal", "show"], ["policy", "proposal", "accept"], ["policy", "proposal", "reject"], ["hours", "show"],
            ["hours", "apply"], ["relationship", "list"], ["relationship", "pause"], ["relationship", "resume"], ["relationship", "end"],
            ["relationship", "sever"], ["lane", "pause"], ["lane", "resume"], ["agreement", "show"], ["agreement", "sign"],
            ["agreement", "revoke"], ["withdraw"], ["conflicts", "list"], ["conflicts", "add"], ["conflicts", "remove"],
            ["replace"], ["held", "list"], ["held", "dispose"], ["leave", "begin"], ["leave", "cancel"], ["leave", "finish"], ["notices"],
            ["accounts"], ["audit", "verify"], ["devices"], ["status"], ["outbox"], ["outbox", "retry"]]
POLICY = {"zone": "Europe/London", "windows": [
    {"lane": "ROUTINE", "direction": "TO_THERAPIST", "weekday": "MONDAY", "startMinute": 540, "endMinute": 1020}]}
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20251225
DTEND;VALUE=DATE:20251227
RRULE:FREQ=YEARLY
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=America/New_York:20261019T090000
DURATION:PT1H
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Supervision
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20261019T090000Z
DURATION:PT1H
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name) / "profile"

    def tearDown(self):
        self.folder.cleanup()

    def run_it(self, *words, zone="America/New_York"):
        environment = {**os.environ, "TZ": zone, "HOLDSPACE_HOME": str(self.home)}
        return subprocess.run([PROGRAM, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)

    def test_every_command_has_help_with_an_example(self):
        for command in COMMANDS:
            done = self.run_it(*command, "--help")
            self.assertEqual(done.returncode, 0, command)
            self.assertIn("holdspace", done.stdout, command)
            self.assertIn("Usage", done.stdout, command)

    def test_wrong_words_return_2(self):
        for words in ([], ["frobnicate"], ["send"], ["invite"], ["invite", "--role", "admin"], ["send", "--lane", "fast", "text"],
                      ["policy"], ["policy", "preview", "--direction", "sideways"], ["--profile", "../x", "status"],
                      ["enroll", "--invite", "X", "--url", "http://localhost"], ["send", ""], ["withdraw"], ["replace", "3f2a91c0"],
                      ["policy", "proposal"], ["policy", "apply"], ["policy", "apply", "f", "--reason", "mood"],
                      ["policy", "show", "--default", "--account", "0" * 32], ["policy", "diff", "3"], ["policy", "template", "therapy"],
                      ["policy", "template", "astrology", "--zone", "Etc/UTC"], ["policy", "coverage", "--lane", "urgent"],
                      ["policy", "coverage", "--days", "401"], ["policy", "preview", "--hours", "f"],
                      ["policy", "preview", "--file", "f", "--with", "client-1"], ["relationship"], ["lane", "pause"], ["held", "dispose"],
                      ["held", "dispose", "--return", "--release", "--all"], ["leave"], ["audit"], ["agreement"], ["conflicts"],
                      ["conflicts", "add", "0" * 32], ["conflicts", "remove"]):
            self.assertEqual(self.run_it(*words).returncode, 2, words)

    def test_what_cannot_be_meant_is_said_without_a_profile(self):
        opening = ["policy", "open", "--lane", "routine", "--direction", "to_client"]
        for words, said in ((opening, "--until"), ([*opening, "--for", "soon"], "--until"), ([*opening, "--for", "15d"], "14 days"),
                            ([*opening, "--for", "2h", "--until", "2026-12-24 12:00"], "--until"),
                            (["policy", "close", "--until", "tomorrow"], "--until"), (["policy", "close", "--cover", "me"], "32 hexadecimal"),
                            (["policy", "open", "--lane", "urgent", "--direction", "to_client", "--for", "2h"], "urgent"),
                            (["lane", "pause", "--lane", "urgent", "--for", "2h"], "urgent"), (["policy", "compare"], "--version"), (["lane", "pause", "--lane", "routine"], "--for 24h"),
                            (["policy", "template", "therapy", "--zone", "Mars/Olympus"], "Europe/London"),
                            (["policy", "coverage", "f", "--default"], "--default"),
                            (["relationship", "end", "--on", "soon"], "YYYY-MM-DD"), (["held", "list", "--account", "12"], "32 hexadecimal"),
                            (["held", "dispose", "--return"], "--all"), (["held", "dispose", "--return", "--all", "3f2a"], "--all"),
                            (["leave", "finish", "--successor", "x"], "32 hexadecimal"),
                            (["conflicts", "add", "1" * 32, "2"], "32 hexadecimal"), (["conflicts", "add", "1" * 32, "1" * 32], "one account")):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(said, done.stderr, words)

    def test_without_a_profile_says_what_to_do(self):
        for command in (["send", "text"], ["inbox"], ["history"], ["status"], ["devices"], ["outbox"], ["policy", "show"],
                        ["withdraw", "3f2a91c0"], ["notices"], ["held", "list"], ["audit", "verify"], ["hours", "show"], ["relationship", "list"],
                        ["agreement", "sign"], ["agreement", "revoke", "--yes"], ["conflicts", "list"], ["policy", "close", "--lift"], ["policy", "coverage"], ["policy", "diff", "0", "f"]):
            done = self.run_it(*command)
            self.assertEqual(done.returncode, 1, command)
            self.assertEqual(done.stdout, "", command)
            self.assertIn("holdspace enroll", done.stderr, command)
            self.assertEqual(len(done.stderr.splitlines()), 1, command)

    def test_json_errors_are_one_object(self):
        done = self.run_it("status", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["error"]["kind"], "bad_input")

    def test_a_mistyped_code_needs_no_gateway(self):
        done = self.run_it("enroll", "--invite", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "--url", "wss://localhost:1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("typing error", done.stderr)
        done = self.run_it("join", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
        self.assertEqual(done.returncode, 1)
        self.assertIn("typing error", done.stderr)

    def test_an_absent_gateway_is_named(self):
        # 128 zero bits and their checksum.
        code = subprocess.run([PROGRAM, "enroll", "--invite", "00000", "--url", "wss://localhost:1", "--home", str(self.home)],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(code.returncode, 1)
        self.assertIn("6 groups of 5", code.stderr)

    def test_preview_of_a_file_is_offline_and_shown_in_the_viewers_zone(self):
        file = pathlib.Path(self.folder.name) / "policy.json"
        file.write_text(json.dumps(POLICY))
        done = self.run_it("policy", "preview", "--file", str(file), "--at", "2026-03-29 23:10")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("held until Mon 30 Mar 2026 04:00 (America/New_York) = Mon 30 Mar 2026 09:00 (Europe/London)", done.stdout)
        answer = json.loads(self.run_it("policy", "preview", "--file", str(file), "--at", "2026-03-30T03:10Z", "--json").stdout)
        self.assertEqual((answer["outcome"], answer["promise"], answer["reason"]), ("held", "2026-03-30T08:00:00.000Z", "outside_windows"))

    def write(self, name, policy):
        file = pathlib.Path(self.folder.name) / name
        file.write_text(json.dumps(policy))
        return str(file)

    def test_preview_shows_which_rule_won_and_lost_and_three_turns(self):
        file = self.write("policy.json", {**POLICY, "exceptions": [{"id": "away", "kind": "CLOSED", "fromDate": "2026-03-30",
                                                                    "coverAccountId": "AAECAwQFBgcICQoLDA0ODw=="}]})
        done = self.run_it("policy", "preview", "--file", file, "--at", "2026-03-30T10:00Z", zone="Europe/London")
        self.assertIn("a message would be refused", done.stdout)
        self.assertIn("Rule that won: closed_exception:away\n  Rule that lost: weekly:windows[0]\n", done.stdout)
        self.assertIn("Meanwhile: 000102030405060708090a0b0c0d0e0f, until Tue 31 Mar 2026 00:00", done.stdout)
        self.assertEqual(done.stdout.count("The gate turns"), 3, done.stdout)
        answer = json.loads(self.run_it("policy", "preview", "--file", file, "--at", "2026-03-30T10:00Z", "--json").stdout)
        self.assertEqual((answer["reason"], answer["cover"], answer["losing_rules"]),
                         ("covered", "000102030405060708090a0b0c0d0e0f", ["weekly:windows[0]"]))

    def test_preview_asks_the_clients_own_hours_too(self):
        reply = {**POLICY, "windows": [{**POLICY["windows"][0], "direction": "TO_CLIENT"}]}
        hours = {**reply, "windows": [{**reply["windows"][0], "startMinute": 600}]}
        files = ["--file", self.write("policy.json", reply), "--hours", self.write("hours.json", hours)]
        answer = json.loads(self.run_it("policy", "preview", *files, "--direction", "to_client", "--at", "2026-03-30T08:30Z", "--json").stdout)
        self.assertEqual((answer["reason"], answer["promise"]), ("outside_client_hours", "2026-03-30T09:00:00.000Z"))

    def test_diff_of_two_files_is_offline_and_says_what_widens(self):
        before = self.write("before.json", POLICY)
        wider = self.write("wider.json", {**POLICY, "windows": [{**POLICY["windows"][0], "endMinute": 1080}]})
        self.assertEqual(self.run_it("policy", "diff", before, before).stdout, "The two say the same.\n")
        done = self.run_it("policy", "diff", before, wider, zone="Europe/London")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Weekly windows routine to_therapist: mon 09:00-17:00 becomes mon 09:00-18:00.", done.stdout)
        self.assertRegex(done.stdout, r"signature:\n  routine to_therapist: first from Mon \d+ \w+ \d+ 17:00 \(Europe/London\) until")
        self.assertIn("needs no signature", self.run_it("policy", "diff", wider, before).stdout)
        answer = json.loads(self.run_it("policy", "diff", before, wider, "--json").stdout)
        self.assertEqual([(c["subject"], c["verb"]) for c in answer["changes"]], [("windows", "changed")])
        self.assertEqual((answer["widens"], [(lane["lane"], lane["direction"]) for lane in answer["lanes"]]), (True, [("routine", "to_therapist")]))
        self.assertFalse(json.loads(self.run_it("policy", "diff", wider, before, "--json").stdout)["widens"])

    def test_coverage_of_a_file_is_offline(self):
        week = [{**POLICY["windows"][0], "weekday": day} for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")]
        night = {**POLICY["windows"][0], "lane": "LOGISTICS", "weekday": "SUNDAY", "startMinute": 75, "endMinute": 105}
        file = self.write("policy.json", {**POLICY, "windows": [*week, night]})
        done = self.run_it("policy", "coverage", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("routine to_therapist\n  Open 2", done.stdout)
        self.assertIn("Longest closure: 65 h, from Fri", done.stdout)
        # 64 hours in most weeks, 65 when the clocks go back, which every 400 days contain.
        self.assertIn("logistics to_client\n  Never open.\n  Refused from", done.stdout)
        self.assertRegex(done.stdout, r"The clocks jump over the window logistics to_therapist sun 01:15-01:45 on \d{4}-03-\d\d")
        words = ["--days", "14", "--lane", "routine", "--direction", "to_therapist", "--json"]
        answer = json.loads(self.run_it("policy", "coverage", file, *words).stdout)
        self.assertEqual([(lane["lane"], lane["direction"]) for lane in answer["lanes"]], [("routine", "to_therapist")])
        self.assertEqual((answer["lanes"][0]["open_minutes"], answer["lanes"][0]["refusals"]), (10 * 480, []))

    def test_a_template_is_a_policy_file_without_gaps(self):
        for kind in ("therapy", "coaching", "dbt", "adolescent", "group_practice"):
            file = str(pathlib.Path(self.folder.name) / f"{kind}.json")
            self.assertEqual(self.run_it("policy", "template", kind, "--zone", "America/New_York", "--out", file).returncode, 0, kind)
            coverage = self.run_it("policy", "coverage", file)
            self.assertEqual(coverage.returncode, 0, coverage.stderr)
            self.assertNotIn("Refused", coverage.stdout, kind)
            again = self.run_it("policy", "template", kind, "--zone", "America/New_York", "--out", file)
            self.assertEqual(again.returncode, 1, "an edited policy is not written over")
            shown = json.loads(self.run_it("policy", "template", kind, "--zone", "America/New_York", "--json").stdout)
            self.assertEqual(shown["policy"], json.loads(pathlib.Path(file).read_text()))

    def test_a_closing_with_refusals_takes_an_explicit_word(self):
        week = [{**POLICY["windows"][0], "weekday": day} for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")]
        base = {**POLICY, "windows": week, "terms": {"lanes": ["ROUTINE"]}}
        leave = {"id": "leave", "kind": "CLOSED", "fromDate": "2030-07-01", "untilDate": "2030-08-01"}
        near = {"id": "flood", "fromMs": "1577836800000"}  # an emergency closure that is not lifted
        apply = lambda policy, *words: self.run_it("policy", "apply", self.write("policy.json", policy), *words)
        no_profile = "holdspace enroll"
        self.assertEqual(apply(base).stderr.count("refused"), 0)
        self.assertIn(no_profile, apply({**base, "exceptions": [leave]}).stderr, "not in the next 400 days")
        done = apply({**base, "closures": [near]})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("Because of a closing that is longer than messages may wait:\n  Routine messages from clients will be refused from", done.stderr)
        self.assertIn("--accept-refusals", done.stderr)
        self.assertIn(no_profile, apply({**base, "closures": [near]}, "--accept-refusals").stderr)
        self.assertIn(no_profile, apply({**base, "closures": [near]}, "--dry-run").stderr)
        self.assertIn(no_profile, apply({**base, "closures": [{**near, "coverAccountId": "AAECAwQFBgcICQoLDA0ODw=="}]}).stderr)
        monday_only = apply(POLICY)
        self.assertIn("In the ordinary week:\n", monday_only.stderr)
        self.assertIn(no_profile, monday_only.stderr, "warned of, and no word asked for")
        self.assertNotIn("--accept-refusals", monday_only.stderr)
        self.assertIn("--accept-refusals", json.loads(apply({**base, "closures": [near]}, "--json").stdout)["error"]["text"])

    def test_a_window_that_the_clocks_jump_over_is_named_when_saving_and_in_the_simulator(self):
        gone = {**POLICY, "zone": "Europe/London",
                "windows": [{**POLICY["windows"][0], "weekday": "SUNDAY", "startMinute": 75, "endMinute": 105},
                            *({**POLICY["windows"][0], "weekday": day} for day in ("TUESDAY", "FRIDAY"))]}
        file = self.write("policy.json", gone)
        said = r"The clocks jump over the window routine to_therapist sun 01:15-01:45 on 20\d\d-03-\d\d"
        self.assertRegex(self.run_it("policy", "apply", file).stderr, said)
        preview = self.run_it("policy", "preview", "--file", file, "--at", "2030-03-29T10:00:00Z")
        self.assertEqual(preview.returncode, 0, preview.stderr)
        self.assertRegex(preview.stderr, said)

    def test_golden_vectors_through_the_program(self):
        vectors = json.loads((ROOT / "tests" / "vectors" / "v1" / "boundary.json").read_text())
        files = [self.write(f"policy-{i}.json", policy) for i, policy in enumerate(vectors["policies"])]
        plain = [row for row in vectors["rows"] if set(row) <= {"policy", "client", "at", "lane", "direction", "verdict"}]
        self.assertGreater(len(plain), 600)
        with_hours = [row for row in plain if "client" in row]
        outcomes = {"release_now": "released", "hold": "held", "refuse": "refused"}
        for row in plain[::20] + with_hours[::4]:
            words = ["--file", files[row["policy"]], "--at", row["at"], "--lane", row["lane"], "--direction", row["direction"]]
            if "client" in row:
                words += ["--hours", files[row["client"]]]
            done = self.run_it("policy", "preview", *words, "--json")
            self.assertEqual(done.returncode, 0, f"{row}: {done.stdout}")
            seen, verdict = json.loads(done.stdout), row["verdict"]
            self.assertEqual((seen["outcome"], seen["reason"], seen["rule"], seen.get("promise"), seen["valid_from"], seen["valid_until"]),
                             (outcomes[verdict["outcome"]], verdict["reason"], verdict["rule"], verdict.get("promise"),
                              verdict["valid_from"], verdict["valid_until"]), row)
            self.assertEqual((seen.get("cover"), seen.get("cover_until")), (verdict.get("cover"), verdict.get("cover_until")), row)

    def test_a_wrong_policy_file_names_the_field(self):
        file = pathlib.Path(self.folder.name) / "policy.json"
        file.write_text(json.dumps({**POLICY, "zone": "Mars/Olympus"}))
        for command in (["policy", "preview", "--file", str(file)], ["policy", "apply", str(file)]):
            done = self.run_it(*command)
            self.assertEqual(done.returncode, 1)
            self.assertIn("zone", done.stderr)

    def import_files(self, calendar=CALENDAR, policy=POLICY):
        folder = pathlib.Path(self.folder.name)
        (folder / "busy.ics").write_text(calendar)
        (folder / "policy.json").write_text(json.dumps(policy))
        return ["policy", "import", str(folder / "busy.ics"), "--policy", str(folder / "policy.json"), "--from", "2026-10-01"]

    def test_a_calendar_is_merged_into_a_policy_file_without_a_gateway(self):
        words = self.import_files()
        out = pathlib.Path(self.folder.name) / "merged.json"
        answer = json.loads(self.run_it(*words, "--out", str(out), "--json").stdout)
        ids = ["busy-2026-10-19-1400-1500", "busy-2026-10-26-1300-1400", "busy-2026-11-02-1400-1500", "busy-2026-12-25-to-2026-12-27"]
        self.assertEqual((answer["added"], answer["removed"], answer["kept"], answer["unchanged"]), (ids, [], [], 0))
        self.assertEqual((answer["events"], answer["instances"]), (3, 4))
        self.assertEqual(answer["skipped"], {"cancelled": 1, "transparent": 0, "without_length": 0, "outside": 0, "others": 0})
        self.assertEqual((answer["from"], answer["until"], answer["file"]), ("2026-10-01", "2027-11-05", str(out)))
        merged = json.loads(out.read_text())
        self.assertEqual(merged["windows"], POLICY["windows"])
        self.assertEqual([e["id"] for e in merged["exceptions"]], ids)
        self.assertNotIn("Supervision", out.read_text())
        preview = self.run_it("policy", "preview", "--file", str(out), "--at", "2026-10-19T13:30Z", "--json")
        self.assertEqual(json.loads(preview.stdout)["rule"], "closed_exception:busy-2026-10-19-1400-1500")

    def test_a_calendar_merged_again_changes_nothing_and_a_shorter_one_opens_again(self):
        words = self.import_files()
        out = str(pathlib.Path(self.folder.name) / "policy.json")
        self.assertEqual(self.run_it(*words, "--out", out).returncode, 0)
        once = pathlib.Path(out).read_text()
        again = self.run_it(*words, "--out", out)
        self.assertIn("Unchanged 4.", again.stderr)
        self.assertEqual(pathlib.Path(out).read_text(), once)
        shorter = self.run_it(*words, "--days", "30", "--out", out)
        self.assertIn("Removed 2:\n  busy-2026-11-02-1400-1500\n  busy-2026-12-25-to-2026-12-27", shorter.stderr)
        other = json.loads(self.run_it(*words, "--id-prefix", "work", "--out", out, "--json").stdout)
        self.assertEqual((len(other["added"]), other["removed"]), (4, []))

    def test_without_out_the_policy_is_all_of_standard_output(self):
        done = self.run_it(*self.import_files())
        self.assertEqual(len(json.loads(done.stdout)["exceptions"]), 4)
        self.assertIn("Skipped 1: cancelled.", done.stderr)
        answer = json.loads(self.run_it(*self.import_files(), "--json").stdout)
        self.assertEqual(len(answer["policy"]["exceptions"]), 4)

    def test_a_calendar_that_is_refused_leaves_the_file_as_it_was(self):
        for calendar, words in ((CALENDAR.replace("America/New_York", "Mars/Olympus"), "line 13, DTSTART: the time zone"),
                                (CALENDAR.replace("WEEKLY", "SECONDLY"), "line 15, RRULE: it repeats by the hour"),
                                (CALENDAR + "x" * 262144, "256 KiB"), ("", "line 1: this is not what")):
            command = self.import_files(calendar)
            out = pathlib.Path(self.folder.name) / "out.json"
            out.write_text("as it was")
            done = self.run_it(*command, "--out", str(out))
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
            self.assertEqual(out.read_text(), "as it was")

    def test_too_many_closures_are_refused_with_the_rule_of_the_policy(self):
        events = "".join(f"BEGIN:VEVENT\nUID:{n}\nDTSTART:20261001T{n:02}0000Z\nDURATION:PT10M\nRRULE:FREQ=DAILY;INTERVAL=2\nEND:VEVENT\n"
                         for n in range(6))
        done = self.run_it(*self.import_files(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("at most 1000 exceptions", done.stderr)

    def test_wrong_words_of_an_import_return_2(self):
        words = self.import_files()
        for wrong in (["--id-prefix", "Busy"], ["--id-prefix", "b" * 25], ["--from", "tomorrow"], ["--days", "401"], ["--days", "0"]):
            self.assertEqual(self.run_it(*words, *wrong).returncode, 2, wrong)
        self.assertEqual(self.run_it("policy", "import").returncode, 2)
        self.assertEqual(self.run_it("policy", "import", "/nowhere.ics", "--policy", words[4]).returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
