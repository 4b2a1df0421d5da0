"""The disk under the program: full, out of inodes, read-only, failing, and without power."""
import contextlib
import fcntl
import os
import pathlib
import signal
import struct
import subprocess
import sys
import time

import scenarios
from stock import take_stock
from world import Report, Round, wait_until

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
QUEUE_BAD = "queue_unusable"
QUEUE_WELL = "queue_usable_again"


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def must(*command):
    done = run(*command)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout.strip()


def why_not(needs_loop=False):
    """Why disks cannot be mounted here; None where they can."""
    if os.geteuid() != 0:
        return "needs root"
    if needs_loop and not pathlib.Path("/dev/loop-control").exists():
        return "needs loop devices"
    return None


@contextlib.contextmanager
def tmpfs(at, options):
    at.mkdir(parents=True, exist_ok=True)
    os.chmod(at, 0o700)
    must("mount", "-t", "tmpfs", "-o", f"mode=700,{options}", "vigil-torture", at)
    try:
        yield
    finally:
        unmount(at)


def unmount(at):
    for _ in range(50):
        if run("umount", at).returncode == 0:
            return
        time.sleep(0.05)
    run("umount", "-l", at)


def fill_up(folder):
    """Takes all the room there is; returns what to unlink to give it back."""
    ballast = folder / "ballast"
    with open(ballast, "wb", buffering=0) as out:
        with contextlib.suppress(OSError):
            while out.write(b"\0" * 4096):
                pass
    return ballast


def log_has(r, *texts):
    text = r.home.log()
    return any(one in text for one in texts)


def full(seed, folder="state"):
    """No room where the queue (or the hub's store) lies, then room again: everything heals without a hand."""
    report = Report()
    kind = f"disk full under the {'queue' if folder == 'state' else 'hub'}"
    if why_not():
        report.skipped.append(f"{kind}: {why_not()}")
        return report
    with Round(kind, seed, report=report) as r:
        place = getattr(r.home, folder)
        with tmpfs(place, "size=6m"):
            writer = r.writer(sessions=3, removals=False)
            writer.fill(30)
            life = scenarios.begin(r)
            r.dies(life, 0.3)
            ballast = fill_up(place)
            writer.fill(60)
            what = (QUEUE_BAD, "full") if folder == "state" else ("sink", "retrying")
            wait_until(lambda: log_has(r, *what) or writer.fill(20), "the program notices the full disk", 20)
            report.fired[kind] += 1
            r.heartbeat()
            ballast.unlink()
            r.home.run("queue", "flush", expect=None)
            if folder == "state":
                wait_until(lambda: log_has(r, QUEUE_WELL), "the queue works again", 75)
            time.sleep(0.5)
            if life.poll() is not None:
                r.fail(f"a full disk ended the program with {life.returncode}")
            else:
                r.terminate(life)
            r.finish()
    return report


def inodes(seed):
    report = Report()
    kind = "inodes exhausted"
    if why_not():
        report.skipped.append(f"{kind}: {why_not()}")
        return report
    with Round(kind, seed, report=report) as r:
        with tmpfs(r.home.state, "nr_inodes=24"):
            writer = r.writer(sessions=2, removals=False)
            writer.fill(20)
            r.home.run("init", "--yes")
            taken = []
            with contextlib.suppress(OSError):
                while True:
                    path = r.home.state / f"taken-{len(taken)}"
                    path.touch()
                    taken.append(path)
            for _ in range(r.random.randrange(3)):  # enough for some of the files that it needs
                taken.pop().unlink()
            life = r.start()
            if r.dies(life, 2):
                report.fired[kind] += 1
                if life.returncode not in (1, 78):
                    r.fail(f"without inodes it ended with {life.returncode}")
            else:
                report.fired[kind] += QUEUE_BAD in r.home.log()
                r.kill(life, "scenario")
            for path in taken:
                path.unlink()
            r.finish()
    return report


def read_only(seed):
    report = Report()
    kind = "read-only at the start"
    if why_not():
        report.skipped.append(f"{kind}: {why_not()}")
        return report
    with Round(kind, seed, report=report) as r:
        with tmpfs(r.home.state, "size=32m"):
            writer = r.writer(sessions=2, removals=False)
            writer.fill(20)
            life = scenarios.begin(r)
            r.dies(life, 0.1 * (seed % 4))
            r.kill(life, "scenario")
            must("mount", "-o", "remount,ro", r.home.state)
            writer.fill(10)
            life = r.start()
            if r.dies(life, 3) and life.returncode not in (1, 78):
                r.fail(f"on a read-only disk it ended with {life.returncode}")
            report.fired[kind] += 1
            if life.poll() is None:
                r.kill(life, "scenario")
            if r.heartbeat() == 0:
                r.fail("a heartbeat was kept on a read-only disk")
            must("mount", "-o", "remount,rw", r.home.state)
            r.finish()
    return report


# --- A loop device -----------------------------------------------------------------------------------


class Ext4:
    """A small ext4 of our own on a loop device, mounted over a folder."""

    def __init__(self, at, base, name="disk", size=96):
        self.at = at
        self.image = base / name
        with open(self.image, "wb") as out:
            out.truncate(size << 20)
        must("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard", "-J", "size=4", self.image)
        self.loop = must("losetup", "-f", "--show", self.image)
        self.is_mounted = False
        self.mount()

    def mount(self):
        self.at.mkdir(parents=True, exist_ok=True)
        must("mount", "-o", "errors=remount-ro", self.loop, self.at)
        self.is_mounted = True

    def unmount(self):
        unmount(self.at)
        self.is_mounted = False

    def cut_power(self):
        """From here on nothing reaches the disk, not even the journal that is in memory."""
        fd = os.open(self.at, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(fd)

    def break_down(self):
        """The kernel finds an error on it and goes read-only."""
        name = pathlib.Path(self.loop).name
        pathlib.Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("torture")

    def close(self):
        if self.is_mounted:
            self.unmount()
        run("losetup", "-d", self.loop)


def goes_read_only(seed):
    report = Report()
    kind = "read-only while running"
    if why_not(needs_loop=True):
        report.skipped.append(f"{kind}: {why_not(needs_loop=True)}")
        return report
    with Round(kind, seed, report=report) as r:
        disk = Ext4(r.home.path / ".local", r.base)
        try:
            writer = r.writer(sessions=2, removals=False)
            writer.fill(20)
            life = scenarios.begin(r)
            r.dies(life, 0.2)
            disk.break_down()
            writer.fill(30)
            wait_until(lambda: log_has(r, QUEUE_BAD) or life.poll() is not None or writer.fill(5),
                       "the program notices the read-only disk", 20)
            report.fired[kind] += 1
            if life.poll() is not None:
                r.fail(f"a read-only disk ended the program with {life.returncode}")
            r.terminate(life, seconds=2.5, what="SIGTERM on a read-only disk")
            disk.unmount()
            run("e2fsck", "-p", disk.loop)
            disk.mount()
            r.finish()
        finally:
            for process in r.home.processes:
                process.kill()
                process.wait()
            disk.close()
    return report


def power_cuts(seed, cuts):
    """Logs, queue, hub and keys on one disk, and the power goes at any moment."""
    report = Report()
    kind = "power cuts"
    if why_not(needs_loop=True):
        report.skipped.append(f"{kind}: {why_not(needs_loop=True)}")
        return report
    with Round(kind, seed, report=report) as r:
        disk = Ext4(r.home.path, r.base, "disk")
        # The logs' syncs must not carry the program's own writes to the disk with them.
        logs = Ext4(r.home.path / ".claude", r.base, "logs", size=48)
        try:
            writer = r.writer(sessions=3, live=seed % 2 == 0)
            writer.sync_chance = 0.98  # what stands in no log any more nobody can be asked for
            writer.fill(500)
            vanished = 0
            for number in range(cuts):
                life = r.start()
                end = time.monotonic() + r.random.choice((0.02, 0.06, 0.15, 0.4)) * (0.5 + r.random.random())
                while time.monotonic() < end:
                    writer.step()
                    time.sleep(0.004 * r.random.random())
                if number % 5 == 2:
                    r.heartbeat()
                disk.cut_power()
                logs.cut_power()
                report.fired["power cut"] += 1
                r.ended(life)
                life.kill()
                life.wait()
                logs.unmount()
                disk.unmount()
                disk.mount()
                logs.mount()
                vanished += take_stock(writer, r.ledger)
            report.figures["records that went with the power"] = \
                report.figures.get("records that went with the power", 0) + vanished
            r.finish()
        finally:
            for process in r.home.processes:
                process.kill()
                process.wait()
            logs.close()
            disk.close()
    return report


# --- System calls that fail -----------------------------------------------------------------------------

# (name, what strace injects): all pass again after some calls, and the program must go on by itself.
FAILING_CALLS = {
    "ENOSPC at pwrite64": ("pwrite64", "error=ENOSPC:when=30..31"),
    "EIO at pwrite64": ("pwrite64", "error=EIO:when=30..31"),
    "EIO at fdatasync": ("fdatasync", "error=EIO:when=6..7"),
    "ENOSPC at ftruncate": ("ftruncate", "error=ENOSPC:when=1..3"),
    "EIO at pread64": ("pread64", "error=EIO:when=60..75"),
    "ENOSPC at inotify_add_watch": ("inotify_add_watch", "error=ENOSPC:when=2+"),
    "EMFILE at inotify_init1": ("inotify_init1", "error=EMFILE"),
}
AT_START = {"ENOSPC at ftruncate", "EIO at pread64"}  # of these the program may end, with a code and in words


def failing_call(name, seed):
    report = Report()
    call, injection = FAILING_CALLS[name]
    with Round(name, seed, report=report) as r:
        writer = r.writer(sessions=3, removals=False)
        writer.fill(40)
        r.home.run("run", "--once")
        trace = r.base / "trace"
        prefix = ("strace", "-f", "-qq", "-o", trace, "-e", f"trace={call}", "-e", f"inject={call}:{injection}")
        life = scenarios.begin(r, prefix=prefix)
        for _ in range(30):
            writer.fill(4)
            if r.dies(life, 0.1):
                break
        report.fired[name] += trace.read_text(errors="replace").count("(INJECTED)")
        if life.poll() is None:
            # It must come round by itself; 5 s is its first wait, 10 s the second.
            if not waited(lambda: r.ask("status")["queue_trouble"] == "", 40):
                r.fail("the queue does not come back though nothing fails any more")
            stop_traced(r, life)
        elif name not in AT_START or life.returncode not in (1, 78):
            r.fail(f"ended with {life.returncode}: {r.home.log()[-300:]}")
        r.finish()
    return report


def waited(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def few_descriptors(seed):
    """More logs than there may be open files."""
    report = Report()
    kind = "64 open files"
    with Round(kind, seed, report=report) as r:
        writer = r.writer(sessions=60, removals=False)
        writer.fill(200)
        life = scenarios.begin(r, prefix=("prlimit", "--nofile=64:64"))
        for _ in range(10):
            writer.fill(20)
            r.dies(life, 0.1)
        report.fired[kind] += 1
        if life.poll() is not None:
            r.fail(f"ended with {life.returncode}")
        elif not waited(lambda: is_all_read(r), 20):
            r.fail("with 64 open files not all is read")
        r.terminate(life)
        r.finish()
    return report


def is_all_read(r):
    status = r.ask("status")
    return status["caught_up"] and status["watcher"]["bytes_behind"] == 0


def stop_traced(r, life):
    """strace does not pass signals on: its child is the program."""
    children = pathlib.Path(f"/proc/{life.pid}/task/{life.pid}/children").read_text().split()
    r.ended(life)
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    life.wait()


CHANGING = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "linkat", "openat", "mkdir",
            "fchmod", "sendto", "sendmsg", "mmap")


def one_cycle(seed, kill=None):
    """From nothing to everything delivered, in one run; killed at a system call, then run again. Returns the counts."""
    report = Report()
    with Round("system calls", f"{seed}/{kill}", report=report) as r:
        writer = r.writer(sessions=2, codex=1, removals=False, live=seed % 2 == 0)
        writer.fill(25)
        trace = r.base / "trace"
        counted = CHANGING[:-1]
        prefix = ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={','.join(counted)}"]
        if kill:
            call, number = kill
            prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                      f"inject={call}:signal=KILL:when={number}"]
        life = r.start("run", "--once", prefix=prefix)
        life.wait(timeout=60)
        r.ended(life)
        if kill:
            died = life.returncode in (-signal.SIGKILL, 137)
            report.kills["at system calls"] += died
            report.fired[f"SIGKILL at {kill[0]}"] += died
            if not died and life.returncode != 0:
                r.fail(f"ended with {life.returncode}")
        else:
            report.figures["cycle"] = most_calls(trace)
        r.finish()
    return report


def most_calls(trace):
    """call -> how often the thread that makes most of them makes it: strace counts by thread."""
    by_thread = {}
    for line in trace.read_text(errors="replace").splitlines():
        thread, _, rest = line.partition(" ")
        call = rest.strip().partition("(")[0]
        if call.isidentifier():
            by_thread.setdefault(call, {}).setdefault(thread, 0)
            by_thread[call][thread] += 1
    return {call: max(threads.values()) for call, threads in by_thread.items()}


if __name__ == "__main__":
    sys.exit("a part of tests/torture/campaign.py")
