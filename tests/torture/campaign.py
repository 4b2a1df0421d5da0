"""Plans the rounds, runs them on several processes, adds up what they say, and judges the whole.

Run by scripts/torture. A campaign is good when nothing is lost or doubled, no promise of a round was broken, the allowed
loss is below 1 % of the records of every kind of round (and nothing at all where no bytes were taken away), and every
fault that was planned has really happened."""
import argparse
import collections
import concurrent.futures
import ctypes
import importlib
import itertools
import json
import os
import pathlib
import signal
import sys
import time

import database
import disk
import kills
import network
import simulated
from world import Report

REMOVING = {"rotations", "random kills", "random kills, hub apart", "power cuts"}  # kinds of rounds whose writers take bytes away


def own_mounts():
    """Mounts of the rounds are nobody else's business, and go with us."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    clone_newns, ms_rec, ms_private = 0x20000, 0x4000, 0x40000
    if libc.unshare(clone_newns) == 0:
        libc.mount(b"none", b"/", None, ms_rec | ms_private, None)


def run_round(module, function, arguments):
    begun = time.monotonic()
    try:
        report = getattr(importlib.import_module(module), function)(*arguments)
    except Exception as exception:  # noqa: BLE001  a round that cannot be played is a failure of the campaign
        report = Report()
        report.failures.append(f"{module}.{function}{arguments}: {type(exception).__name__}: {exception}")
    return module, function, arguments, time.monotonic() - begun, report


class Plan:
    """Rounds, and what must have happened when all have been played."""

    def __init__(self):
        self.rounds = []
        self.expected = collections.Counter()
        self.unless_skipped = {}

    def add(self, function, *arguments, fires=(), times=1, needs=None):
        """`needs`: the beginning of the line that says why such a round was skipped."""
        self.rounds.append((function.__module__, function.__name__, arguments))
        for name in fires:
            self.expected[name] += times
            if needs:
                self.unless_skipped[name] = needs


def plan_kills(plan, options):
    names = kills.failpoints()
    for name, seed in itertools.product(names, range(options.seeds)):
        plan.add(kills.at_failpoint, name, seed, fires=[name])
    for name in names:
        if name.startswith("hub."):
            for seed in range(options.seeds if options.campaign else 1):
                plan.add(kills.at_failpoint, name, seed, "away")
    for name in names:
        plan.add(kills.term_at_failpoint, name, fires=["SIGTERM at a failpoint"])
    per_round = 25
    for seed in range(max(1, options.kills * 4 // 5 // per_round)):
        plan.add(kills.at_random, seed, per_round)
    for seed in range(max(1, options.kills // 5 // per_round)):
        plan.add(kills.random_apart, seed, per_round, fires=["agent and hub killed together"])
    for seed in range(options.rotations):
        plan.add(kills.long_lives, seed, 3 if options.campaign else 2, 6)
    styles = ("rename_create", "copy_truncate", "truncate_regrow", "unlink_create", "delete", "rewrite", "replace", "resume",
              "rename_in_sight", "hole")
    plan.expected.update({f"writer: {style}": 1 for style in styles})
    plan.expected["hub alone killed at a failpoint"] = 12


def plan_disks(plan, options):
    for seed in range(options.disks):
        plan.add(disk.full, seed, "state", fires=["disk full under the queue"], needs="disk full")
        plan.add(disk.full, seed, "data", fires=["disk full under the hub"], needs="disk full")
        plan.add(disk.inodes, seed, fires=["inodes exhausted"], needs="inodes")
        plan.add(disk.read_only, seed, fires=["read-only at the start"], needs="read-only at")
        plan.add(disk.goes_read_only, seed, fires=["read-only while running"], needs="read-only while")
        plan.add(disk.few_descriptors, seed, fires=["64 open files"])
        for name in disk.FAILING_CALLS:
            plan.add(disk.failing_call, name, seed, fires=[name])
    per_round = 20
    for seed in range(max(1, options.power_cuts // per_round)):
        plan.add(disk.power_cuts, seed, per_round, fires=["power cut"], times=per_round, needs="power cuts")


def plan_system_calls(plan, options):
    """Every call of one cycle, or a sample that reaches from the first to the last."""
    cycle = disk.one_cycle(0).figures["cycle"]
    points = [(call, number) for call, most in sorted(cycle.items()) for number in range(1, most + 1)]
    step = 1 if options.syscalls == 0 else max(1, len(points) // options.syscalls)
    for index, point in enumerate(points[::step]):
        plan.add(disk.one_cycle, index, point)
    plan.expected.update({f"SIGKILL at {call}": 1 for call in ("pwrite64", "fdatasync")})
    return len(points)


def plan_seeds(plan, options):
    piece = 2500 if options.simulated >= 2500 else max(1, options.simulated)
    for first in range(1, options.simulated + 1, piece):
        count = min(piece, options.simulated + 1 - first)
        plan.add(simulated.seeds, options.first_seed + first - 1, count, fires=["simulated seeds"], times=count)


def plan_rest(plan, options):
    import storms
    for seed in range(options.proxies):
        for secure, kind in ((False, "proxy, TCP"), (True, "proxy, TLS")):
            faults = [*network.Proxy.FAULTS, *(["handshake"] if secure else [])]
            plan.add(network.through_proxy, seed, secure, fires=[f"{kind}: {fault}" for fault in faults])
        plan.add(network.wrong_certificate, seed, fires=["TLS: wrong certificate"])
    for name, seed in itertools.product(database.DAMAGES, range(options.damages)):
        plan.add(database.damage, name, seed, fires=[f"queue: {name}"])
    for name, seed in itertools.product(database.HUB_DAMAGES, range(options.damages)):
        plan.add(database.hub_damaged, name, seed, fires=[f"hub's store: {name}"])
    for seed in range(options.storms):
        plan.add(database.state_gone_while_running, seed, fires=["state folder deleted"])
        plan.add(storms.overflow, seed, fires=["inotify overflow"])
        plan.add(storms.stopped, seed, fires=["SIGSTOP"])
        plan.add(storms.clock_jumps, seed, fires=["clock jump"], needs="clock jumps")
        plan.add(storms.boot_time, seed, fires=["boot time"], needs="boot time")
    plan.add(database.two_at_once, 50, 0, fires=["agents started at once"], times=50)
    plan.add(storms.late_fallback, 0, fires=["fallback file taken while it is written"])
    if options.campaign:
        plan.add(network.slow, 0, fires=["a request given up after 30 s"])


def alone(options):
    """Rounds that measure: played one by one at the end, with nothing beside them."""
    import storms
    plan = Plan()
    plan.add(storms.recovery, 0, 100 if options.campaign else 20)
    plan.add(storms.memory, 0, fires=["hostile input"])
    if options.campaign:
        plan.add(storms.memory, 1, 1 << 20, 1000, 100_000)
    return plan


def play(plan, workers, deadline, total, done):
    """All rounds, or as many as there is time for. Interleaved by kind, so that an early end has seen each."""
    kinds = collections.defaultdict(list)
    for item in plan.rounds:
        kinds[item[:2]].append(item)
    order = [item for group in itertools.zip_longest(*kinds.values()) for item in group if item]
    with concurrent.futures.ProcessPoolExecutor(workers, initializer=own_mounts) as pool:
        waiting = iter(order)
        running = {pool.submit(run_round, *item) for item in itertools.islice(waiting, workers * 2)}
        while running:
            finished, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in finished:
                module, function, arguments, took, report = future.result()
                total.add(report)
                done.append((module, function, arguments, took))
                for failure in report.failures:
                    print(f"  failed: {module}.{function}{arguments}: {failure}", flush=True)
                if time.monotonic() < deadline:
                    for item in itertools.islice(waiting, 1):
                        running.add(pool.submit(run_round, *item))
    return len(order) - len(list(waiting))


def table(title, counter, per_line=4):
    if not counter:
        return
    print(f"{title}:")
    entries = [f"{name} {count}" for name, count in sorted(counter.items())]
    for at in range(0, len(entries), per_line):
        print("  " + "; ".join(entries[at:at + per_line]))


def print_report(total, expected, skipped_names):
    names = set(kills.failpoints())
    fired_points = {name: total.fired.get(name, 0) for name in names}
    table("kills", total.kills)
    table("faults fired", {name: count for name, count in total.fired.items() if name not in names})
    for part in ("agent", "hub"):
        mine = [count for name, count in fired_points.items() if kills.part_of(name) == part]
        print(f"failpoints of the {part}: {sum(count > 0 for count in mine)} of {len(mine)} fired, {sum(mine)} times")
    print("records and allowed loss, by kind of round:")
    for kind, records in sorted(total.records.items()):
        allowed = total.allowed.get(kind, 0)
        print(f"  {kind}: {records} records, {allowed} allowed to be missing ({100 * allowed / max(records, 1):.2f} %)")
    for what, times in sorted(total.times.items()):
        times = sorted(times)
        print(f"{what}: median {times[len(times) // 2] * 1000:.0f} ms, greatest {times[-1] * 1000:.0f} ms of {len(times)}")
    for what, figure in sorted(total.figures.items()):
        if what != "cycle":
            print(f"{what}: {figure}")
    for why in total.skipped:
        print(f"SKIPPED: {why}")


def verdict(total, expected):
    problems = list(total.failures)
    for name, count in sorted(expected.items()):
        if total.fired.get(name, 0) < count:
            problems.append(f"fired {total.fired.get(name, 0)} times, not {count}: {name}")
    for kind, records in total.records.items():
        allowed = total.allowed.get(kind, 0)
        if allowed and kind not in REMOVING:
            problems.append(f"{kind}: {allowed} records are missing though nothing was taken away")
        if allowed > records / 100:
            problems.append(f"{kind}: the allowed loss is {allowed} of {records} records, over 1 %")
    return problems


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture", description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--ci", action="store_true", help="what every change must pass")
    mode.add_argument("--campaign", action="store_true", help="hours of it; sizes as options")
    parser.add_argument("--minutes", type=float, help="begin no round after so long")
    parser.add_argument("--workers", type=int, default=6 * (os.cpu_count() or 1))
    parser.add_argument("--first-seed", type=int, default=1, help="of the simulator")
    parser.add_argument("--only", help="rounds whose name (module.function) begins so, separated by commas")
    sizes = {"kills": (500, 50_000), "seeds": (3, 10), "power_cuts": (60, 2000), "syscalls": (60, 0), "rotations": (4, 60),
             "disks": (1, 10), "proxies": (1, 10), "damages": (2, 40), "storms": (1, 10), "simulated": (20_000, 1_000_000)}
    for name, (few, many) in sizes.items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, help=f"{few} with --ci, {many or 'all'} with --campaign")
    options = parser.parse_args(arguments)
    for name, (few, many) in sizes.items():
        if getattr(options, name) is None:
            setattr(options, name, many if options.campaign else few)
    if options.minutes is None:
        options.minutes = 60 if options.campaign else 30
    return options


def main():
    options = parse(sys.argv[1:])
    own_mounts()
    begun = time.monotonic()
    deadline = begun + options.minutes * 60
    plan = Plan()
    plan_kills(plan, options)
    plan_disks(plan, options)
    plan_rest(plan, options)
    plan_seeds(plan, options)
    points = plan_system_calls(plan, options)
    last = alone(options)
    if options.only:
        wanted = tuple(options.only.split(","))
        for each in (plan, last):
            each.rounds = [item for item in each.rounds if f"{item[0]}.{item[1]}".startswith(wanted)]
            each.expected.clear()
    total, done = Report(), []
    played = play(plan, options.workers, deadline, total, done)
    played += play(last, 1, float("inf"), total, done)
    planned = len(plan.rounds) + len(last.rounds)
    expected = plan.expected + last.expected
    if played < planned:
        print(f"time is up: {played} of {planned} rounds were played")
        if options.campaign:
            expected = collections.Counter()
    for name, needs in plan.unless_skipped.items():
        if any(why.startswith(needs) for why in total.skipped):
            expected.pop(name, None)
    print_report(total, expected, plan.unless_skipped)
    slow = collections.Counter()
    for module, function, _, took in done:
        slow[f"{module}.{function}"] += took
    print("seconds of rounds: " + ", ".join(f"{name} {took:.0f}" for name, took in slow.most_common(8)))
    problems = verdict(total, expected)
    print(f"{total.rounds} rounds, {sum(total.kills.values())} kills, {total.events} events, {points} system calls in a cycle, "
          f"{time.monotonic() - begun:.0f} s")
    print(f"lost = {total.lost}, doubled = {total.doubled}")
    for problem in problems:
        print(f"PROBLEM: {problem}")
    return 1 if problems or total.lost or total.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
