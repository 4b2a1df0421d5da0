"""A backlog on a growing file: CPU per GB against rsyslog's imfile, both ending in something durable or a file."""
import pathlib
import shutil
import sqlite3
import subprocess
import time

from latency import QUEUE_ROWS, reply_line, start
from measure import BenchHome, free_port, median, process_cpu

FULL_BYTES, SMOKE_BYTES = 256_000_000, 8_000_000


def backlog(work, size_wanted):
    path = work / f"backlog-{size_wanted}"
    if not path.exists():
        with open(path, "w") as file:
            size = number = 0
            while size < size_wanted:
                # A body as long as session lines are on average; the text stays out of the queue.
                line = reply_line(number).replace("x" * 300, "some code and prose " * 200)
                file.write(line)
                size, number = size + len(line), number + 1
    return path


def wait_quiet(process, done):
    """CPU seconds that `process` has used once `done()` holds."""
    end = time.monotonic() + 120
    while not done():
        if time.monotonic() > end or process.poll() is not None:
            raise RuntimeError("the backlog was not read")
        time.sleep(0.05)
    return process_cpu(process.pid)


def ours(bench, source):
    home = BenchHome(bench.agent, bench.work / "follow", VIGIL_ENDPOINT=f"http://127.0.0.1:{free_port()}", VIGIL_TIMER="1h")
    home.environment["VIGIL_CLAUDE_ROOTS"] = str(home.path / "claude")
    log = home.path / "claude/projects/p/5e550001-0000-4000-8000-000000000000.jsonl"
    log.parent.mkdir(parents=True)
    log.touch()
    home.run("init", "--yes", check=False)  # where an endpoint is named, nobody answers there
    process = start(home, ["run", "--no-hub"])
    lines = sum(1 for _ in open(source))
    before = process_cpu(process.pid)
    subprocess.run(f"cat {source} >> {log}", shell=True, check=True)
    connection = sqlite3.connect(f"file:{home.queue}?mode=ro", uri=True, isolation_level=None)
    used = wait_quiet(process, lambda: (connection.execute(QUEUE_ROWS).fetchone() or (0,))[0] >= lines) - before
    connection.close()
    home.stop(process)
    return used


def rsyslog(bench, source):
    folder = bench.work / "rsyslog"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    log, out = folder / "log", folder / "out"
    log.touch()
    (folder / "conf").write_text(f"""
global(workDirectory="{folder}" maxMessageSize="1m")
module(load="imfile" mode="inotify")
template(name="raw" type="string" string="%msg%\\n")
input(type="imfile" File="{log}" Tag="x" ruleset="r")
ruleset(name="r") {{ action(type="omfile" file="{out}" template="raw") }}
""")
    process = subprocess.Popen(["/usr/sbin/rsyslogd", "-n", "-f", folder / "conf", "-i", folder / "pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    before = process_cpu(process.pid)
    subprocess.run(f"cat {source} >> {log}", shell=True, check=True)
    size = pathlib.Path(source).stat().st_size
    used = wait_quiet(process, lambda: out.exists() and out.stat().st_size >= size * .999) - before
    process.terminate()
    process.wait()
    return used


def measure_follow(bench):
    source = backlog(bench.work, SMOKE_BYTES if bench.smoke else FULL_BYTES)
    runs = [(ours(bench, source), rsyslog(bench, source)) for _ in range(bench.pairs)]
    gigabytes = pathlib.Path(source).stat().st_size / 1e9
    bench.report.add("backlog of a growing file: CPU against rsyslog imfile", median(a / b for a, b in runs), .5, "ratio",
                     note=f"{median(a for a, _ in runs) / gigabytes:.2f} against {median(b for _, b in runs) / gigabytes:.2f} s/GB")
