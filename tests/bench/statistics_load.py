"""How quickly a store with years in it answers what the dashboard and the terminal ask."""
import http.client
import itertools
import json
import shutil
import time

from measure import BenchHome, Ran, process_pss, quantile

FIRST_DAY = "2020-01-01"  # of the store that hub_bench fills
BREAKDOWNS = ["", "project", "language", "model", "app", "actor", "day", "project,day", "hour", "weekday"]


def day_after(days):
    return time.strftime("%Y-%m-%d", time.gmtime(1_577_836_800 + 86_400 * days))


class Reader:
    """One kept connection, as a dashboard has it."""

    def __init__(self, home):
        self.token = json.loads(home.run("hub", "token", "new", "bench", "--json").output)["token"]
        self.connection = http.client.HTTPConnection("127.0.0.1", home.port, timeout=60)

    def get(self, path):
        begun = time.monotonic()
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]}")
        return (time.monotonic() - begun) * 1000


def stats_path(last, days, by):
    return f"/api/v1/stats?tz=UTC&from={day_after(last - days + 1)}&to={day_after(last)}" + (f"&by={by}" if by else "")


def measure_store(bench, rows, days, times):
    """p95 in ms of stats for a day, 30 and 366 days, over breakdowns and ends of the range; then the hub's memory."""
    home = BenchHome(bench.agent, bench.work / "statistics")
    home.store.parent.mkdir(parents=True, mode=0o700)
    Ran([bench.program("hub_bench"), "fill", home.store, rows, days])
    process = home.start("serve")
    try:
        reader = Reader(home)
        for span, bound in ((1, 10), (30, 30), (366, 80)):
            ends = range(days - 1, max(days - 1 - 5 * (days // 12), span - 2), -max(1, days // 24))
            asked = [(stats_path(end, span, by), by) for end, by in itertools.product(ends, BREAKDOWNS)]
            for path, _ in asked[:len(BREAKDOWNS)]:
                reader.get(path)
            taken = [(reader.get(path), by) for path, by in asked]
            slowest = max(taken)
            bench.report.add(f"stats of {span} days at {rows:,} heartbeats: p95", quantile([ms for ms, _ in taken], .95), bound * times, "ms",
                             note=f"median {quantile([ms for ms, _ in taken], .5):.1f}, slowest {slowest[0]:.1f} by {slowest[1] or 'nothing'}")
        return process_pss(process.pid)
    finally:
        home.stop(process)
        shutil.rmtree(home.path, ignore_errors=True)


def measure_statistics(bench):
    rows = 20_000 if bench.smoke else 1_000_000
    memory = measure_store(bench, rows, 400, 1)
    bench.report.add(f"hub that answered for {rows:,} heartbeats: memory", memory, 64, "MiB PSS")
    if not bench.smoke:
        measure_store(bench, 10 * rows, 1_826, 3)
