"""Saves through the whole agent: from the last write of a file to the row that is durable, and what git's own work costs."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

from measure import BenchHome, process_cpu, quantile

COUNTED = "SELECT value FROM counters WHERE name = 'events_queued'"


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True,
                   env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)})


def make_repository(folder, files):
    """Two branches that differ in every one of `files` files, in folders of a hundred."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "one")
    git(folder, "config", "user.email", "dev@example.com")
    git(folder, "config", "user.name", "dev")
    paths = [folder / f"d{number // 100}" / f"f{number}.py" for number in range(files)]
    for branch in ("one", "two"):
        if branch == "two":
            git(folder, "checkout", "-qb", "two")
        for path in paths:
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{branch}\n" * 20)
        git(folder, "add", ".")
        git(folder, "commit", "-qm", branch)
    return paths


def wait_for(condition, what, seconds=60, every=0.002):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(every)


def status(home):
    return json.loads(home.run("status", "--json").output)["daemon"]["projects"]


def measure_saves(bench):
    home = BenchHome(bench.agent, bench.work / "saves", VIGIL_LEARN_PROJECTS="false")
    project = home.path / "src/demo"
    files = 500 if bench.smoke else 5_000
    paths = make_repository(project, files)
    home.environment["VIGIL_PROJECT_ROOTS"] = str(project)
    process = home.start("run")
    try:
        wait_for(lambda: all(tree["ready"] for tree in status(home)["trees"]), "the tree is ready")
        time.sleep(2)
        measure_latency(bench, home, paths[:5 if bench.smoke else 40])
        measure_checkout(bench, home, process, project, files)
    finally:
        home.stop(process)
        shutil.rmtree(home.path, ignore_errors=True)


def measure_latency(bench, home, paths):
    queue = sqlite3.connect(f"file:{home.queue}?mode=ro", uri=True, isolation_level=None)
    rows = lambda: (queue.execute(COUNTED).fetchone() or (0,))[0]
    latencies = []
    for path in paths:
        before = rows()
        path.write_text(f"{time.time()}\n")
        written = time.monotonic()
        wait_for(lambda: rows() > before, "the save is durable")
        latencies.append((time.monotonic() - written) * 1000)
        time.sleep(1.2)  # people save one after the other: no burst
    queue.close()
    bench.report.add("save to durable heartbeat, settling included: p99", quantile(latencies, .99), 350, "ms",
                     note=f"median {quantile(latencies, .5):.0f} ms")


def measure_checkout(bench, home, process, project, files):
    before, counted = process_cpu(process.pid), status(home)["writes"]
    git(project, "checkout", "-qf", "one")
    wait_for(lambda: sum(status(home)["writes"].values()) >= sum(counted.values()) + files, "git's writes are judged",
             every=0.5)  # each question costs the agent something too
    time.sleep(1)
    used = process_cpu(process.pid) - before
    writes = {reason: count - counted[reason] for reason, count in status(home)["writes"].items() if count != counted[reason]}
    exported = home.run("export", "all_time", "--format", "ndjson").output.decode().splitlines()
    humans = sum(1 for line in exported if json.loads(line)["actor"] == "human")
    bench.report.add(f"git checkout of {files:,} files: CPU", used, 1, "s", note=str(writes))
    bench.report.add("git checkout: human heartbeats", humans, 0, "")
