#!/usr/bin/env python3
"""The command line and the SDK against a real gateway over TLS and a real Redis: a conversation, and devices that die
at the two points where a message could be lost or doubled.

Usage: end_to_end_test.py --build DIR [unittest arguments]
"""
import datetime
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import cli
import stage

BUILD = None
LIMITS = {"connections_new_burst": 1000, "connections_new_per_second": 1000}  # each command connects anew
ALWAYS_OPEN = {"zone": "Europe/London", "windows": [
    {"lane": lane, "direction": direction, "weekday": day, "startMinute": 0, "endMinute": 1440}
    for lane in ("ROUTINE", "LOGISTICS") for direction in ("TO_THERAPIST", "TO_CLIENT")
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")]}
NEVER_OPEN_TO_THERAPIST = {"zone": "Europe/London", "windows": [w for w in ALWAYS_OPEN["windows"] if w["direction"] == "TO_CLIENT"]}


class EndToEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = stage.new_folder(tempfile.gettempdir(), "holdspace-e2e")
        cls.stage = stage.Stage(cls.folder, BUILD / "tests" / "support" / "clock_shim.so", BUILD, tls=True)
        cls.addClassCleanup(cls.stage.close)
        cls.stage.start_redis()
        gateway = cls.stage.start_gateway("A", LIMITS)
        cls.gateway = gateway
        admin = cls.admin = cls.stage.person("admin", gateway, "Europe/London")
        cli.found_practice(admin, cls.stage.practice_invite())
        cls.therapist = cls.stage.person("therapist", gateway, "Europe/London")
        cli.enroll(cls.therapist, cli.invite(admin, "therapist", "therapist"))
        cls.client = cls.stage.person("client", gateway, "America/New_York")
        cli.enroll(cls.client, cli.invite(cls.therapist, "client", "client-1"))
        cls.apply(ALWAYS_OPEN)

    def setUp(self):
        for person in (self.therapist, self.client):
            self.ask(person, "inbox")

    @classmethod
    def apply(cls, policy):
        file = cls.folder / "policy.json"
        file.write_text(json.dumps(policy))
        cli.apply_policy(cls.therapist, file)

    def ask(self, person, *words):
        answer = person.command(*words)
        self.assertEqual(answer.code, 0, str(answer))
        return answer.json

    def human(self, person, *words):
        """The same command as a person types it: (exit code, output, errors)."""
        line = [w for w in person.words(words) if w != "--json"]
        done = subprocess.run(line, env=person.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def crash(self, person, *words):
        done = subprocess.run([str(BUILD / "tests" / "client" / "crash_device"), str(person.home), *words],
                              env=person.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)

    def inbox(self, person):
        return [m["text"] for m in self.messages(person)]

    def messages(self, person):
        return [m for m in self.ask(person, "inbox") if m.get("type") == "message"]

    def test_a_conversation_in_both_directions(self):
        sent = self.ask(self.client, "send", "I could not sleep.")[0]
        self.assertEqual((sent["state"], sent["to"], sent["lane"]), ("released", "therapist", "routine"))
        got = self.messages(self.therapist)
        self.assertEqual([(m["from"], m["text"]) for m in got], [("client-1", "I could not sleep.")])
        self.assertEqual(got[0]["message_id"], sent["message_id"])
        self.assertEqual(self.inbox(self.therapist), [], "shown once")
        self.ask(self.therapist, "send", "--to", "client-1", "--lane", "logistics", "Thursday at 10?")
        self.assertEqual(self.inbox(self.client), ["Thursday at 10?"])
        self.assertIn("I could not sleep.", cli.history(self.therapist))
        self.assertIn("Thursday at 10?", cli.history(self.therapist))

    def test_a_held_message_says_until_when_and_why_in_the_viewers_zone(self):
        opens = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).replace(hour=12, minute=0)
        window = {"lane": "ROUTINE", "direction": "TO_THERAPIST", "weekday": opens.strftime("%A").upper(), "startMinute": 720, "endMinute": 780}
        self.apply({"zone": "Etc/UTC", "windows": [*NEVER_OPEN_TO_THERAPIST["windows"], window]})
        try:
            code, out, _ = self.human(self.client, "send", "for the day after tomorrow")
            until = opens.astimezone(zoneinfo.ZoneInfo("America/New_York")).strftime("%a %-d %b %Y %H:%M (America/New_York)")
            self.assertEqual(code, 0)
            self.assertTrue(out.startswith(f"held until {until} - outside the agreed hours"), out)
        finally:
            self.apply(ALWAYS_OPEN)
        self.assertEqual(self.inbox(self.therapist), ["for the day after tomorrow"])

    def test_a_message_that_nobody_will_open_for_is_refused_and_not_kept(self):
        self.apply(NEVER_OPEN_TO_THERAPIST)
        try:
            code, out, _ = self.human(self.client, "send", "for nobody")
            self.assertEqual((code, out), (3, "refused: The next opening is too far away for a message to wait. It was not sent.\n"))
        finally:
            self.apply(ALWAYS_OPEN)
        self.assertEqual(self.inbox(self.therapist), [])

    def test_urgent_is_refused_at_once_with_exit_code_3(self):
        code, out, _ = self.human(self.client, "send", "--lane", "urgent", "now")
        self.assertEqual(code, 3)
        self.assertTrue(out.startswith("refused: Nobody is on call"), out)

    def test_an_auditor_is_let_in_by_an_admin_and_by_nobody_else(self):
        auditor = self.stage.person("auditor", self.gateway, "Europe/London")
        refused = self.therapist.command("invite", "--role", "auditor")
        self.assertNotEqual(refused.code, 0, str(refused))
        cli.enroll(auditor, cli.invite(self.admin, "auditor", "auditor"))
        status = self.ask(auditor, "status")[0]
        self.assertEqual((status["role"], status["connected"], status["relationships"]), ("auditor", True, []))
        self.assertGreaterEqual(status["one_time_keys"], 20)

    def test_status_devices_policy_and_outbox(self):
        status = self.ask(self.client, "status")[0]
        self.assertTrue(status["connected"])
        self.assertGreaterEqual(status["one_time_keys"], 20)
        self.assertEqual([(r["label"], r["you_are"], r["state"]) for r in status["relationships"]], [("therapist", "client", "active")])
        devices = self.ask(self.client, "devices")[0]["devices"]
        self.assertEqual([(d["device_id"], d["this_device"], d["platform"]) for d in devices], [(1, True, "native")])
        self.assertEqual(self.ask(self.client, "policy", "show")[0]["policy"]["zone"], "Europe/London")
        preview = self.ask(self.client, "policy", "preview", "--at", "2026-12-24 23:10")[0]
        self.assertEqual((preview["outcome"], preview["at"]), ("released", "2026-12-25T04:10:00.000Z"))
        self.assertEqual(self.human(self.client, "outbox")[:2], (0, "Every message has its final answer.\n"))

    def test_a_calendar_closes_the_policy_in_force_once_it_is_applied(self):
        calendar, file = self.folder / "busy.ics", self.folder / "merged.json"
        calendar.write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\n"
                            "END:VEVENT\nEND:VCALENDAR\n")
        words = ("policy", "import", str(calendar), "--from", "2026-12-01", "--out", str(file))
        preview = ("policy", "preview", "--at", "2026-12-25T12:00Z")
        try:
            self.assertEqual(self.ask(self.therapist, *words)[0]["added"], ["busy-2026-12-25"])
            self.assertEqual(self.ask(self.therapist, *preview)[0]["outcome"], "released", "not in force yet")
            cli.apply_policy(self.therapist, file)
            self.assertEqual(self.ask(self.therapist, *preview)[0]["rule"], "closed_exception:busy-2026-12-25")
            self.assertEqual(self.ask(self.therapist, *words)[0]["unchanged"], 1)
        finally:
            self.apply(ALWAYS_OPEN)
        self.assertEqual(self.client.command(*words).code, 1, "a client without own hours has nothing to begin from")

    def test_what_a_policy_does_is_shown_before_it_is_saved(self):
        file = self.folder / "next.json"
        file.write_text(json.dumps({**NEVER_OPEN_TO_THERAPIST, "windows": ALWAYS_OPEN["windows"][:21]}))
        answer = self.ask(self.therapist, "policy", "diff", "0", file)[0]
        self.assertEqual(([(c["subject"], c["verb"]) for c in answer["changes"]], answer["widens"]), ([("windows", "removed")], False))
        self.assertEqual([(lane["lane"], lane["direction"]) for lane in self.ask(self.therapist, "policy", "diff", file, "0")[0]["lanes"]],
                         [("logistics", "to_client")])
        self.assertEqual(self.therapist.command("policy", "diff", "0", "999").code, 3)
        for person in (self.therapist, self.client):
            lanes = self.ask(person, "policy", "coverage", "--days", "7")[0]["lanes"]
            self.assertEqual([(lane["open_minutes"], lane["longest_closure"]) for lane in lanes], 4 * [(7 * 1440, None)])

    def test_a_long_closing_is_saved_with_an_explicit_word_only(self):
        file = self.folder / "away.json"
        file.write_text(json.dumps({**ALWAYS_OPEN, "closures": [{"id": "flood", "fromMs": "1577836800000"}]}))
        before = self.ask(self.therapist, "policy", "versions")[0]["version"]
        self.assertEqual(self.therapist.command("policy", "apply", file).code, 2)
        self.assertEqual(self.ask(self.therapist, "policy", "versions")[0]["version"], before)
        try:
            applied = self.ask(self.therapist, "policy", "apply", file, "--accept-refusals")[0]
            self.assertEqual([(gap["lane"], gap["by"]) for gap in applied["refusals"]], [("routine", "a_closing"), ("logistics", "a_closing")])
            self.assertEqual(self.ask(self.client, "policy", "preview")[0]["reason"], "closed_too_long")
        finally:
            self.ask(self.therapist, "policy", "close", "--lift")

    def test_terms_are_signed_as_they_were_shown(self):
        try:
            self.apply({**ALWAYS_OPEN, "terms": {"lanes": ["ROUTINE", "LOGISTICS"], "retentionDays": 365}})
            shown = self.ask(self.client, "agreement", "show")[0]
            self.assertIn("Copies of your messages are kept for 365 days", shown["text"])
            self.assertEqual((shown["hash_of_text"], shown["up_to_date"]), (shown["wanted"], False))
            code, out, _ = self.human(self.client, "agreement", "show", "--easy")
            self.assertEqual(code, 0)
            self.assertIn("They are kept for 365 days.", out)
            code, out, errors = self.human(self.client, "agreement", "sign")
            self.assertEqual(code, 2, "nobody is there to be asked")
            self.assertIn("Copies of your messages are kept for 365 days", out)
            self.assertIn("--yes", errors)
            for person in (self.client, self.therapist):
                signed = self.ask(person, "agreement", "sign", "--yes")[0]
            self.assertEqual((signed["in_force"], signed["up_to_date"]), (shown["hash_of_text"], True))
            self.ask(self.client, "send", "Signed.")
            code, _, errors = self.human(self.client, "agreement", "revoke")
            self.assertEqual(code, 2, "nobody is there to be asked")
            self.assertIn("--yes", errors)
            revoked = self.ask(self.therapist, "agreement", "revoke", "client-1", "--yes")[0]
            self.assertEqual((revoked["in_force"], revoked["up_to_date"]), (None, False))
            self.assertEqual(self.client.command("send", "Unsigned.").json[-1]["state"], "unsigned")
            signed = self.ask(self.therapist, "agreement", "sign", "--yes")[0]
            self.assertTrue(signed["up_to_date"])
            self.client.command("notices")
            self.client.command("outbox", "retry")
            self.assertEqual(self.client.command("outbox").json, [])
        finally:
            self.apply(ALWAYS_OPEN)
            self.ask(self.therapist, "inbox")

    def test_an_admin_lists_who_may_not_have_a_relationship(self):
        ids = [account["account_id"] for account in self.admin.command("accounts").json]
        answer = self.admin.command("conflicts", "add", ids[0], "f" * 32)
        self.assertEqual(answer.code, 1, str(answer))
        self.assertIn("no account of the practice", str(answer))
        self.assertTrue(self.ask(self.admin, "conflicts", "add", ids[1], ids[0])[0]["listed"])
        self.assertEqual(self.ask(self.admin, "conflicts", "list"), [{"account_a": min(ids[:2]), "account_b": max(ids[:2])}])
        self.assertEqual(self.ask(self.admin, "conflicts", "remove", ids[0], ids[1])[0]["pairs"], 0)
        answer = self.therapist.command("conflicts", "list")
        self.assertEqual(answer.json[0]["error"]["code"], "PERMISSION_DENIED")

    def test_a_role_may_do_only_what_is_its_own(self):
        answer = self.client.command("invite", "--role", "client")
        self.assertEqual(answer.code, 3, str(answer))
        self.assertEqual(answer.json[0]["error"]["code"], "PERMISSION_DENIED")

    def test_an_untrusted_certificate_is_refused_and_the_message_is_kept(self):
        trust = self.client.home / "gateway.pem"
        aside = trust.rename(self.client.home / "aside.pem")
        try:
            code, out, errors = self.human(self.client, "send", "kept while untrusted")
            self.assertEqual(code, 4)
            self.assertTrue(out.startswith("not sent yet - kept here"), out)
            self.assertIn("is not trusted; give the gateway's certificate with --ca FILE", errors)
        finally:
            aside.rename(trust)
        self.assertEqual(self.human(self.client, "outbox", "retry")[0], 0)
        self.assertEqual(self.inbox(self.therapist), ["kept while untrusted"])

    def test_a_sender_that_dies_with_a_durable_message_sends_it_once_under_the_same_id(self):
        self.crash(self.client, "send", "written before the crash")
        waiting = self.client.command("outbox").json
        self.assertEqual([row["state"] for row in waiting], ["waiting"])
        self.ask(self.client, "send", "written after it")
        got = self.messages(self.therapist)
        self.assertEqual([m["text"] for m in got], ["written before the crash", "written after it"])
        self.assertEqual(got[0]["message_id"], waiting[0]["message_id"])

    def test_a_receiver_that_dies_before_its_acknowledgement_shows_the_message_once(self):
        self.ask(self.client, "send", "stored, not acknowledged")
        self.crash(self.therapist, "receive")
        self.assertEqual(self.inbox(self.therapist), ["stored, not acknowledged"])
        self.assertEqual(self.inbox(self.therapist), [])
        self.assertEqual(cli.history(self.therapist).count("stored, not acknowledged"), 1)

    def test_a_command_works_beside_an_open_inbox_which_comes_back(self):
        inbox = self.therapist.open_inbox()
        try:
            self.ask(self.client, "send", "one")
            self.assertEqual(inbox.next(20)["text"], "one")
            # The newer program takes the connection, and the inbox makes way until it has ended.
            code, _, errors = self.human(self.therapist, "send", "--to", "client-1", "beside it")
            self.assertEqual(code, 0, errors)
            self.ask(self.client, "send", "two")
            self.assertEqual(inbox.next(20)["text"], "two")
        finally:
            self.therapist.close_inbox()
        self.assertIn("beside it", self.inbox(self.client))


if __name__ == "__main__":
    place = sys.argv.index("--build")
    BUILD = pathlib.Path(sys.argv[place + 1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[1:place], *sys.argv[place + 2:]])
