#!/usr/bin/env python3
"""The clock shim moves redis-server and other programs together while they run, and leaves the monotonic clock alone.

Usage: clock_shim_test.py --shim clock_shim.so
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stage

JUMPS_S = [0, 3600, -3600, 86_400 * 400, 0]
TOLERANCE_S = 1.5  # `date` has whole seconds


def program_time(clock):
    """(seconds by the time of day, seconds by the monotonic clock) as another program sees them."""
    code = "import time; print(time.time(), time.monotonic())"
    out = subprocess.run([sys.executable, "-c", code], env=clock.environment(), capture_output=True, check=True, text=True).stdout
    wall, mono = out.split()
    return float(wall), float(mono)


def date_time(clock):
    return float(subprocess.run(["date", "+%s"], env=clock.environment(), capture_output=True, check=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True)
    shim = pathlib.Path(parser.parse_args().shim).resolve()
    with tempfile.TemporaryDirectory(prefix="holdspace-shim-") as folder, stage.Stage(pathlib.Path(folder), shim) as play:
        redis = play.start_redis()
        pid = redis.pid
        for jump in JUMPS_S:
            play.clock.shift_to(int(jump * 1e9))
            expected = time.time() + jump
            seconds, microseconds = redis.command("TIME")
            wall, mono = program_time(play.clock)
            for what, seen in (("redis", int(seconds) + int(microseconds) / 1e6), ("python", wall), ("date", date_time(play.clock))):
                if abs(seen - expected) > TOLERANCE_S:
                    sys.exit(f"clock shim: with {jump} s, {what} shows {seen}, not {expected}")
            if abs(mono - time.monotonic()) > TOLERANCE_S:
                sys.exit(f"clock shim: with {jump} s the monotonic clock moved to {mono}")
            redis.command("SET", f"after {jump}", "x" * 100_000)
        if redis.pid != pid or redis.command("DBSIZE") != len(set(JUMPS_S)):
            sys.exit("clock shim: redis did not survive the moves")
    print(f"clock shim: {len(JUMPS_S)} moves, redis and two programs followed each")


if __name__ == "__main__":
    main()
