"""From just before write(2) of a line to the moment when another process can read the row it became.

SQLite shows a commit to others only after its sync, so a row that a read-only connection sees is durable. The
writer is a process of its own; the observer polls.
"""
import json
import multiprocessing
import pathlib
import sqlite3
import subprocess
import time

from measure import BenchHome, free_port, quantile

QUEUE_ROWS = "SELECT value FROM counters WHERE name = 'events_queued'"
STORE_ROWS = "SELECT coalesce(max(seq), 0) FROM events"


def reply_line(number):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".%03dZ" % (number % 1000)
    return json.dumps({
        "type": "assistant", "uuid": f"u-{number}", "timestamp": stamp, "cwd": "/home/dev/work", "sessionId": "5e550001", "version": "2.1.0",
        "requestId": f"req_{number:012d}", "message": {
            "id": f"msg_bench_{number:012d}", "role": "assistant", "model": "claude-bench-1", "content": [{"type": "text", "text": "x" * 300}],
            "usage": {"input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 4}}}) + "\n"


def write_lines(path, count, rate, times):
    begun = time.monotonic()
    with open(path, "a", buffering=1) as log:
        for number in range(count):
            wait = begun + number / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            line = reply_line(number)
            times[number] = time.monotonic()
            log.write(line)


def settle(path, rows):
    """The first line of a session makes more rows than the others do: how many there are after it."""
    with open(path, "a") as log:
        log.write(reply_line(999_999))
    known, quiet = 0, 0
    end = time.monotonic() + 20
    while quiet < 10:
        time.sleep(0.1)
        now = rows()
        quiet = quiet + 1 if now == known and now > 0 else 0
        known = now
        if time.monotonic() > end:
            raise RuntimeError("the first line did not come")
    return known


def observe(database, query, path, count, rate):
    """Latencies in ms, one a line."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
    rows = lambda: (connection.execute(query).fetchone() or (0,))[0]
    first = settle(path, rows)
    times = multiprocessing.Array("d", count, lock=False)
    writer = multiprocessing.Process(target=write_lines, args=(path, count, rate, times))
    writer.start()
    latencies, end = [], time.monotonic() + count / rate + 30
    while len(latencies) < count:
        done = rows() - first
        now = time.monotonic()
        latencies.extend((now - times[number]) * 1000 for number in range(len(latencies), min(done, count)))
        if now > end:
            raise RuntimeError(f"only {len(latencies)} of {count} rows came")
        time.sleep(0.0001)
    writer.join()
    if rows() - first != count:
        raise RuntimeError("lines and rows do not match")
    connection.close()
    return latencies


def measure_latency(bench):
    share = 10 if bench.smoke else 1
    for name, rate, count, p50, p99 in (("50", 50, 500 // share, 3, 20), ("5,000", 5_000, 20_000 // share, None, 50)):
        latencies = run(bench, ["run", "--no-hub"], rate, count, QUEUE_ROWS, lambda home: home.queue,
                        VIGIL_ENDPOINT=f"http://127.0.0.1:{free_port()}", VIGIL_TIMER="1h")
        if p50:
            bench.report.add(f"append to durable at {name} lines/s: median", quantile(latencies, .5), p50, "ms")
        bench.report.add(f"append to durable at {name} lines/s: p99", quantile(latencies, .99), p99, "ms")
    latencies = run(bench, ["run"], 50, 500 // share, STORE_ROWS, lambda home: home.store)
    bench.report.add("append to stored in the embedded hub: p99", quantile(latencies, .99), 500, "ms")
    latencies = run(bench, ["run"], 50, 500 // share, STORE_ROWS, lambda home: home.store, VIGIL_TIMER="now")
    bench.report.add("append to stored with the timer at now: median", quantile(latencies, .5), 5, "ms")


def run(bench, command, rate, count, query, database, **variables):
    home = BenchHome(bench.agent, bench.work / "latency", **variables)
    home.environment["VIGIL_CLAUDE_ROOTS"] = str(home.path / "claude")
    log = home.path / "claude/projects/p/5e550001-0000-4000-8000-000000000000.jsonl"
    log.parent.mkdir(parents=True)
    log.touch()
    home.run("init", "--yes", check=False)  # where an endpoint is named, nobody answers there
    process = start(home, command)
    try:
        return observe(database(home), query, log, count, rate)
    finally:
        home.stop(process)


def start(home, command):
    """Also for an agent without a hub, which opens no port: its control socket tells that it is there."""
    if "--no-hub" not in command:
        return home.start(*command)
    process = subprocess.Popen([home.agent, *command], env=home.environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home.path)
    socket_file = pathlib.Path(home.queue).with_name("agent.sock")
    end = time.monotonic() + 20
    while not socket_file.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the agent did not start")
        time.sleep(0.01)
    time.sleep(0.2)
    return process
