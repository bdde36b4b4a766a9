#!/usr/bin/env python3
"""Keeps the house as docs/architecture.md draws it: which folder may include which, and what must be absent where.

Usage: architecture_test.py [--build DIR]   (with DIR, the linked programs are checked too)
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder -> folders whose headers it may include. proto headers are generated under "holdspace/v1/".
ARROWS = {
    "boundary": {"boundary"},
    "crypto": {"crypto"},
    "storage": {"storage", "proto", "boundary"},
    "gateway": {"gateway", "storage", "boundary", "proto", "crypto"},
    "client": {"client", "crypto", "proto", "boundary"},
    "web": {"web", "boundary", "crypto", "proto"},
}
# The headers behind the target holdspace_verify: all that the gateway may include of crypto/.
VERIFY_TARGET_SOURCE = ROOT / "crypto" / "CMakeLists.txt"
# The operator's program seals the first invite of a practice on the operator's machine; it is not the gateway.
OPERATOR_FILES = {"gateway/operator_main.cpp"}

# What must be absent: (what, pattern, files that may have it).
ABSENCES = [
    ("system_clock::now()", re.compile(r"system_clock::now\s*\("), {"gateway/clock.cpp", "client/clock.cpp"}),
    ("libsodium", re.compile(r"#\s*include\s*<sodium|\bsodium_\w+\s*\(|\bcrypto_(aead|kem|sign|box|scalarmult|kdf|auth|generichash|hash|pwhash|secretstream)_?\w*\s*\("),
     re.compile(r"^crypto/|^tests/(crypto|fuzz)/")),
    ("hiredis", re.compile(r"#\s*include\s*[<\"]hiredis"), re.compile(r"^storage/|^tests/(storage|bench)/")),
    ("Beast", re.compile(r"#\s*include\s*<boost/beast|\bboost::beast\b"),
     re.compile(r"^gateway/(server|connection)\w*\.cpp$|^client/transport\w*\.cpp$|^cmake/boost_impl/|^tests/bench/")),
    ("libical", re.compile(r"#\s*include\s*<libical|\bical(component|property|parameter|value|parser|recur\w*|time|error)_\w+\s*\("),
     {"client/calendar/event.cpp", "tests/client/calendar_recurrence_test.cpp"}),
    ("trust without a signature check", re.compile(r"\btrust_stored_device_cert\s*\("),
     re.compile(r"^gateway/session_login\.cpp$|^crypto/verify\.|^tests/crypto/")),
    ("nanopb", re.compile(r"#\s*include\s*<pb(_\w+)?\.h>|\bpb_\w+\s*\("), re.compile(r"^web/boundary/")),
    ("a Redis key name", re.compile(r"\"hs:"), re.compile(r"^storage/redis_keys\.hpp$|^tests/storage/")),
]
WORDS_NOT_FOR_NAMES = {"common", "util", "utils", "core", "helper", "helpers", "manager", "misc", "data", "info"}
PURE = {"boundary": re.compile(r"#\s*include\s*<(boost/asio|google/|spdlog|fstream|iostream|chrono_now)"),
        "crypto": re.compile(r"#\s*include\s*<(boost/asio|google/|spdlog|fstream|iostream|date/)")}
SOURCE_ENDINGS = {".cpp", ".hpp"}

failures = []


def fail(path, line, text):
    failures.append(f"{path}:{line}: {text}")


def tracked_files():
    """Files of the tree, by git where there is one (an exported tree has none)."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    return [n for n in names if (ROOT / n).is_file() and not n.startswith("build/")]


def allowed(rule, name):
    return name in rule if isinstance(rule, set) else bool(rule.search(name))


def verify_headers():
    """Headers of the sources listed for holdspace_verify, and header-only files they include."""
    text = VERIFY_TARGET_SOURCE.read_text()
    match = re.search(r"add_library\(holdspace_verify[^)]*\)", text)
    if not match:
        failures.append("crypto/CMakeLists.txt: no add_library(holdspace_verify ...)")
        return set()
    sources = re.findall(r"(\w+)\.cpp", match.group(0))
    headers = {f"crypto/{s}.hpp" for s in sources}
    while True:
        more = set()
        for header in headers:
            path = ROOT / header
            if path.exists():
                more |= set(re.findall(r'#include "(crypto/\w+\.hpp)"', path.read_text()))
        if more <= headers:
            return headers
        headers |= more


def check_includes(name, text, verified):
    room = name.split("/")[0]
    if room not in ARROWS:
        return
    for number, line in enumerate(text.splitlines(), 1):
        quoted = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        proto = re.match(r'\s*#\s*include\s*[<"]holdspace/v1/', line)
        target = "proto" if proto else quoted.group(1).split("/")[0] if quoted else None
        if target is None:
            continue
        if quoted and "/" not in quoted.group(1):
            fail(name, number, f"include from the root of the tree, not {quoted.group(1)!r}")
        elif target in ARROWS | {"proto": None} and target not in ARROWS[room]:
            fail(name, number, f"{room}/ may not include {target}/")
        elif room == "gateway" and target == "crypto" and quoted.group(1) not in verified and name not in OPERATOR_FILES:
            fail(name, number, f"the gateway links holdspace_verify only; {quoted.group(1)} is not part of it")


def check_absences(name, text):
    if name.startswith("docs/") or name.endswith(".md"):
        return
    for what, pattern, rule in ABSENCES:
        if allowed(rule, name):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            code = line.split("//")[0]
            if pattern.search(code):
                fail(name, number, f"{what} has no place here")


# Reads the version of the machine's time-zone data, once: the one file that a pure room opens.
PURE_EXCEPT = {"boundary/zone_database.cpp"}


def check_pure(name, text):
    room = name.split("/")[0]
    if room in PURE and name not in PURE_EXCEPT:
        for number, line in enumerate(text.splitlines(), 1):
            if PURE[room].search(line):
                fail(name, number, f"{room}/ is pure: no I/O, no clock, no log, no wire")


def check_results(name, text):
    """boost::system::result is not [[nodiscard]] by itself in 1.81; awaitables of it are not either."""
    if not name.endswith(".hpp"):
        return
    lines = text.splitlines()
    declaration = re.compile(r"^\s*(?:static |virtual |inline |constexpr |friend )*(?:boost::asio::)?(?:awaitable<)?(?:[\w:]*\b)?[rR]esult<.*>\s+\w+\(")
    for number, line in enumerate(lines, 1):
        if declaration.search(line):
            before = lines[number - 2] if number > 1 else ""
            if "[[nodiscard]]" not in line and "[[nodiscard]]" not in before:
                fail(name, number, "a function that returns a result is [[nodiscard]]")


def check_coroutines(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"co_await[^;]*\[(?:&|=|this|\w+)[^\]]*\]\s*(?:\(|\{|mutable)", line.split("//")[0]):
            fail(name, number, "GCC 12 destroys a capturing lambda inside a co_await expression twice")


def check_names(names):
    for name in names:
        for part in pathlib.PurePath(name).parts:
            stem = part.split(".")[0].lower()
            if stem in WORDS_NOT_FOR_NAMES:
                failures.append(f"{name}: nothing is named {stem!r}; say what it is for")


def check_fields_are_published(names):
    """Every field of the wire stands in docs/what_the_server_sees.md, so that a new one cannot slip in unseen."""
    page = ROOT / "docs" / "what_the_server_sees.md"
    published = set(re.findall(r"`(\w+\.\w+)`", page.read_text())) if page.exists() else set()
    found = set()
    for name in names:
        if not name.endswith(("frame.proto", "policy.proto")):
            continue
        message = None
        for line in (ROOT / name).read_text().splitlines():
            opened = re.match(r"message (\w+) \{(\})?", line)
            if opened:
                message = None if opened.group(2) else opened.group(1)
            field = re.match(r"\s+(?:repeated |optional )?[\w.]+ (\w+) = \d+;", line)
            if field and message not in (None, "ClientFrame", "ServerFrame"):
                found.add(f"{message}.{field.group(1)}")
    for missing in sorted(found - published):
        failures.append(f"docs/what_the_server_sees.md: field {missing} of the wire is not listed")
    for gone in sorted(p for p in published - found if p.split(".")[0][0].isupper() and not p.startswith("ENV.")):
        failures.append(f"docs/what_the_server_sees.md: {gone} is listed but not on the wire")


def check_linkage(build):
    """The gateway program holds no code that opens a message."""
    program = pathlib.Path(build) / "gateway" / "holdspace-gateway"
    if not program.exists():
        failures.append(f"{program}: not built, so its linkage cannot be checked")
        return
    symbols = subprocess.run(["nm", "-C", program], capture_output=True, text=True, check=True).stdout
    if "holdspace::gateway" not in symbols:
        failures.append(f"{program}: has no symbols to check")
    forbidden = r"crypto_kem_xwing|crypto_kem_mlkem768|crypto_aead_xchacha20poly1305_ietf_decrypt|holdspace::crypto::\w*(Ratchet|Session|Handshake)"
    for line in symbols.splitlines():
        if re.search(forbidden, line):
            failures.append(f"holdspace-gateway links {line.split(maxsplit=2)[-1]}: the server must not be able to read")


def check_hardening(build):
    """The gateway faces the network: position-independent, no writable relocations, no executable stack."""
    program = pathlib.Path(build) / "gateway" / "holdspace-gateway"
    cache = pathlib.Path(build) / "CMakeCache.txt"
    if not program.exists() or not re.search(r"^HOLDSPACE_HARDENED:\w+=ON$", cache.read_text(), re.M):
        return
    shown = subprocess.run(["readelf", "-hldW", program], capture_output=True, text=True, check=True).stdout
    for what, pattern in (("position-independent", r"Type:\s+DYN"), ("RELRO", r"GNU_RELRO"), ("bound at start", r"BIND_NOW|FLAGS.*NOW"),
                          ("without an executable stack", r"GNU_STACK\s+\S+ \S+ \S+ \S+ \S+ RW\s")):
        if not re.search(pattern, shown):
            failures.append(f"holdspace-gateway is not {what}")


def check_speaks_of_itself(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"(^|[^a-z.~$])/(work|farm|root)/|https?://(deb|registry)\.", line) and name != "tests/architecture_test.py":
            fail(name, number, "a path or host of one machine")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build folder whose programs are checked too")
    options = parser.parse_args()
    names = tracked_files()
    verified = verify_headers()
    checked = 0
    for name in names:
        path = ROOT / name
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        check_speaks_of_itself(name, text)
        if path.suffix in SOURCE_ENDINGS:
            checked += 1
            check_includes(name, text, verified)
            check_pure(name, text)
            check_results(name, text)
            check_coroutines(name, text)
        if path.suffix in SOURCE_ENDINGS | {".lua"}:
            check_absences(name, text)
    check_names(names)
    check_fields_are_published(names)
    if options.build:
        check_linkage(options.build)
        check_hardening(options.build)
    for failure in failures:
        print(failure)
    print(f"architecture: {checked} sources checked, {len(failures)} broken rules")
    return 1 if failures or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
