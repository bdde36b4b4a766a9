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
COMMANDS = [["practice", "init"], ["enroll"], ["invite"], ["send"], ["inbox"], ["history"], ["policy", "show"], ["policy", "apply"],
            ["policy", "preview"], ["policy", "versions"], ["policy", "compare"], ["policy", "open"], ["policy", "close"],
            ["policy", "proposal", "show"], ["policy", "proposal", "accept"], ["policy", "proposal", "reject"], ["hours", "show"],
            ["hours", "apply"], ["relationship", "list"], ["relationship", "pause"], ["relationship", "resume"], ["relationship", "end"],
            ["relationship", "sever"], ["lane", "pause"], ["lane", "resume"], ["agreement", "show"], ["agreement", "sign"], ["withdraw"],
            ["replace"], ["held", "list"], ["held", "dispose"], ["leave", "begin"], ["leave", "cancel"], ["leave", "finish"], ["notices"],
            ["accounts"], ["audit", "verify"], ["devices"], ["status"], ["outbox"], ["outbox", "retry"]]
POLICY = {"zone": "Europe/London", "windows": [
    {"lane": "ROUTINE", "direction": "TO_THERAPIST", "weekday": "MONDAY", "startMinute": 540, "endMinute": 1020}]}


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
                      ["policy", "show", "--default", "--account", "0" * 32], ["relationship"], ["lane", "pause"], ["held", "dispose"],
                      ["held", "dispose", "--return", "--release", "--all"], ["leave"], ["audit"], ["agreement"]):
            self.assertEqual(self.run_it(*words).returncode, 2, words)

    def test_what_cannot_be_meant_is_said_without_a_profile(self):
        opening = ["policy", "open", "--lane", "routine", "--direction", "to_client"]
        for words, said in ((opening, "--until"), ([*opening, "--for", "soon"], "--until"), ([*opening, "--for", "15d"], "14 days"),
                            ([*opening, "--for", "2h", "--until", "2026-12-24 12:00"], "--until"),
                            (["policy", "close", "--until", "tomorrow"], "--until"), (["policy", "close", "--cover", "me"], "32 hexadecimal"),
                            (["policy", "open", "--lane", "urgent", "--direction", "to_client", "--for", "2h"], "urgent"),
                            (["lane", "pause", "--lane", "urgent", "--for", "2h"], "urgent"), (["policy", "compare"], "--version"), (["lane", "pause", "--lane", "routine"], "--for 24h"),
                            (["relationship", "end", "--on", "soon"], "YYYY-MM-DD"), (["held", "list", "--account", "12"], "32 hexadecimal"),
                            (["held", "dispose", "--return"], "--all"), (["held", "dispose", "--return", "--all", "3f2a"], "--all"),
                            (["leave", "finish", "--successor", "x"], "32 hexadecimal")):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(said, done.stderr, words)

    def test_without_a_profile_says_what_to_do(self):
        for command in (["send", "text"], ["inbox"], ["history"], ["status"], ["devices"], ["outbox"], ["policy", "show"],
                        ["withdraw", "3f2a91c0"], ["notices"], ["held", "list"], ["audit", "verify"], ["hours", "show"], ["relationship", "list"],
                        ["agreement", "sign"], ["policy", "close", "--lift"]):
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

    def test_a_wrong_policy_file_names_the_field(self):
        file = pathlib.Path(self.folder.name) / "policy.json"
        file.write_text(json.dumps({**POLICY, "zone": "Mars/Olympus"}))
        for command in (["policy", "preview", "--file", str(file)], ["policy", "apply", str(file)]):
            done = self.run_it(*command)
            self.assertEqual(done.returncode, 1)
            self.assertIn("zone", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
