#!/usr/bin/env python3
"""Plays the conversations of this folder against the real programs, under a clock that the script sets.

Usage: run.py --build DIR [--only NAME]... [--jobs N] [--keep]

Each conversation gets its own Redis, gateways and people in a folder of its own, so several can be played at once.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE))
import play
import script
import stage


def play_one(path, build, keep):
    """(name, seconds, failure or None); the failure is text for a person."""
    started = time.monotonic()
    title, steps = script.parse(path)
    folder = stage.new_folder(tempfile.gettempdir(), "holdspace-play")
    failure = None
    try:
        scene = play.Play(folder, build / "tests" / "support" / "clock_shim.so", build, steps)
        try:
            for step in steps:
                try:
                    scene.perform(step)
                except (play.Mismatch, stage.StageError) as error:
                    failure = f"{path.name}:{step.number}: {step.line}\n    {error}"
                    break
        finally:
            try:
                scene.close()
            except stage.StageError as error:
                failure = failure or f"{path.name}: at the end: {error}"
    except Exception as error:
        failure = f"{path.name}: {type(error).__name__}: {error}"
    if failure and keep:
        failure += f"\n    its folder: {folder}"
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return path.stem, title, time.monotonic() - started, failure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=pathlib.Path, help="CMake build folder with the programs")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this conversation (without .conv); may be given again")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="conversations played at once; they mostly wait")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a conversation that fails, with its logs")
    options = parser.parse_args()
    paths = sorted(HERE.glob("*.conv"))
    if options.only:
        paths = [p for p in paths if p.stem in options.only]
        if len(paths) != len(set(options.only)):
            sys.exit(f"no such conversation; there are: {', '.join(p.stem for p in sorted(HERE.glob('*.conv')))}")
    try:
        for path in paths:
            script.parse(path)
    except script.ScriptError as error:
        sys.exit(str(error))
    passed = failed = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as players:
        plays = [players.submit(play_one, path, options.build.resolve(), options.keep) for path in paths]
        for each in plays:
            name, title, seconds, failure = each.result()
            if failure:
                failed += 1
                print(f"FAILED {name} ({seconds:.0f} s): {title}\n  {failure}", flush=True)
            else:
                passed += 1
                print(f"ok {name} ({seconds:.0f} s): {title}", flush=True)
    print(f"conversations: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
