"""The stage of the conversations and the fault test: one private Redis, gateways, the operator and people with the real
command line, all under one movable clock. Starts and stops programs; knows nothing of windows or expectations.

Everything runs in one folder; whatever was started is stopped by its pid when the stage is left, also when this
program dies."""
import ctypes
import json
import mmap
import os
import pathlib
import queue
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.error
import urllib.request

REDIS_CONF = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy" / "redis.conf"
ZONEINFO = pathlib.Path("/usr/share/zoneinfo")
START_SECONDS = 20  # Redis loads its file and a gateway connects in well under a second; a busy machine is slower
STOP_SECONDS = 10
COMMAND_SECONDS = 60  # one command line call, with its own retries; longer is a hang
PR_SET_PDEATHSIG = 1
PRCTL = ctypes.CDLL(None).prctl  # looked up before any fork


class StageError(Exception):
    """Something that must work for a play to begin did not."""


class Clock:
    """The offset that the preloaded shim adds to the time of day of every program of the stage."""

    def __init__(self, folder, shim):
        self.shim = shim
        self.path = folder / "clock-offset"
        self.path.write_bytes(struct.pack("=q", 0))
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 8)

    def shift_to(self, nanoseconds):
        self.memory[0:8] = struct.pack("=q", nanoseconds)

    def offset(self):
        return struct.unpack("=q", self.memory[0:8])[0]

    def now_ms(self):
        return (time.time_ns() + self.offset()) // 1_000_000

    def set_ms(self, instant_ms):
        self.shift_to(instant_ms * 1_000_000 - time.time_ns())

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(self.shim), "HOLDSPACE_CLOCK_OFFSET_FILE": str(self.path),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}


def die_with_parent():
    PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One process of the stage; its output goes to a log file."""

    def __init__(self, name, arguments, clock, log, environment=None):
        self.name, self.arguments, self.clock, self.log = name, [str(a) for a in arguments], clock, log
        self.environment = environment or {}
        self.process = None

    def launch(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.arguments, env={**self.clock.environment(), **self.environment}, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.running():
            self.process.send_signal(number)

    def kill(self):
        """kill -9, and it is gone when this returns."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks it to end; kills it if it does not. Returns its exit code."""
        if self.process is None:
            return 0
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise StageError(f"{self.name} did not stop in {STOP_SECONDS} s") from None

    def log_tail(self):
        lines = pathlib.Path(self.log).read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def wait_until(self, ready, seconds=START_SECONDS):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.running():
                raise StageError(f"{self.name} ended by itself ({self.process.returncode}):\n{self.log_tail()}")
            if ready():
                return
            time.sleep(0.02)
        raise StageError(f"{self.name} was not ready in {seconds} s:\n{self.log_tail()}")


class Redis(Program):
    def __init__(self, folder, clock):
        self.socket = folder / "redis.sock"
        self.folder = folder
        super().__init__("redis", ["redis-server", REDIS_CONF, "--unixsocket", self.socket, "--dir", folder], clock, folder / "redis.log")

    def start(self):
        self.launch()
        self.wait_until(self.answers)

    def answers(self):
        try:
            return self.command("PING") == "PONG"
        except (OSError, StageError):
            return False

    def command(self, *words):
        """One command on a connection of its own; bulk texts come back as str."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            parts = [str(w).encode() for w in words]
            connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            with connection.makefile("rb") as answers:
                return read_reply(answers)


def read_reply(answers):
    line = answers.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:].decode()
    if kind == b"+":
        return rest
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if int(rest) < 0 else answers.read(int(rest) + 2)[:-2].decode("utf-8", "surrogateescape")
    if kind == b"*":
        return None if int(rest) < 0 else [read_reply(answers) for _ in range(int(rest))]
    raise StageError(f"redis: {line!r}")


def free_ports(count):
    """Ports that were free a moment ago; held together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Gateway(Program):
    def __init__(self, name, stage, limits=None):
        self.port, self.admin_port = free_ports(2)
        self.config = stage.folder / f"gateway-{name}.toml"
        self.url = f"{'wss' if stage.tls else 'ws'}://localhost:{self.port}"
        lines = ["[listen]", 'address = "127.0.0.1"', f"port = {self.port}", f"admin_port = {self.admin_port}"]
        lines += [] if stage.tls else ["plain_on_loopback = true"]
        lines += ["[web]", 'hosts = ["localhost", "127.0.0.1"]']
        lines += ["[tls]", f'certificate = "{stage.certificate}"', f'key = "{stage.certificate_key}"'] if stage.tls else []
        lines += ["[store]", f'redis_socket = "{stage.redis.socket}"', 'durability = "durable"']
        lines += ["[keys]", f'gateway_key = "{stage.folder / "keys" / "gateway.key"}"']
        lines += ["[limits]"] + [f"{key} = {value}" for key, value in (limits or {}).items()]
        self.config.write_text("\n".join(lines) + "\n")
        program = stage.build / "gateway" / "holdspace-gateway"
        super().__init__(f"gateway {name}", [program, "--config", self.config], stage.clock, stage.folder / f"gateway-{name}.log")

    def start(self):
        self.launch()
        self.wait_until(self.ready)

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False


class Stage:
    """Owns the folder, the clock and every program. `build` is a CMake build folder; None when no program of ours runs."""

    def __init__(self, folder, shim, build=None, tls=False):
        self.folder, self.build, self.tls = folder, build, tls
        self.clock = Clock(folder, shim)
        self.redis = None
        self.gateways = {}
        self.people = {}
        self.programs = []
        self.certificate, self.certificate_key = folder / "tls.crt", folder / "tls.key"

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()

    def start_redis(self):
        (self.folder / "redis").mkdir()
        self.redis = Redis(self.folder / "redis", self.clock)
        self.programs.append(self.redis)
        self.redis.start()
        return self.redis

    def start_gateway(self, name, limits=None):
        if not (self.folder / "keys").exists():
            self.operator("init-keys", self.folder / "keys")
        if self.tls and not self.certificate.exists():
            self.make_certificate()
        gateway = Gateway(name, self, limits)
        self.gateways[name] = gateway
        self.programs.append(gateway)
        gateway.start()
        return gateway

    def make_certificate(self):
        """By the clock of the play, because it must be valid then."""
        self.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "825",
                  "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                  "-keyout", self.certificate_key, "-out", self.certificate])
        self.certificate_key.chmod(0o600)

    def new_zone_data(self, zone, like):
        """A folder like the system's, of a later release, in which the clocks of `zone` are those of `like`."""
        folder = self.folder / "zoneinfo"
        shutil.copytree(ZONEINFO, folder, ignore=shutil.ignore_patterns("posix", "right"))
        shutil.copyfile(ZONEINFO / like, folder / zone)
        (folder / "tzdata.zi").write_text("# version 2099a\n")
        return folder

    def run(self, arguments):
        done = subprocess.run([str(a) for a in arguments], env=self.clock.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=COMMAND_SECONDS)
        if done.returncode != 0:
            raise StageError(f"{' '.join(str(a) for a in arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def operator(self, *arguments):
        return self.run([self.build / "gateway" / "holdspace-operator", *arguments])

    def practice_invite(self):
        gateway = next(iter(self.gateways.values()))
        return self.operator("practice-invite", "--config", gateway.config, "--host", "localhost").strip().splitlines()[-1]

    def person(self, name, gateway, zone="Etc/UTC"):
        person = Person(name, self, gateway, zone)
        self.people[name] = person
        return person

    def close(self):
        """Stops everything, people first; a second call does nothing. Raises when a program hung or had crashed."""
        troubles = []
        for person in self.people.values():
            try:
                person.close_inbox()
            except StageError as error:
                troubles.append(str(error))
            if person.line is not None:
                person.line.close()
        programs, self.programs = self.programs, []
        for program in reversed(programs):
            try:
                code = program.stop()
                if code not in (0, -signal.SIGTERM, -signal.SIGKILL):
                    troubles.append(f"{program.name} ended with {code}:\n{program.log_tail()}")
            except StageError as error:
                troubles.append(str(error))
        if troubles:
            raise StageError("\n".join(troubles))


class Answer:
    """What one command line call said."""

    def __init__(self, code, out, errors):
        self.code, self.out, self.errors = code, out, errors
        self.json = [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def __str__(self):
        return f"exit {self.code}: {self.out.strip()} {self.errors.strip()}".strip()


class Person:
    """One device of one account, used through the command line, with at most one connected inbox."""

    def __init__(self, name, stage, gateway, zone):
        self.name, self.stage, self.gateway, self.zone = name, stage, gateway, zone
        self.line = None  # a line.Line between this person and the gateway
        self.home = stage.folder / "people" / name
        self.home.parent.mkdir(exist_ok=True)
        self.inbox = None

    def command(self, *arguments, seconds=COMMAND_SECONDS):
        """Runs `holdspace ... --json`. A connected inbox of the same device makes way by itself and comes back."""
        try:
            done = subprocess.run(self.words(arguments), env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=seconds)
        except subprocess.TimeoutExpired:
            raise StageError(f"{self.name}: `holdspace {' '.join(map(str, arguments))}` did not end in {seconds} s") from None
        return Answer(done.returncode, done.stdout, done.stderr)

    def words(self, arguments):
        program = self.stage.build / "client" / "holdspace"
        return [str(a) for a in (program, "--home", self.home, *arguments, "--json")]

    def environment(self):
        return {**self.stage.clock.environment(), "TZ": self.zone}

    def url(self):
        return self.gateway.url if self.line is None else f"ws://localhost:{self.line.port}"

    def trust(self):
        return ["--ca", self.stage.certificate] if self.stage.tls else []

    def open_inbox(self):
        if self.inbox is None:
            self.inbox = Inbox(self)
        return self.inbox

    def close_inbox(self):
        inbox, self.inbox = self.inbox, None
        if inbox is not None:
            inbox.close()


class Inbox:
    """A running `inbox --follow`. What it shows is read as it comes."""

    def __init__(self, person):
        self.person, self.seen = person, queue.Queue()
        self.errors_path = person.stage.folder / f"inbox-{person.name}.log"
        with open(self.errors_path, "ab") as errors:
            self.process = subprocess.Popen(person.words(["inbox", "--follow"]), env=person.environment(), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=errors, text=True, preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.seen.put(json.loads(line))

    def next(self, seconds):
        """The next thing shown, or None when nothing comes in time."""
        try:
            return self.seen.get(timeout=seconds)
        except queue.Empty:
            return None

    def alive(self):
        return self.process.poll() is None

    def last_words(self):
        return " ".join(self.errors_path.read_text(errors="replace").split())[-300:]

    def close(self):
        """Ends it, as Ctrl-C does."""
        if self.alive():
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise StageError(f"the inbox of {self.person.name} did not end in {STOP_SECONDS} s") from None
        self.reader.join()


def new_folder(parent, name):
    """A short path: a Unix socket's may have 100 bytes."""
    folder = pathlib.Path(parent) / f"{name}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True, mode=0o700)
    return folder
