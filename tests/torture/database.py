"""Files of the program that are damaged, cut, or gone when it starts."""
import shutil
import sqlite3
import time

import scenarios
from world import Report, Round

PAGE = 4096


def prepared(r, records=120):
    """A queue that holds something (its destination is away) beside what was delivered."""
    writer = r.writer(sessions=3, removals=False, live=r.random.random() < 0.5)
    writer.fill(records)
    r.home.run("run", "--once")
    writer.fill(records // 3)
    nowhere = {"VIGIL_ENDPOINT": f"http://127.0.0.1:{r.home.port + 1}"}
    life = scenarios.begin(r, "run", "--no-hub", **nowhere)
    r.dies(life, 0.25)
    r.kill(life, "scenario")  # its log of writes stays
    return writer


def flip(path, at, bit):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ (1 << bit)]))


def damage(name, seed):
    """One way of damaging agent.db; no person does anything, and nothing is missing afterwards."""
    report = Report()
    with Round("queue damaged", f"{name}/{seed}", report=report) as r:
        writer = prepared(r)
        database = r.home.state / "agent.db"
        log = r.home.state / "agent.db-wal"
        size = database.stat().st_size
        if name == "a bit of each page":
            log.unlink(missing_ok=True)
            for page in range(size // PAGE):
                flip(database, page * PAGE + r.random.randrange(PAGE), r.random.randrange(8))
        elif name == "a bit of one page":
            log.unlink(missing_ok=True)
            flip(database, r.random.randrange(size), r.random.randrange(8))
        elif name == "a bit of the log":
            flip(log, r.random.randrange(log.stat().st_size), r.random.randrange(8))
        elif name == "cut":
            log.unlink(missing_ok=True)
            with open(database, "r+b") as file:
                file.truncate(512 * r.random.randrange(size // 512))
        elif name == "log cut":
            with open(log, "r+b") as file:
                file.truncate(512 * r.random.randrange(log.stat().st_size // 512))
        elif name == "log gone":
            log.unlink()
            (r.home.state / "agent.db-shm").unlink(missing_ok=True)
        elif name == "shm gone":
            (r.home.state / "agent.db-shm").unlink()
        elif name == "shm damaged":
            flip(r.home.state / "agent.db-shm", r.random.randrange(136), r.random.randrange(8))
        elif name == "empty":
            log.unlink(missing_ok=True)
            database.write_bytes(b"")
        elif name == "zeros":
            database.write_bytes(b"\0" * size)
        elif name == "database gone":
            database.unlink()
        elif name == "state gone":
            shutil.rmtree(r.home.state)
        elif name == "another program's":
            shutil.copy(r.home.data / "hub.db", database)
            log.unlink(missing_ok=True)
        report.fired[f"queue: {name}"] += 1
        writer.fill(10)
        r.finish()
    return report


DAMAGES = ("a bit of each page", "a bit of one page", "a bit of the log", "cut", "log cut", "log gone", "shm gone",
           "shm damaged", "empty", "zeros", "database gone", "state gone", "another program's")


def state_gone_while_running(seed):
    """Somebody deletes the state folder under the running program."""
    report = Report()
    with Round("state deleted while running", seed, report=report) as r:
        writer = r.writer(sessions=3, removals=False)
        writer.fill(60)
        life = scenarios.begin(r)
        r.dies(life, 0.1 * (seed % 4))
        shutil.rmtree(r.home.state)
        report.fired["state folder deleted"] += 1
        writer.fill(30)
        r.dies(life, 0.4)
        if life.poll() is None:
            r.kill(life, "scenario")
        r.finish()
    return report


def hub_damaged(name, seed):
    """The hub's store is damaged or gone; no person does anything, and nothing is missing that the logs still hold."""
    report = Report()
    with Round("hub's store damaged", f"{name}/{seed}", report=report) as r:
        writer = prepared(r, records=600)
        store = r.home.data / "hub.db"
        with sqlite3.connect(store) as db:  # what the log of writes holds would hide the damage
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        pages = store.stat().st_size // PAGE
        if name == "header":
            scenarios.damage_header(store)
        elif name == "cut":
            with open(store, "r+b") as file:
                file.truncate(PAGE * r.random.randrange(1, pages) + 512)
        elif name == "pages":
            with open(store, "r+b") as file:
                for page in range(4, pages, 2):
                    file.seek(page * PAGE)
                    file.write(b"\xff" * 512)
        elif name == "gone":
            for path in r.home.data.glob("hub.db*"):
                path.unlink()
        life = scenarios.begin(r)
        writer.fill(60)
        r.dies(life, 1.5)
        if life.poll() is not None:
            r.fail(f"with a damaged store it ended with {life.returncode}")
        else:
            r.kill(life, "scenario")
        report.fired[f"hub's store: {name}"] += 1
        r.finish()
    return report


HUB_DAMAGES = ("header", "cut", "pages", "gone")


def two_at_once(starts, seed):
    """Many agents on one state folder: one runs, the others say so with 11; no lock outlives its holder."""
    report = Report()
    with Round("agents at once", seed, report=report) as r:
        writer = r.writer(sessions=2, removals=False)
        writer.fill(40)
        r.home.run("init", "--yes")
        left = starts
        while left > 0:
            group = [r.start(note=False) for _ in range(min(10, left))]
            left -= len(group)
            time.sleep(0.1)
            writer.fill(5)
            end = time.monotonic() + 10
            while time.monotonic() < end and sum(life.poll() is None for life in group) > 1:
                time.sleep(0.01)
            running = [life for life in group if life.poll() is None]
            codes = [life.returncode for life in group if life.poll() is not None]
            if len(running) != 1 or any(code != 11 for code in codes):
                r.fail(f"{len(running)} run, the others ended with {codes}")
            report.fired["agents started at once"] += len(group)
            for life in running:
                r.kill(life, "scenario")
        r.finish()
    return report
