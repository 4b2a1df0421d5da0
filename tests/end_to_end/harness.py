"""Runs the real program in a home of its own, for tests that see it as a user does: from outside.

Shares no code with the program. Everything listens on loopback, ends by itself, and is ended by process id.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
AGENT = os.environ["VIGIL_AGENT"]  # path of the program under test


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=30):
    """Polls until `condition()` is truthy and returns that; fails the test past the bound."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


class Home:
    """A user's home directory with nothing in it, and the program run inside it."""

    def __init__(self, **variables):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="vigil-test-"))
        self.port = free_port()
        self.environment = {"HOME": str(self.path), "PATH": "/usr/bin:/bin", "TZ": "UTC", "LANG": "C.UTF-8",
                            "VIGIL_LISTEN": f"127.0.0.1:{self.port}", **variables}
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def state(self):
        return self.path / ".local/state/vigil"

    @property
    def data(self):
        return self.path / ".local/share/vigil"

    @property
    def config(self):
        return self.path / ".config/vigil"

    def copy_logs(self, fixture):
        """Lays a fixture's home over this one."""
        shutil.copytree(FIXTURES / fixture / "home", self.path, dirs_exist_ok=True)

    def run(self, *arguments, expect=0, stdin=None, timeout=120, **variables):
        """Runs a command to its end; returns what it printed."""
        done = subprocess.run([AGENT, *map(str, arguments)], env={**self.environment, **variables}, input=stdin,
                              capture_output=True, text=True, timeout=timeout, cwd=self.path)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"agent {' '.join(map(str, arguments))}: exit {done.returncode}, not {expect}\n"
                                 f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done if expect is None else done.stdout

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--json", **options))

    def start(self, *arguments, wait=True, **variables):
        """Starts a daemon; waits until it answers, unless told not to."""
        with open(self.path / "daemon.log", "ab") as log:
            process = subprocess.Popen([AGENT, *map(str, arguments)], env={**self.environment, **variables},
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.path)
        self.processes.append(process)
        if wait:
            ready = self.hub_answers if arguments[0] == "serve" or "--no-hub" not in arguments else self.daemon_answers
            wait_until(lambda: ready() or self._alive(process), "the daemon answers")
        return process

    def _alive(self, process):
        if process.poll() is not None:
            raise AssertionError(f"the daemon ended with {process.returncode}:\n{self.log()[-4000:]}")
        return False

    def log(self):
        return (self.path / "daemon.log").read_text(errors="replace")

    def hub_answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def daemon_answers(self):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.state / "agent.sock"))
                return True
            except OSError:
                return False

    def daemon(self):
        """What the daemon says of itself; its socket comes a moment after its hub."""
        return wait_until(lambda: self.json("status")["daemon"], "the daemon tells its state")

    def stop(self, process, number=signal.SIGTERM, seconds=10):
        process.send_signal(number)
        return process.wait(timeout=seconds)

    def export(self):
        """Every stored heartbeat, as the program exports it."""
        return [json.loads(line) for line in self.run("export", "all_time", "--format", "ndjson").splitlines()]

    def pending(self):
        status = self.json("queue", "status")
        return sum(sink["pending"] for sink in status["sinks"])


def claude_line(session, number, text="x", model="claude-test-1", when=None, cwd="/home/ada/demo"):
    """One assistant line of a session log, in Claude Code's form, with a reply of its own."""
    moment = when if when is not None else 1_795_238_000 + number
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + ".%03dZ" % (moment % 1 * 1000)
    return json.dumps({
        "parentUuid": None, "isSidechain": False, "userType": "external", "cwd": cwd, "sessionId": session,
        "version": "2.1.329", "gitBranch": "main", "type": "assistant", "uuid": f"{session}-{number}", "timestamp": stamp,
        "requestId": f"req_{session}_{number:08d}",
        "message": {"id": f"msg_{session}_{number:08d}", "type": "message", "role": "assistant", "model": model,
                    "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
                    "usage": {"input_tokens": 1, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3, "output_tokens": 4}},
    }) + "\n"


def integrity(database):
    """What SQLite itself says of a database file."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
