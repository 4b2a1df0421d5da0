"""One round: a home, a ledger beside it, writers, the program under test with its lives and deaths, and the end, at
which all faults are off and the store is held against the ledger."""
import calendar
import collections
import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/end_to_end"))

from harness import AGENT, Home, free_port, integrity, wait_until  # noqa: E402
from ledger import Ledger  # noqa: E402
from oracle import judge, uptime  # noqa: E402
from records import CANARY  # noqa: E402
from writer import Writer  # noqa: E402

__all__ = ["AGENT", "ROOT", "Report", "Round", "failpoints", "free_port", "wait_until"]

SETTLE = 60  # s that a program without faults may take until all is delivered


def failpoints():
    """Every name in the program's sources, with the part that passes it."""
    names = []
    for folder in ("base", "watcher", "parser", "crypto", "agent"):
        for file in sorted((ROOT / folder).rglob("*.cc")):
            names += re.findall(r'failpoint\("([^"]+)"\)', file.read_text(encoding="utf-8"))
    if len(names) != len(set(names)):
        raise AssertionError("a failpoint's name is used twice")
    return names


@dataclasses.dataclass
class Report:
    """What one round or many did; can be added up and sent from process to process."""
    kills: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    fired: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    records: collections.Counter = dataclasses.field(default_factory=collections.Counter)  # by kind of round
    allowed: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    events: int = 0
    lost: int = 0
    doubled: int = 0
    rounds: int = 0
    failures: list = dataclasses.field(default_factory=list)
    skipped: list = dataclasses.field(default_factory=list)
    times: dict = dataclasses.field(default_factory=dict)  # what -> [s]
    figures: dict = dataclasses.field(default_factory=dict)

    def add(self, other):
        for name in ("kills", "fired", "records", "allowed"):
            getattr(self, name).update(getattr(other, name))
        for name in ("events", "lost", "doubled", "rounds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failures += other.failures
        self.skipped += [what for what in other.skipped if what not in self.skipped]
        self.figures.update(other.figures)
        for what, times in other.times.items():
            self.times.setdefault(what, []).extend(times)


def quiet_port():
    """A port that no outgoing connection of anybody gets by chance; the one after it is free too."""
    chance = random.Random(os.urandom(8))
    while True:
        port = chance.randrange(12_000, 30_000, 2)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


class Round:
    def __init__(self, kind, seed, *, report, home=None, **variables):
        self.kind = kind
        self.seed = seed
        self.random = random.Random(f"{kind}/{seed}")
        self.report = report
        self.home = home or Home(VIGIL_TIMER="now", **variables)
        self.home.port = quiet_port()
        self.home.environment["VIGIL_LISTEN"] = f"127.0.0.1:{self.home.port}"
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="vigil-ledger-"))  # outlives the disk under test
        self.ledger = Ledger(self.base / "ledger")
        self.lives = []
        self.intervals = []
        self.heartbeats = 0
        self.hub_home = self.home
        self.refused = set()
        self.lenient_time = False
        self.has_lost_memory = False  # of the agent: its counters began anew
        self._threads = []
        self._stop = threading.Event()

    def writer(self, **options):
        writer = Writer(self.home.path, self.ledger, random.Random(self.random.getrandbits(64)), **options)
        writer.observed = lambda since: uptime(list(self.intervals), since, time.monotonic())
        return writer

    # --- Lives --------------------------------------------------------------------------------------

    def start(self, *arguments, prefix=(), home=None, note=True, **variables):
        """Starts the program without waiting for it. `prefix`: what runs it (strace, prlimit)."""
        home = home or self.home
        log = open(home.path / "daemon.log", "ab")
        process = subprocess.Popen([*map(str, prefix), AGENT, *map(str, arguments or ("run",))],
                                   env={**home.environment, **variables}, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, cwd=home.path)
        log.close()
        home.processes.append(process)
        if note:
            process.up_since = self.ledger.note("up", process=process.pid)
            self.intervals.append([process.up_since, float("inf")])
            process.interval = self.intervals[-1]
        return process

    def ended(self, process):
        """Notes the end of a life that is over or about to be."""
        if process.poll() is None or not hasattr(process, "ended_at"):
            process.ended_at = time.time()  # when it was first seen
        interval = getattr(process, "interval", None)
        if interval and interval[1] == float("inf"):
            interval[1] = self.ledger.note("down", process=process.pid)

    def kill(self, process, kind="random"):
        self.ended(process)
        if process.poll() is None:
            process.kill()
            self.report.kills[kind] += 1
        elif process.returncode != -signal.SIGKILL:
            self.fail(f"it ended by itself with {process.returncode} before it was killed: {self.home.log()[-300:]}")
        return process.wait()

    def dies(self, process, seconds):
        """Whether it ends by itself (by its failpoint, mostly) within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process.poll() is not None:
                self.ended(process)
                return True
            time.sleep(0.003)
        return process.poll() is not None

    def terminate(self, process, seconds=2.0, what="SIGTERM to exit"):
        """SIGTERM, and the promise that it ends in time with 0."""
        begun = time.monotonic()
        self.ended(process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.fail(f"{what}: not within 20 s")
            process.kill()
            return process.wait()
        took = time.monotonic() - begun
        self.report.times.setdefault(what, []).append(took)
        if took > seconds:
            self.fail(f"{what}: {took:.2f} s")
        return code

    def stopping_times(self):
        """When the program's log says that it began to stop because of a signal; seconds since 1970."""
        log = self.home.log() if (self.home.path / "daemon.log").exists() else ""
        stamps = re.findall(r"^(\S+)Z info  stopping: signal", log, re.MULTILINE)
        return [calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")) + float(stamp[19:]) for stamp in stamps]

    def heartbeat(self, **variables):
        """A heartbeat that exists nowhere else; the ledger tells whether the command said that it is kept."""
        self.heartbeats += 1
        entity = f"by-hand-{self.seed}-{self.heartbeats}"
        self.ledger.note("heartbeat_intent", entity=entity)
        done = self.home.run("heartbeat", "--entity", entity, "--entity-type", "app", "--plugin", "torture/1",
                             "--time", "2026-11-20T08:00:%02dZ" % (self.heartbeats % 60), expect=None, **variables)
        if done.returncode in (0, 75):
            self.ledger.note("heartbeat_kept", entity=entity)
        return done.returncode

    def ask(self, what):
        """The running program's own answer, by its control socket."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(str(self.home.state / "agent.sock"))
            client.sendall(json.dumps({"do": what}).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                more = client.recv(65536)
                if not more:
                    break
                answer += more
        return json.loads(answer)

    def in_background(self, body):
        thread = threading.Thread(target=body, args=(self._stop,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def stop_background(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._stop.clear()

    # --- The end ------------------------------------------------------------------------------------

    def fail(self, why):
        self.report.failures.append(f"{self.kind} seed {self.seed}: {why}")

    def finish(self, settle=True, **variables):
        """No faults any more: everything is delivered by one run, and then the books are compared."""
        self.stop_background()
        for process in self.home.processes:
            if process.poll() is None:
                self.kill(process, "at the end")
        if settle:
            self.settle(**variables)
        self.ledger.close()
        source = json.loads((self.home.config / "identity.json").read_text())["source"]
        stored = self.stored()
        verdict = judge(self.base / "ledger", source, stored, lenient_time=self.lenient_time, refused=self.refused)
        self._take(verdict)
        self.check_databases()
        self.check_accounts()
        self.check_canaries()
        self.report.rounds += 1
        return verdict

    def settle(self, **variables):
        begun = time.monotonic()
        while True:
            life = self.start("run", "--once", **variables)
            try:
                code = life.wait(timeout=SETTLE)
            except subprocess.TimeoutExpired:
                self.fail(f"`run --once` does not end within {SETTLE} s")
                self.kill(life, "at the end")
                return
            self.ended(life)
            if code == 0:
                return
            if code not in (75, 11) or time.monotonic() - begun > SETTLE:
                self.fail(f"`run --once` ends with {code}: {self.home.log()[-600:]}")
                return

    def stored(self):
        text = self.hub_home.run("export", "all_time", "--format", "ndjson")
        return [json.loads(line) for line in text.splitlines()]

    def _take(self, verdict):
        report = self.report
        report.records[self.kind] += verdict.records
        report.allowed[self.kind] += verdict.allowed
        report.events += verdict.events
        report.lost += len(verdict.lost)
        report.doubled += len(verdict.doubled)
        for name in ("lost", "doubled", "wrong"):
            found = getattr(verdict, name)
            if found:
                self.fail(f"{name} {len(found)} of {verdict.events}: {found[:3]}")
        if not verdict.is_good():
            self.keep_evidence()
        if verdict.records == 0:
            self.fail("nothing was written")

    def keep_evidence(self):
        place = os.environ.get("VIGIL_TORTURE_KEEP")
        if place:
            target = pathlib.Path(place) / f"{self.kind}-{self.seed}".replace("/", "_").replace(" ", "-")
            shutil.copytree(self.home.path, target / "home", dirs_exist_ok=True, ignore_dangling_symlinks=True,
                            ignore=lambda folder, names: [n for n in names if n.endswith(".sock")])
            shutil.copytree(self.base, target / "ledger", dirs_exist_ok=True)

    def check_databases(self):
        for database in (self.home.state / "agent.db", self.hub_home.data / "hub.db"):
            said = integrity(database)
            if said != "ok":
                self.fail(f"integrity_check of {database.name}: {said[:200]}")

    def check_accounts(self):
        """read = derived + ignored + malformed; nothing is pending; nothing was evicted."""
        with sqlite3.connect(f"file:{self.home.state / 'agent.db'}?mode=ro", uri=True) as db:
            counters = dict(db.execute("SELECT name, value FROM counters"))
            pending = db.execute("SELECT coalesce(sum(pending), 0), coalesce(sum(evicted), 0) FROM cursors, sinks "
                                 "WHERE sinks.id = cursors.sink AND active").fetchone()
        db.close()
        parts = sum(counters.get(name, 0) for name in ("lines_derived", "lines_ignored", "lines_malformed"))
        if counters.get("lines_read", 0) != parts:
            self.fail(f"accounts do not balance: {counters}")
        if pending != (0, 0):
            self.fail(f"pending and evicted at the end: {pending}")

    def check_canaries(self):
        for folder in {self.home.state, self.home.config, self.hub_home.data}:
            for file in folder.rglob("*"):
                if file.is_file() and CANARY.encode() in file.read_bytes():
                    self.fail(f"a text of a log stands in {file.name}")
        if CANARY in self.home.log():
            self.fail("a text of a log stands in the program's log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.home.__exit__()
        if self.hub_home is not self.home:
            self.hub_home.__exit__()
        shutil.rmtree(self.base, ignore_errors=True)
