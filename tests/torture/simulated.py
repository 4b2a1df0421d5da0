"""Seeds of the simulator (tests/sim) as rounds of the campaign: it judges itself, and is believed only with its counts."""
import os
import re
import subprocess

from world import Report

SIMULATE = os.environ.get("VIGIL_SIMULATE", "")  # path of the program


def seeds(first, count):
    report = Report()
    # Behind everything whose timing matters.
    done = subprocess.run(["nice", "-n", "19", SIMULATE, "--seeds", str(count), "--from", str(first)], capture_output=True, text=True,
                          timeout=3600, check=False)
    told = re.search(r"^seeds +(\d+), failed (\d+)$", done.stdout, re.M)
    events = re.search(r"^events +expected (\d+), stored \d+, lost (\d+), doubled (\d+), wrong (\d+)", done.stdout, re.M)
    if not told or not events or int(told[1]) != count:
        report.failures.append(f"simulate --from {first}: exit {done.returncode}, says {done.stdout[-200:]!r} {done.stderr[-200:]!r}")
        return report
    report.rounds += 1
    report.fired["simulated seeds"] += count
    report.events += int(events[1])
    report.lost += int(events[2])
    report.doubled += int(events[3])
    for number, fault in re.findall(r"^ +(\d+)  (.+)$", done.stdout.partition("faults fired\n")[2], re.M):
        report.fired[f"simulated: {fault}"] += int(number)
    if done.returncode != 0:
        complaints = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "NEVER", "TOO MUCH"))]
        report.failures.append(f"simulate --from {first}: " + "; ".join(complaints)[:600])
    return report
