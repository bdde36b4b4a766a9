#!/usr/bin/env python3
"""The load generator works: every workload on every server, all messages accepted and delivered once, every figure there.
How large the figures are is not judged: the machine may be busy.

Usage: smoke_test.py --build DIR
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RELAY, REDIS, GATEWAY = "beast relay", "bare redis", "gateway"
# Workload -> server -> figures that must be there.
MESSAGES = {"accept_ms", "deliver_ms"}
EXPECTED = {
    "W3 idle": {RELAY: {"server_kib"}, GATEWAY: {"server_kib"}},
    "W3 ping": {RELAY: {"server_us", "accept_ms"}, GATEWAY: {"server_us", "store_us", "accept_ms", "ratio_to_floor"}},
    "W5 storm": {RELAY: {"server_us", "accept_ms"}, GATEWAY: {"server_us", "store_us", "accept_ms", "ratio_to_floor"}},
    "W1 relay": {RELAY: {"server_us"} | MESSAGES, REDIS: {"store_us"} | MESSAGES,
                 GATEWAY: {"server_us", "store_us", "ratio_to_floor"} | MESSAGES},
    "W2 queue": {REDIS: {"store_us", "accept_ms"}, GATEWAY: {"server_us", "store_us", "ratio_to_floor", "accept_ms"}},
    "W2 drain": {REDIS: {"store_us"}, GATEWAY: {"server_us", "store_us", "ratio_to_floor"}},
    "W4 paced 200/s": {RELAY: {"server_us"} | MESSAGES, REDIS: {"store_us"} | MESSAGES,
                       GATEWAY: {"server_us", "store_us", "ratio_to_floor"} | MESSAGES},
    "W6 before": {GATEWAY: {"server_us", "store_us"} | MESSAGES},
    "W6 opening": {GATEWAY: {"server_us", "store_us", "server_kib", "deliver_ms"}},
    "W6 meanwhile": {GATEWAY: MESSAGES},
}


def complaints(results):
    rows = {(row["workload"], row["target"]): row for row in results}
    for workload, servers in EXPECTED.items():
        for server, figures in servers.items():
            row = rows.pop((workload, server), None)
            if row is None:
                yield f"{workload} on {server}: not measured"
                continue
            if row["done"] != row["planned"] or row["done"] == 0 or row["duplicates"] != 0 or "failure" in row:
                yield f"{workload} on {server}: not everything arrived once: {row}"
            for figure in sorted(figures - row.keys()):
                yield f"{workload} on {server}: no {figure}"
    for workload, server in rows:
        yield f"{workload} on {server}: not expected"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "results.json"
        code = subprocess.run([HERE / "run", "--build", options.build, "--no-build", "--quick", "--json", report]).returncode
        if not report.exists():
            print(f"tests/bench/run ended with {code} and without results")
            return 1
        found = list(complaints(json.loads(report.read_text())["results"]))
    for line in found:
        print(line)
    print(f"smoke: {len(EXPECTED)} workloads, {len(found)} complaints, exit {code}")
    return 1 if found or code != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
