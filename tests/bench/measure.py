"""What every benchmark needs: processes with their CPU and memory counted, pairs run in turn, a table at the end."""
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import time


class Ran:
    """One process from start to end: wall and CPU seconds, peak memory in MiB, what it printed."""

    def __init__(self, command, environment=None, check=True, **options):
        begun = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
        self.output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        self.wall = time.monotonic() - begun
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        if check and process.returncode != 0:
            raise RuntimeError(f"{command}: exit {process.returncode}")


def start_to_end(command):
    """Wall seconds of a short process, without what Popen adds to it (more than the process itself takes)."""
    begun = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in range(3)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise RuntimeError(f"{command}: exit {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun


def pairs(ours, theirs, count=5):
    """Runs the two in turn, `count` times each, after one unmeasured run of each."""
    ours(), theirs()
    return [(ours(), theirs()) for _ in range(count)]


def ratio(runs, quantity):
    return statistics.median(quantity(a) / quantity(b) for a, b in runs)


def median(values):
    return statistics.median(values)


def quantile(values, q):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_cpu(pid):
    """CPU seconds of a process so far, to the nanosecond; threads that have ended are left out."""
    threads = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def process_pss(pid):
    """Proportional set size in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss")


class Report:
    """Goals and what was measured; `missed` says whether one was."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, bound, unit, higher_is_better=False, note=""):
        good = value >= bound if higher_is_better else value <= bound
        self.rows.append({"what": what, "value": value, "bound": bound, "unit": unit, "good": good, "note": note,
                          "sense": ">=" if higher_is_better else "<="})
        row = self.rows[-1]
        print(f"{'ok    ' if good else 'MISSED'}  {what:<58} {value:>10.3f} {row['sense']} {bound:<8g} {unit:<8} {note}", flush=True)

    @property
    def missed(self):
        return [row for row in self.rows if not row["good"]]

    def write(self, path):
        pathlib.Path(path).write_text(json.dumps(self.rows, indent=1) + "\n")


class BenchHome:
    """A home of its own for the program, as small as a CI machine's."""

    def __init__(self, agent, folder, **variables):
        self.agent, self.path = agent, pathlib.Path(folder)
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        self.port = free_port()
        self.environment = {"HOME": str(self.path), "PATH": "/usr/bin:/bin", "TZ": "UTC", "VIGIL_LISTEN": f"127.0.0.1:{self.port}",
                            "VIGIL_CODEX_ROOTS": str(self.path / "none"), "VIGIL_CLAUDE_ROOTS": str(self.path / "none"), **variables}

    def run(self, *arguments, check=True):
        return Ran([self.agent, *arguments], self.environment, check=check, cwd=self.path)

    def start(self, *arguments):
        log = open(self.path / "daemon.log", "ab")
        process = subprocess.Popen([self.agent, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.path)
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return process
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.path / "daemon.log").read_text()[-2000:])
                time.sleep(0.01)

    @staticmethod
    def stop(process):
        process.terminate()
        process.wait(timeout=20)

    @property
    def queue(self):
        return self.path / ".local/state/vigil/agent.db"

    @property
    def store(self):
        return self.path / ".local/share/vigil/hub.db"
