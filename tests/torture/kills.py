"""Death by SIGKILL: at random, at every failpoint, at the n-th system call; and SIGTERM in every phase."""
import random
import signal
import time

import scenarios
from world import Report, Round, failpoints

# Which day passes a failpoint. What is not named here is passed by `daily`.
SCENARIO = {
    "log.last_line": "unfinished",
    "keys.rotate.previous": "commands", "keys.rotate.current": "commands", "keys.drop": "commands",
    "keys.set_aside": "commands", "file.rename": "commands", "file.replace.before": "commands",
    "hub.registry": "commands",
    "outbox.set_aside.file": "set_aside", "outbox.set_aside.log": "set_aside",
    "hub.put_aside": "store_damaged", "hub.renew": "store_damaged", "hub.salvage": "store_damaged",
    "outbox.start_anew": "store_damaged",
    "rebuild.set_aside": "rebuild", "intake.rollback": "locked", "outbox.rollback": "locked",
    "fallback.append": "locked", "file.append": "locked", "fallback.merge.appended": "locked",
    "fallback.merge.committed": "locked", "fallback.removed": "locked",
    "outbox.sink_dropped": "moved_away", "delivery.wait": "moved_away",
    "outbox.split": "poison", "outbox.quarantine": "poison", "outbox.retry_quarantined": "poison",
    "delivery.misconfigured": "poison",
}


def part_of(name):
    return "hub" if name.startswith("hub.") else "agent"


def at_failpoint(name, seed, scenario=None):
    """Killed at a failpoint on its first, second or a later pass, and then once more right after the restart."""
    report = Report()
    kind = f"failpoint {part_of(name)}" if scenario is None else f"failpoint {part_of(name)} ({scenario})"
    passes = ((1, 1), (2, 1), (1 + random.Random(f"{name}/{seed}").randrange(1, 6), 1))[seed % 3]
    if live_twice(report, kind, name, seed, scenario, passes) == 0 and scenario is None:
        live_twice(report, kind, name, f"{seed} once more", scenario, (1,))  # passed once in a home's life
    return report


def live_twice(report, kind, name, seed, scenario, passes):
    with Round(kind, f"{name}/{seed}", report=report) as r:
        writer = r.writer(sessions=3, removals=False, live=r.random.random() < 0.5)
        writer.fill(25)
        play = getattr(scenarios, scenario or SCENARIO.get(name, "daily"))
        fired = sum(play(r, writer, VIGIL_FAILPOINT=f"{name}:{number}") == -signal.SIGKILL for number in passes)
        report.kills["at failpoints"] += fired
        report.fired[name] += fired
        report.fired["hub alone killed at a failpoint"] += fired if scenario == "away" else 0
        r.finish()
    return fired


def term_at_failpoint(name):
    """SIGTERM in the phase that the failpoint names."""
    report = Report()
    with Round("SIGTERM", name, report=report) as r:
        writer = r.writer(sessions=2, removals=False)
        writer.fill(15)
        play = getattr(scenarios, SCENARIO.get(name, "daily"))
        begun = time.monotonic()
        code = play(r, writer, VIGIL_FAILPOINT=f"{name}:1:term")
        report.fired["SIGTERM at a failpoint"] += 1
        stopping = r.stopping_times()
        last = r.home.processes[-1] if r.home.processes else None
        if last and stopping and last.returncode == 0 and hasattr(last, "ended_at"):
            took = last.ended_at - stopping[-1]
            report.times.setdefault("SIGTERM in any phase to exit", []).append(took)
            if took > 2:
                r.fail(f"SIGTERM at {name}: it took {took:.2f} s")
        if code not in (0, -signal.SIGTERM, -signal.SIGKILL, None):
            r.fail(f"SIGTERM at {name}: exit {code} after {time.monotonic() - begun:.1f} s")
        r.finish()
    return report


def at_random(seed, kills, mode="together"):
    """Many short lives in one home while writers write and heartbeats come."""
    report = Report()
    with Round("random kills", seed, report=report) as r:
        writer = r.writer(sessions=4, live=seed % 2 == 0)
        writer.fill(60)
        r.in_background(lambda stop: writer.run(stop, pause=0.006))
        for number in range(kills):
            life = r.start()
            if number % 7 == 3:
                r.heartbeat()
            time.sleep(r.random.choice((0.012, 0.03, 0.06, 0.12)) * r.random.random() * 2)
            r.kill(life, "random")
        r.finish()
    return report


def random_apart(seed, kills):
    """Agent and hub are two processes, killed one by one and together."""
    report = Report()
    with Round("random kills, hub apart", seed, report=report) as r:
        home = r.home
        url = {"VIGIL_ENDPOINT": f"http://127.0.0.1:{home.port}"}
        home.run("init", "--yes")
        home.run("hub", "allow", home.run("keys", "public").strip())
        writer = r.writer(sessions=4, live=seed % 2 == 0)
        writer.fill(40)
        r.in_background(lambda stop: writer.run(stop, pause=0.006))
        hub = r.start("serve", note=False)
        life = r.start("run", "--no-hub", **url)
        for _ in range(kills):
            time.sleep(r.random.choice((0.015, 0.05, 0.15)) * r.random.random() * 2)
            who = r.random.choice(("agent", "hub", "both"))
            if who in ("agent", "both"):
                r.kill(life, "random")
            if who in ("hub", "both"):
                r.kill(hub, "random")
            report.fired["agent and hub killed together"] += who == "both"
            if who in ("hub", "both"):
                hub = r.start("serve", note=False)
            if who in ("agent", "both"):
                life = r.start("run", "--no-hub", **url)
        r.kill(life, "random")
        r.kill(hub, "random")
        r.finish()
    return report


def long_lives(seed, lives, seconds):
    """Lives long enough that logs may be rotated, truncated and deleted under the program; every act of the writers."""
    report = Report()
    with Round("rotations", seed, report=report) as r:
        writer = r.writer(sessions=6, live=seed % 2 == 0)
        acts = report.fired
        for name in (*writer.REMOVING, "rewrite", "replace", "resume", "rename_in_sight", "hole"):
            act = getattr(writer, name)

            def counted(log, act=act, name=name):
                acts[f"writer: {name}"] += 1
                return act(log)
            setattr(writer, name, counted)
        writer.fill(60)
        r.in_background(lambda stop: writer.run(stop, pause=0.004))
        for _ in range(lives):
            life = r.start()
            time.sleep(seconds * (0.7 + 0.6 * r.random.random()))
            r.kill(life, "in long lives")
        r.finish()
    return report


def all_failpoints():
    return failpoints()
