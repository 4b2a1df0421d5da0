"""The way between agent and hub: a proxy that refuses, resets, cuts, stalls, trickles and swallows answers, over plain
TCP and over TLS."""
import itertools
import os
import time

import scenarios
from proxy import Proxy, certificate
from world import Report, Round


def plan(random, faults, every):
    """Each fault in turn at every n-th request, with a parameter by chance."""
    order = itertools.cycle(faults)

    def choose(number):
        if number % every:
            return None
        kind = next(order)
        size = {"reset": random.choice((1, 7, 40, 300, 900, 5000)), "cut_request": random.choice((1, 30, 200, 700, 3000)),
                "cut_answer": random.choice((0, 1, 9, 17, 60, 120, 300)), "stall": random.choice((0.2, 0.6)),
                "trickle": random.choice((1, 2)), "handshake": random.choice((1, 5, 100))}.get(kind)
        return kind, size
    return choose


def through_proxy(seed, secure, faulty=14, seconds=25):
    """Heartbeats flow while every second request is broken; in the end all stand once in the hub."""
    report = Report()
    kind = "proxy, TLS" if secure else "proxy, TCP"
    with Round(kind, seed, report=report) as r:
        home = r.home
        tls = certificate(r.base) if secure else None
        home.run("init", "--yes")
        home.run("hub", "allow", home.run("keys", "public").strip())
        hub = r.start("serve", note=False, VIGIL_LISTEN=f"127.0.0.2:{home.port}")
        faults = list(Proxy.FAULTS) + (["handshake"] if secure else [])
        proxy = Proxy(home.port, ("127.0.0.2", home.port), plan(r.random, faults, 2), tls)
        away = {"VIGIL_ENDPOINT": f"{'https' if secure else 'http'}://127.0.0.1:{home.port}"}
        if secure:
            away["VIGIL_CA_FILE"] = str(tls[0])
        writer = r.writer(sessions=3, removals=False, live=seed % 2 == 0)
        writer.fill(20)
        try:
            life = scenarios.begin(r, "run", "--no-hub", **away)
            end = time.monotonic() + seconds
            # Small parameters may let a broken request pass for the reader: until each has really happened.
            while time.monotonic() < end and (sum(proxy.fired.values()) < faulty or
                                              any(proxy.fired[name] == 0 for name in faults)):
                writer.fill(3)
                home.run("queue", "flush", expect=None, **away)
                if r.dies(life, 0.05):
                    r.fail(f"the agent ended with {life.returncode}")
                    break
            proxy.choose = lambda number: None
            done = False
            end = time.monotonic() + 30
            while not done and time.monotonic() < end:
                home.run("queue", "flush", expect=None, **away)
                done = all(sink["pending"] == 0 for sink in home.json("queue", "status", **away)["sinks"])
            if not done:
                r.fail("it does not settle behind a proxy that is well again")
            for name, count in proxy.fired.items():
                report.fired[f"{kind}: {name}"] += count
            r.kill(life, "scenario")
        finally:
            proxy.close()
            r.kill(hub, "hub alone")
        r.finish()
    return report


def slow(seed):
    """A hub that takes a request and never answers: other work goes on, and the request ends by its bound of 30 s."""
    report = Report()
    with Round("proxy, stalls for ever", seed, report=report) as r:
        home = r.home
        home.run("init", "--yes")
        home.run("hub", "allow", home.run("keys", "public").strip())
        hub = r.start("serve", note=False, VIGIL_LISTEN=f"127.0.0.2:{home.port}")
        proxy = Proxy(home.port, ("127.0.0.2", home.port),
                      lambda number: ("stall", 90) if number == 1 else ("trickle", 90) if number == 2 else None)
        away = {"VIGIL_ENDPOINT": f"http://127.0.0.1:{home.port}"}
        writer = r.writer(sessions=2, removals=False)
        writer.fill(10)
        try:
            life = scenarios.begin(r, "run", "--no-hub", **away)
            begun = time.monotonic()
            while proxy.requests < 3 and time.monotonic() - begun < 100:
                writer.fill(1)
                time.sleep(0.5)
            report.times.setdefault("two requests given up by their bound", []).append(time.monotonic() - begun)
            report.fired["a request given up after 30 s"] += proxy.requests >= 3
            r.terminate(life)
        finally:
            proxy.close()
            r.kill(hub, "hub alone")
        r.finish()
    return report


def wrong_certificate(seed):
    """A server with another certificate gets nothing, and the queue keeps everything."""
    report = Report()
    with Round("TLS, wrong certificate", seed, report=report) as r:
        home = r.home
        for name in ("mine", "other"):
            os.mkdir(r.base / name)
        mine, other = certificate(r.base / "mine"), certificate(r.base / "other")
        home.run("init", "--yes")
        home.run("hub", "allow", home.run("keys", "public").strip())
        seen = []
        proxy = Proxy(home.port, ("127.0.0.2", home.port), tls=mine, answer=lambda request: seen.append(request) or (500, b""))
        away = {"VIGIL_ENDPOINT": f"https://127.0.0.1:{home.port}", "VIGIL_CA_FILE": str(other[0])}
        writer = r.writer(sessions=2, removals=False)
        writer.fill(15)
        try:
            life = scenarios.begin(r, "run", "--no-hub", **away)
            for _ in range(3):
                home.run("queue", "flush", expect=None, **away)
                r.dies(life, 0.1)
            if seen:
                r.fail("something was sent to a server with a wrong certificate")
            report.fired["TLS: wrong certificate"] += 1
            r.terminate(life)
        finally:
            proxy.close()
        r.finish()
    return report
