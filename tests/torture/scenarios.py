"""Days in the life of the program, each passing its own failpoints. A scenario is called with an armed environment and
goes on until the program dies of it or its day is over; the caller asks which."""
import json
import random
import signal
import sqlite3
import time

from proxy import Proxy
from records import Record
from world import wait_until


def is_listening(home):
    return home.daemon_answers()


def begin(r, *arguments, seconds=10, **variables):
    """Starts and waits until it can be talked to or is dead."""
    life = r.start(*arguments, **variables)
    end = time.monotonic() + seconds
    while time.monotonic() < end and life.poll() is None and not is_listening(r.home):
        time.sleep(0.004)
    if life.poll() is not None:
        r.ended(life)
    return life


def through(r, life, *steps):
    """The steps in order, as long as it lives; whether it is dead in the end."""
    for step in steps:
        if r.dies(life, 0.02):
            return True
        step()
    return r.dies(life, 0.1)


def shift(writer, log):
    """The same content behind a line that means nothing, in place: another generation of the same file."""
    noise = Record(b"{\"type\":\"summary\",\"summary\":\"moved\"}\n", [])
    data = noise.line + b"".join(record.line for record in log.records)

    def act(_):
        with open(log.path, "r+b") as out:
            if log.path.stat().st_size > len(data):  # else what is left of the old content stood there twice for a moment
                out.truncate(len(data))
            out.write(data)
    writer._renew(log, [noise, *log.records], act)


def copy_and_delete(writer, log, wait):
    copy = writer.new_log(folder=log.path.parent)
    writer._intend(copy, log.records)
    copy.path.write_bytes(b"".join(record.line for record in log.records))
    writer._done(copy)
    wait()
    writer._gone(copy)
    copy.path.unlink()
    writer.logs.remove(copy)


def long_record(writer, log, size=1_300_000):
    record, = log.session.prompt()
    text = record.line.replace(b"CANARY", b"z" * size + b"CANARY", 1)
    event = record.events[0]
    event.fields["prompt_length"] += size
    return [Record(text, [event])]


def daily(r, writer, **armed):
    """All that happens to a program with its own hub in a second: reads back, follows, is asked, reloads, ends."""
    life = begin(r, **armed)
    claude = next(log for log in writer.logs if log.may_shrink and log.records)
    dead = through(
        r, life,
        lambda: writer.fill(15),
        lambda: [writer.append(claude, records=[record]) or time.sleep(0.03) for record in claude.session.reply(3)],
        r.heartbeat,
        lambda: shift(writer, claude),
        lambda: writer.append(claude, records=long_record(writer, claude)),
        lambda: time.sleep(0.1),
        lambda: copy_and_delete(writer, claude, lambda: r.dies(life, 0.2)),
        lambda: r.home.run("queue", "status", expect=None),
        lambda: r.home.run("status", expect=None),
        lambda: life.send_signal(signal.SIGHUP),
        lambda: r.dies(life, 0.15),
        lambda: writer.fill(5),
        lambda: r.dies(life, 0.5),
        lambda: life.send_signal(signal.SIGTERM))
    if not dead and not r.dies(life, 4):
        r.fail("SIGTERM did not end a day")
        r.kill(life, "at the end")
    return life.wait()


def unfinished(r, writer, **armed):
    """A last line without its end of line, which is one after five quiet seconds."""
    life = begin(r, **armed)
    log = next(log for log in writer.logs if log.may_shrink)
    records = writer._told(log, log.session.prompt())
    writer._intend(log, records)
    with open(log.path, "ab") as out:
        out.write(records[0].line[:-1])
    writer._done(log)
    log.records += records
    writer.written += 1
    r.dies(life, 7)
    with open(log.path, "ab") as out:
        out.write(b"\n")
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def commands(r, writer, **armed):
    """Keys made, rotated, dropped and renewed; a source allowed and revoked: with a day around each."""
    code = 0
    home = r.home
    for command in (("init", "--yes"), ("keys", "rotate"), ("keys", "rotate", "--drop"), ("init", "--yes", "--force"),
                    ("hub", "allow", "other:" + "mK3" * 14 + "k="), ("hub", "token", "new", "wall")):
        done = home.run(*command, expect=None, **armed)
        if done.returncode == -signal.SIGKILL:
            code = done.returncode
            home.run("run", "--once", expect=None)
            home.run(*command, expect=None)
        writer.fill(3)
        home.run("run", "--once", expect=None)
    return code


def set_aside(r, writer, **armed):
    """A queue that is damaged at the start."""
    r.home.run("run", "--once")
    damage_header(r.home.state / "agent.db")
    life = begin(r, **armed)
    r.dies(life, 0.3)
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def store_damaged(r, writer, **armed):
    """A hub's store that is damaged at the start."""
    r.home.run("run", "--once")
    for log in r.home.data.glob("hub.db-*"):
        log.unlink()
    damage_header(r.home.data / "hub.db")
    life = begin(r, **armed)
    r.dies(life, 0.5)
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def damage_header(database):
    with open(database, "r+b") as file:
        file.write(b"\0" * 64 + b"something else entirely, no database at all" * 40)


def rebuild(r, writer, **armed):
    """Damage is found while the program runs: a queued heartbeat that does not match its checksum."""
    port = r.home.port + 1  # nobody listens there
    life = begin(r, "run", "--no-hub", VIGIL_ENDPOINT=f"http://127.0.0.1:{port}", **armed)
    writer.fill(10)
    if r.dies(life, 0.4):
        return life.wait()
    database = r.home.state / "agent.db"

    def damage():
        with sqlite3.connect(database, timeout=5) as db:
            count = db.execute("UPDATE events SET checksum = checksum + 1").rowcount
        db.close()
        return count
    wait_until(lambda: damage() > 0 or life.poll() is not None, "something is queued")
    writer.fill(5)
    r.home.run("queue", "flush", expect=None)
    r.dies(life, 0.7)
    r.report.fired["queue damaged while running"] += 1
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def locked(r, writer, **armed):
    """Another program holds agent.db: heartbeats go to the fallback file, logs wait; then all is merged."""
    life = begin(r, **armed)
    writer.fill(5)
    if r.dies(life, 0.2):
        return life.wait()
    with sqlite3.connect(r.home.state / "agent.db", timeout=5, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        writer.fill(8)
        r.dies(life, 2.5)
        for _ in range(2):
            r.heartbeat()
        r.dies(life, 0.1)
        db.execute("ROLLBACK")
    db.close()
    if life.poll() is None:
        if not (r.home.state / "fallback.log").exists():
            r.fail("a locked queue sent nothing to the fallback file")
        r.report.fired["queue locked"] += 1
        r.kill(life, "scenario")
        life = begin(r, **armed)  # merges
        r.dies(life, 0.3)
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def moved_away(r, writer, **armed):
    """The destination changes and comes back: the first one is dropped, its cursors stay."""
    port = r.home.port + 1
    life = begin(r, "run", "--no-hub", VIGIL_ENDPOINT=f"http://127.0.0.1:{port}", **armed)
    writer.fill(8)
    if not r.dies(life, 0.4):
        r.kill(life, "scenario")
        life = begin(r, **armed)
        writer.fill(5)
        r.dies(life, 0.3)
    return r.kill(life, "scenario") if life.poll() is None else life.wait()


def poison(r, writer, **armed):
    """A proxy that refuses batches with certain events, then all of them for a while: splitting, quarantine, retry."""
    home = r.home
    number = random.Random(r.seed).randrange(3)
    marked = {"refuse": b'"action":"prompt"', "all": False, "left": 3 + number}

    def answer(request):
        if not request.startswith(b"POST"):
            return None
        if marked["all"] or (marked["left"] > 0 and marked["refuse"] in request):
            single = request.count(b'"id":"evt_') == 1
            marked["left"] -= single
            return 422, b'{"error":{"code":"malformed","message":"not this one"}}'
        return None

    with_hub = {"VIGIL_LISTEN": f"127.0.0.2:{home.port}"}
    life, proxy = None, None
    hub = r.start("serve", note=False, **with_hub)
    try:
        proxy = Proxy(home.port, ("127.0.0.2", home.port), answer=answer)
        home.run("init", "--yes")
        home.run("hub", "allow", home.run("keys", "public").strip())
        away = {"VIGIL_ENDPOINT": f"http://127.0.0.1:{home.port}"}
        writer.fill(20)
        life = begin(r, "run", "--no-hub", **away, **armed)

        def flush(seconds):
            end = time.monotonic() + seconds
            while time.monotonic() < end and life.poll() is None:
                home.run("queue", "flush", expect=None, **away)
                r.dies(life, 0.1)
        flush(1.2)
        marked["all"] = True  # three single events running: it is the configuration
        writer.fill(4)
        flush(1.2)
        marked["all"] = False
        marked["left"] = 0
        home.run("queue", "retry", expect=None, **away)
        flush(0.5)
        r.report.fired["poison"] += 1
        if life.poll() is None:
            r.kill(life, "scenario")
        # What was refused goes out again once somebody says so.
        last = begin(r, "run", "--no-hub", **away)
        home.run("queue", "retry", expect=None, **away)
        flush_end = time.monotonic() + 20
        while time.monotonic() < flush_end:
            home.run("queue", "flush", expect=None, **away)
            status = home.json("queue", "status", **away)
            if all(sink["pending"] == 0 and sink["quarantined"] == 0 for sink in status["sinks"]):
                break
            time.sleep(0.05)
        else:
            r.fail(f"not settled after poison: {json.dumps(status['sinks'])[:300]}")
        r.kill(last, "scenario")
        return life.wait()
    finally:
        if proxy:
            proxy.close()
        r.kill(hub, "hub alone")


def away(r, writer, **armed):
    """The hub runs apart and is what dies; the agent goes on."""
    home = r.home
    url = {"VIGIL_ENDPOINT": f"http://127.0.0.1:{home.port}"}
    home.run("init", "--yes")
    home.run("hub", "allow", home.run("keys", "public").strip())
    hub = r.start("serve", note=False, **armed)
    end = time.monotonic() + 3
    while time.monotonic() < end and hub.poll() is None and not home.hub_answers():
        time.sleep(0.005)
    life = begin(r, "run", "--no-hub", **url)
    writer.fill(15)
    r.dies(hub, 0.3)
    claude = next(log for log in writer.logs if log.may_shrink)
    for record in claude.session.reply(3):
        writer.append(claude, records=[record])
        r.dies(hub, 0.08)
    r.dies(hub, 0.5)
    code = hub.poll()
    if code is None:
        r.kill(hub, "hub alone")
    again = r.start("serve", note=False)
    home.run("queue", "flush", expect=None, **url)
    writer.fill(3)
    r.dies(life, 0.1)
    r.kill(life, "scenario")
    end = time.monotonic() + 5
    while time.monotonic() < end and not home.hub_answers():
        time.sleep(0.01)
    done = home.run("run", "--once", "--no-hub", expect=None, **url)
    if done.returncode != 0:
        r.fail(f"after the hub came back: `run --once` ends with {done.returncode}")
    r.kill(again, "hub alone")
    return code
