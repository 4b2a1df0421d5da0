"""What the kernel and the machine do to the program: queues that overflow, processes that stop, clocks that jump, memory
that is asked for; and how fast it is back."""
import fcntl
import os
import pathlib
import signal
import sqlite3
import time

import scenarios
from world import Report, Round, wait_until

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def overflow(seed, files=17_500):
    """The program stands still while more happens than the kernel keeps for it; then it must look at everything."""
    report = Report()
    with Round("inotify overflow", seed, report=report) as r:
        writer = r.writer(sessions=4, removals=False)
        writer.fill(30)
        life = scenarios.begin(r)
        r.dies(life, 0.2)
        life.send_signal(signal.SIGSTOP)
        folder = writer.logs[0].path.parent
        for number in range(files):
            path = folder / f"junk-{number}"
            path.touch()
            path.unlink()
        writer.fill(40)  # their events are lost
        for _ in range(3):
            writer.append(writer.new_log())
        life.send_signal(signal.SIGCONT)
        begun = time.monotonic()
        wait_until(lambda: r.ask("status")["watcher"]["overflows"] > 0, "the overflow is noticed", 20)
        report.fired["inotify overflow"] += 1
        report.times.setdefault("overflow to noticed", []).append(time.monotonic() - begun)
        writer.fill(5)
        time.sleep(0.5)
        r.terminate(life)
        r.finish()
    return report




def stopped(seed):
    """SIGSTOP for a while, again and again, while writers write; then SIGKILL."""
    report = Report()
    with Round("SIGSTOP", seed, report=report) as r:
        writer = r.writer(sessions=4, removals=False)
        r.in_background(lambda stop: writer.run(stop))
        life = scenarios.begin(r)
        for _ in range(6):
            r.dies(life, 0.15 * r.random.random())
            life.send_signal(signal.SIGSTOP)
            time.sleep(0.1 * r.random.random())
            life.send_signal(signal.SIGCONT)
            report.fired["SIGSTOP"] += 1
        r.kill(life, "scenario")
        r.finish()
    return report


def clock_jumps(seed):
    """The wall clock jumps by years, forward and back, while timers and batches are under way."""
    report = Report()
    if not pathlib.Path(FAKETIME).exists():
        report.skipped.append("clock jumps: libfaketime is not installed")
        return report
    with Round("clock jumps", seed, report=report) as r:
        r.lenient_time = True  # what seems to lie in the future is clamped, as documented
        clock = r.base / "clock"
        faked = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        clock.write_text("+0\n")
        writer = r.writer(sessions=3, removals=False)
        writer.fill(20)
        life = scenarios.begin(r, **faked)
        jumps = ["+10y", "-10y", "+301", "-301", "+3600", "-3600", "+80y", "-56y", "+0"]
        r.random.shuffle(jumps)
        for jump in jumps:
            clock.write_text(jump + "\n")
            writer.fill(6)
            r.heartbeat()
            r.dies(life, 0.35)
            report.fired["clock jump"] += 1
            if r.random.random() < 0.3:
                r.kill(life, "scenario")
                life = scenarios.begin(r, **faked)
        if life.poll() is not None:
            r.fail(f"a clock jump ended it with {life.returncode}")
        clock.write_text("+0\n")
        year = [event for event in r.stored() if event["time"][:4] not in ("2026",)]
        report.figures["events stored under a wrong clock"] = len(year)
        r.terminate(life)
        r.finish()
    return report


def boot_time(seed):
    """A namespace in which the machine has been up for a year, and one in which it has just started: timers hold."""
    report = Report()
    if os.geteuid() != 0:
        report.skipped.append("boot time: needs root")
        return report
    with Round("boot time", seed, report=report) as r:
        writer = r.writer(sessions=2, removals=False)
        for offset in (0, 86400 * 365, 100):
            writer.fill(10)
            life = scenarios.begin(r, prefix=("unshare", "-T", "--fork", "--kill-child=SIGKILL", "--boottime", offset, "--monotonic", offset))
            r.dies(life, 0.4)
            report.fired["boot time"] += 1
            r.kill(life, "scenario")
            time.sleep(0.1)
        r.finish()
    return report


def recovery(seed, crashes):
    """From the start after a crash until a line that was written before it is durable in the queue."""
    report = Report()
    with Round("recovery", seed, report=report) as r:
        writer = r.writer(sessions=4, codex=0, removals=False)
        writer.fill(200)
        for _ in range(crashes):
            log = writer.logs[0]
            writer.append(log, records=log.session.reply(1))
            size = log.path.stat().st_size
            begun = time.monotonic()
            life = r.start()
            database = r.home.state / "agent.db"

            def is_durable():
                try:
                    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=0.1) as db:
                        row = db.execute("SELECT 1 FROM files WHERE path LIKE ? AND offset = ?",
                                         ("%" + log.path.name, size)).fetchone()
                    db.close()
                    return row
                except sqlite3.Error:
                    return None
            while not is_durable():
                if time.monotonic() - begun > 5:
                    r.fail("not tailing within 5 s after a crash")
                    break
                time.sleep(0.002)
            took = time.monotonic() - begun
            report.times.setdefault("crash to tailing", []).append(took)
            if took > 0.3:
                report.figures["slow starts"] = report.figures.get("slow starts", 0) + 1
            r.kill(life, "for recovery")
        times = sorted(report.times["crash to tailing"])
        if times[len(times) // 2] > 0.3:
            r.fail(f"crash to tailing: median {times[len(times) // 2]:.3f} s")
        r.finish()
    return report


def late_fallback(seed):
    """A command is about to write to the fallback file when the program takes that away; the heartbeat stays."""
    report = Report()
    with Round("late fallback", seed, report=report) as r:
        r.home.run("init", "--yes")
        writer = r.writer(sessions=1, codex=0, removals=False)
        writer.fill(5)
        r.home.state.mkdir(parents=True, mode=0o700, exist_ok=True)
        with open(r.home.state / "lock", "a") as lock:  # as if an agent ran that cannot be asked
            fcntl.flock(lock, fcntl.LOCK_EX)
            r.heartbeat()  # makes the file
            entity = "by-hand-late"
            r.ledger.note("heartbeat_intent", entity=entity)
            command = r.start("heartbeat", "--entity", entity, "--entity-type", "app", "--plugin", "torture/1", "--time",
                              "2026-11-20T09:00:00Z", note=False, VIGIL_FAILPOINT="file.append:1:stop")
            wait_until(lambda: is_stopped(command.pid), "the command stands before its write")
        life = scenarios.begin(r)
        wait_until(lambda: "fallback_merged" in r.home.log(), "the fallback file is merged")
        r.dies(life, 0.1)
        command.send_signal(signal.SIGCONT)
        if command.wait(timeout=10) in (0, 75):
            r.ledger.note("heartbeat_kept", entity=entity)
            report.fired["fallback file taken while it is written"] += 1
        r.kill(life, "scenario")
        r.finish()
    return report


def is_stopped(pid):
    return "State:\tT" in pathlib.Path(f"/proc/{pid}/status").read_text()


# --- Memory ----------------------------------------------------------------------------------------------


def pss(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0


def peak(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


def memory(seed, gigabyte=1 << 30, depth=1_000_000, directories=0):
    """Hostile input: a line of a gibibyte, a JSON nested a million deep, a hundred thousand folders. Below 64 MiB."""
    report = Report()
    with Round("memory", seed, report=report) as r:
        writer = r.writer(sessions=2, codex=0, removals=False)
        writer.fill(20)
        hostile = writer.logs[0].path.parent / "hostile.jsonl"
        with open(hostile, "wb") as out:
            out.write(b"[" * depth + b"]" * depth + b"\n" + b"{\"a\":" * depth + b"1" + b"}" * depth + b"\n")
            piece = b"\"" + b"x" * (1 << 20)
            for _ in range(gigabyte >> 20):
                out.write(piece)
            out.write(b"\n")
        for number in range(directories):
            (writer.home / f".claude/projects/folder-{number}").mkdir()
        begun = time.monotonic()
        life = scenarios.begin(r, seconds=60)
        most = 0
        before = None
        while time.monotonic() - begun < 60:
            most = max(most, pss(life.pid))
            text = r.home.run("status", "--json", expect=None).stdout if life.poll() is None else ""
            if text == before and time.monotonic() - begun > 4:
                break
            before = text
            time.sleep(0.25)
        if life.poll() is None and r.ask("status")["watcher"]["lines_oversized"] < 1:
            r.fail("the huge line was not read")
        high = peak(life.pid) if life.poll() is None else 0
        if life.poll() is not None:
            r.fail(f"hostile input ended it with {life.returncode}")
        report.figures[f"PSS with hostile input{', 100,000 folders' if directories else ''} (MiB)"] = round(most, 1)
        report.figures[f"greatest resident set{', 100,000 folders' if directories else ''} (MiB)"] = round(high, 1)
        if most > 64:
            r.fail(f"memory: {most:.1f} MiB")
        report.fired["hostile input"] += 1
        r.terminate(life)
        r.finish()
    return report
