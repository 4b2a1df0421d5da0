"""Watching a large tree: how soon, with how much memory, how quickly told, and what a storm or lost events leave untold.

The tree watcher alone (tree_bench.cc), set beside inotifywait, watchman and, on a tenth of the tree, chokidar. The budget of
watches is 60 % of what the system allows, for the usual share does not cover the tree.
"""
import collections
import json
import multiprocessing
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import time

from measure import median, pairs, process_cpu, process_pss, quantile, ratio

FILES_EACH = 5
WATCH_SHARE = 0.6
TOLD_CREATED, TOLD_FOUND = 1, 64  # bits of watcher/tree_change.h


def make_tree(root, directories):
    """`directories` directories, ten in each, with a few files each; made once."""
    if (root.parent / f"{root.name}.done").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    waiting, made = collections.deque([root]), 1
    while waiting:
        path = waiting.popleft()
        folder = os.open(path, os.O_RDONLY)
        for number in range(FILES_EACH):
            os.close(os.open(f"source{number}.ts", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=folder))
        for number in range(min(10, directories - made)):
            os.mkdir(f"package-{number:02d}", dir_fd=folder)
            waiting.append(path / f"package-{number:02d}")
            made += 1
        os.close(folder)
    (root.parent / f"{root.name}.done").touch()
    return root


def walk_warm(root):
    """So that no watcher pays for a cold cache."""
    subprocess.run(["find", root, "-size", "+1G"], check=True, stdout=subprocess.DEVNULL)


# ------------------------------------------------------------------ watchers: until ready

class Ready:
    """A watcher from its start until it says that it watches: wall seconds and memory."""

    def __init__(self, process, begun):
        self.wall, self.memory = time.monotonic() - begun, process_pss(process.pid)


class Ours:
    def __init__(self, bench, root):
        limit = int(pathlib.Path("/proc/sys/fs/inotify/max_user_watches").read_text())
        begun = time.monotonic()
        self.process = subprocess.Popen([bench.program("tree_bench"), root, str(int(limit * WATCH_SHARE))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("tree_bench did not get ready")
        self.ready = Ready(self.process, begun)
        self.dumps = bench.work / "told"

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def status(self):
        return json.loads(self.ask("status"))

    def told(self):
        """[(boot time in s, bits, path)] since the last call."""
        self.ask(f"dump {self.dumps}")
        lines = (line.rstrip("\n").split(" ", 2) for line in open(self.dumps))
        return [(int(at) / 1e9, int(what), path) for at, what, path in lines]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        return self.ready


def ours(bench, root):
    return Ours(bench, root).stop()


def inotifywait(root):
    begun = time.monotonic()
    process = subprocess.Popen(["inotifywait", "-m", "-r", "-e", "modify,create,move,delete", root],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "established" in line:
            break
    ready = Ready(process, begun)
    process.terminate()
    process.wait()
    return ready


def watchman(bench, root):
    """Until its first query is answered: before, it does not know what is there."""
    folder = bench.work / "watchman"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    process = subprocess.Popen(["watchman", "-f", "-n", "-U", folder / "sock", "--statefile", folder / "state", "-o", folder / "log",
                                "--pidfile", folder / "pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    connection = socket.socket(socket.AF_UNIX)
    end = time.monotonic() + 30
    while connection.connect_ex(str(folder / "sock")) != 0:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("watchman did not start")
        time.sleep(0.01)
    begun, answers = time.monotonic(), connection.makefile("rb")
    for command in (["watch", str(root)], ["query", str(root), {"suffix": "nosuch", "fields": ["name"]}]):
        connection.sendall(json.dumps(command).encode() + b"\n")
        answer = json.loads(answers.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
    ready = Ready(process, begun)
    connection.close()
    process.terminate()
    process.wait()
    return ready


CHOKIDAR = """
import { watch } from "chokidar";
watch(process.argv[2], { ignoreInitial: true }).on("ready", () => console.log("ready"));
"""


def chokidar(bench, root):
    script = bench.tools.resolve() / "watch.mjs"
    script.write_text(CHOKIDAR)
    begun = time.monotonic()
    process = subprocess.Popen(["node", script, root], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("chokidar did not get ready")
    ready = Ready(process, begun)
    process.terminate()
    process.wait()
    return ready


def measure_ready(bench, tree, small):
    for name, root, theirs in (("inotifywait", tree, lambda: inotifywait(tree)), ("watchman", tree, lambda: watchman(bench, tree)),
                               ("chokidar", small, lambda: chokidar(bench, small))):
        walk_warm(root)
        runs = pairs(lambda root=root: ours(bench, root), theirs, min(bench.pairs, 3))
        size = bench.tree_directories if root == tree else bench.small_tree_directories
        for what, quantity, unit, digits in (("ready", lambda r: r.wall, "s", 2), ("memory (PSS)", lambda r: r.memory, "MiB", 1)):
            bench.report.add(f"tree of {size:,} directories: {what} against {name}", ratio(runs, quantity), 1, "ratio",
                             note=f"{median(quantity(a) for a, _ in runs):.{digits}f} {unit} against {median(quantity(b) for _, b in runs):.{digits}f}")


# ------------------------------------------------------------------ what is told, and when

def boot_time():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def some_files(root, count, seed):
    """Of `count` directories, spread over the tree, one file each."""
    chosen = random.Random(seed).sample(sorted(map(str, root.glob("**/source0.ts"))), count)
    return chosen


def wait_quiet(watcher):
    """Until nothing more was told for a second."""
    known, quiet_since = -1, time.monotonic()
    end = time.monotonic() + 60
    while time.monotonic() - quiet_since < 1:
        time.sleep(0.1)
        told = watcher.status()["told"]
        if told != known:
            known, quiet_since = told, time.monotonic()
        if time.monotonic() > end:
            raise RuntimeError("it never rests")


def measure_latency(bench, watcher, files):
    for path in files:  # the first bytes of a file cost the disk milliseconds, which are nobody's here
        with open(path, "ab", buffering=0) as file:
            file.write(b"x")
    wait_quiet(watcher)
    watcher.told()
    times, writes = {}, []
    for path in files:
        time.sleep(0.05)
        with open(path, "ab", buffering=0) as file:
            times[path] = boot_time()
            file.write(b"x")
            writes.append((boot_time() - times[path]) * 1000)
    wait_quiet(watcher)
    latencies = {path: (at - times[path]) * 1000 for at, _, path in reversed(watcher.told()) if path in times}
    if len(latencies) != len(files):
        raise RuntimeError(f"{len(files) - len(latencies)} writes were not told")
    bench.report.add("write to told, otherwise idle: median", median(latencies.values()), 1, "ms",
                     note=f"the write itself {median(writes):.3f}")
    bench.report.add("write to told, otherwise idle: p99", quantile(list(latencies.values()), .99), 5, "ms",
                     note=f"the write itself {quantile(writes, .99):.3f}")


def append_storm(paths, rounds, last_writes):
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(paths) + 64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    files = [os.open(path, os.O_WRONLY | os.O_APPEND) for path in paths]
    for _ in range(rounds - 1):
        for file in files:
            os.write(file, b"x")
    for number, file in enumerate(files):
        last_writes[number] = boot_time()
        os.write(file, b"x")
    # Not closed but ended: what was modified last must be told without an event of its closing.
    os.kill(os.getpid(), signal.SIGSTOP)


def measure_append_storm(bench, watcher, files, appends):
    watcher.told()
    last_writes = multiprocessing.Array("d", len(files), lock=False)
    writer = multiprocessing.Process(target=append_storm, args=(files, appends // len(files), last_writes))
    used, begun = process_cpu(watcher.process.pid), time.monotonic()
    writer.start()
    os.waitid(os.P_PID, writer.pid, os.WSTOPPED | os.WNOWAIT)
    seconds = time.monotonic() - begun
    wait_quiet(watcher)
    told = {path: at for at, _, path in watcher.told()}
    used = process_cpu(watcher.process.pid) - used
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    untold = [path for path, at in zip(files, last_writes) if told.get(path, 0) < at]
    bench.report.add(f"{appends:,} appends to {len(files):,} files: last ones not told", len(untold), 0, "files",
                     note=f"{appends / seconds:,.0f}/s, {used:.2f} s CPU, overflows {watcher.status()['overflows']}")


def measure_creation_storm(bench, watcher, folders, count):
    watcher.told()
    used, begun, names = process_cpu(watcher.process.pid), time.monotonic(), []
    for number in range(count):
        names.append(f"{folders[number % len(folders)]}/new{number}")
        os.close(os.open(names[-1], os.O_CREAT | os.O_WRONLY, 0o644))
    seconds = time.monotonic() - begun
    wait_quiet(watcher)
    told = {path for _, what, path in watcher.told() if what & (TOLD_CREATED | TOLD_FOUND)}
    used = process_cpu(watcher.process.pid) - used
    bench.report.add(f"{count:,} files made in {len(folders)} folders: not told", len(set(names) - told), 0, "files",
                     note=f"{count / seconds:,.0f}/s, {used:.2f} s CPU, overflows {watcher.status()['overflows']}")
    for name in names:
        os.unlink(name)


def measure_reconcile(bench, watcher, files):
    """The watcher sleeps while more happens than the kernel keeps."""
    wait_quiet(watcher)
    watcher.told()
    overflows = watcher.status()["overflows"]
    os.kill(watcher.process.pid, signal.SIGSTOP)
    for path in files:
        for _ in range(1 if len(files) > 9000 else 10):  # 2 events each time: more than 16,384
            with open(path, "ab", buffering=0) as file:
                file.write(b"x")
    os.kill(watcher.process.pid, signal.SIGCONT)
    begun, used = boot_time(), process_cpu(watcher.process.pid)
    wait_quiet(watcher)
    first_told = {}
    for at, what, path in watcher.told():
        first_told.setdefault(path, at)
    if watcher.status()["overflows"] == overflows:
        raise RuntimeError("nothing was lost")
    untold = set(files) - set(first_told)
    took = max(first_told[path] for path in files if path in first_told) - begun
    bench.report.add(f"events lost: {len(files):,} changed files not told", len(untold), 0, "files")
    bench.report.add(f"events lost: until {len(files):,} changed files are told", took, 2, "s",
                     note=f"{process_cpu(watcher.process.pid) - used:.2f} s CPU")


def measure_idle(bench, watcher):
    wait_quiet(watcher)
    seconds, used = (1 if bench.smoke else 10), process_cpu(watcher.process.pid)
    time.sleep(seconds)
    bench.report.add("watching the tree, idle: CPU in 10 s", process_cpu(watcher.process.pid) - used, .01, "s")


def measure_trees(bench):
    bench.tree_directories, bench.small_tree_directories = (2_000, 200) if bench.smoke else (100_000, 10_000)
    tree = make_tree(bench.work / f"tree-{bench.tree_directories}", bench.tree_directories)
    small = make_tree(bench.work / f"tree-{bench.small_tree_directories}", bench.small_tree_directories)
    measure_ready(bench, tree, small)
    share = 100 if bench.smoke else 1
    watcher = Ours(bench, tree)
    try:
        measure_idle(bench, watcher)
        measure_latency(bench, watcher, some_files(tree, 300 // min(share, 10), 1))
        measure_append_storm(bench, watcher, some_files(tree, 1000 // min(share, 10), 2), 1_000_000 // share)
        measure_creation_storm(bench, watcher, [os.path.dirname(path) for path in some_files(tree, 100, 3)], 100_000 // share)
        measure_reconcile(bench, watcher, some_files(tree, 1_000 if bench.smoke else 10_000, 4))
    finally:
        watcher.stop()
