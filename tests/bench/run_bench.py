#!/usr/bin/python3
"""Sets the program against peers and limits in the same run, and says which goals hold.

  run_bench.py --agent PROGRAM --tools DIR [--work DIR] [--bytes 1G] [--only NAME,...] [--pairs 5] [--smoke] [--json FILE]

Ratios are medians of pairs run in turn, on CPU seconds where the goal is about work. Exit 1 when a goal is missed.
--smoke shows that everything runs: little data, one pair, and no verdict on the figures.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import generate_logs
from measure import BenchHome, Ran, Report, median, pairs, process_cpu, process_pss, ratio, start_to_end

HERE = pathlib.Path(__file__).resolve().parent
REAL_LOGS = HERE.parent / "fixtures"


class Bench:
    def __init__(self, chosen):
        self.agent, self.tools, self.work = pathlib.Path(chosen.agent).resolve(), pathlib.Path(chosen.tools), pathlib.Path(chosen.work)
        self.smoke, self.report = chosen.smoke, Report()
        self.pairs = 1 if self.smoke else chosen.pairs
        self.bytes = SMOKE_BYTES if self.smoke else chosen.bytes
        self.work.mkdir(parents=True, exist_ok=True)

    def program(self, name):
        """One that was built beside the agent."""
        return self.agent.parent / name

    # ------------------------------------------------------------------ data and peers

    def logs(self):
        """The generated set, made once for a size."""
        folder = self.work / f"claude-{self.bytes}"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(["/usr/bin/python3", HERE / "generate_logs.py", "--out", folder, "--bytes", str(self.bytes)], check=True, stdout=subprocess.DEVNULL)
            (folder / "done").touch()
        self.warm(folder)
        return folder

    def real_logs(self):
        """The logs of the real tool, replicated with other session folders to a few hundred MB."""
        folder = self.work / ("real-smoke" if self.smoke else "real")
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            sources = [path for path in REAL_LOGS.glob("claude/*/home/.claude/projects") if path.is_dir()]
            for copy in range(1 if self.smoke else 60):
                for number, source in enumerate(sources):
                    for log in source.rglob("*.jsonl"):
                        target = folder / "projects" / f"{copy}-{number}-{log.parent.name}" / log.name
                        target.parent.mkdir(parents=True, exist_ok=True)
                        # Another copy is another history: its ids must differ, or all but one would be duplicates.
                        text = log.read_text(errors="replace")
                        target.write_text(text.replace("msg_", f"msg_{copy:02d}").replace("toolu_", f"toolu_{copy:02d}"))
            (folder / "done").touch()
        self.warm(folder)
        return folder

    @staticmethod
    def warm(folder):
        for path in folder.rglob("*.jsonl"):
            with open(path, "rb") as file:
                while file.read(1 << 22):
                    pass

    def size(self, folder):
        return sum(path.stat().st_size for path in folder.rglob("*.jsonl"))

    def ccusage(self):
        found = list(self.tools.glob("**/ccusage-linux-x64/bin/ccusage"))
        return found[0] if found else None

    def ccusage_run(self, folder):
        environment = {"HOME": str(self.work), "PATH": "/usr/bin:/bin", "CLAUDE_CONFIG_DIR": str(folder), "TZ": "UTC"}
        return Ran([self.ccusage(), "claude", "daily", "--json", "--offline"], environment)

    # ------------------------------------------------------------------ goals

    def scan(self):
        scanner = self.program("scan_bench")
        for name, folder in (("generated", self.logs()), ("real", self.real_logs())):
            runs = pairs(lambda: Ran([scanner, "claude_code", folder]), lambda: self.ccusage_run(folder), self.pairs)
            gigabytes = self.size(folder) / 1e9
            self.report.add(f"scan, {name} logs: CPU against ccusage", ratio(runs, lambda r: r.cpu), .35, "ratio",
                            note=f"{median(a.cpu for a, _ in runs) / gigabytes:.2f} against {median(b.cpu for _, b in runs) / gigabytes:.2f} s/GB")
            if name == "generated":
                self.report.add("scan: peak memory against ccusage", ratio(runs, lambda r: r.memory), .25, "ratio",
                                note=f"{median(a.memory for a, _ in runs):.0f} MiB against {median(b.memory for _, b in runs):.0f}")

    def backfill(self):
        folder = self.logs()

        def ours():
            home = BenchHome(self.agent, self.work / "backfill", VIGIL_CLAUDE_ROOTS=str(folder))
            return home.run("run", "--once")

        runs = pairs(ours, lambda: self.ccusage_run(folder), self.pairs)
        self.report.add("back-fill to stored and acknowledged: wall against ccusage", ratio(runs, lambda r: r.wall), 2.5, "ratio",
                        note=f"{median(a.wall for a, _ in runs):.2f} s against {median(b.wall for _, b in runs):.2f}")
        self.report.add("back-fill: peak memory, agent and hub together", median(a.memory for a, _ in runs), 64, "MiB")

    def restart(self):
        folder = self.logs()
        home = BenchHome(self.agent, self.work / "backfill", VIGIL_CLAUDE_ROOTS=str(folder))
        home.run("run", "--once")
        files = len(list(folder.rglob("*.jsonl")))
        starts = []
        for _ in range(self.pairs + 1):
            process = home.start("run")
            status = json.loads(home.run("status", "--json").output)
            starts.append(status["daemon"]["startup_us"] / 1000)
            home.stop(process)
        self.report.add("second start, main() to tailing", median(starts[1:]), 5 + files / 100, "ms", note=f"{files} files")
        queries = [home.run("stats", "all_time", "--by", "model,day", "--json").wall * 1000 for _ in range(10)]
        self.report.add("agent stats --by model,day after it", median(queries), 20, "ms")

    def latency(self):
        from latency import measure_latency
        measure_latency(self)

    def follow(self):
        from follow import measure_follow
        measure_follow(self)

    def idle(self):
        home = BenchHome(self.agent, self.work / "idle", VIGIL_CLAUDE_ROOTS=str(self.work / "idle/claude"))
        count = 500 if self.smoke else 10_000
        for number in range(count):
            path = home.path / f"claude/projects/p{number // 100}/{number:08d}-0000-4000-8000-000000000000.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('{"type":"summary","summary":"x","leafUuid":"y"}\n')
        home.run("run", "--once")
        process = home.start("run")
        time.sleep(5)
        before = process_cpu(process.pid)
        time.sleep(1 if self.smoke else 10)
        used, memory = process_cpu(process.pid) - before, process_pss(process.pid)
        home.stop(process)
        self.report.add(f"idle with {count:,} files: CPU in 10 s", used, .01, "s")
        self.report.add(f"idle with {count:,} files: memory (PSS)", memory, 20, "MiB")

    def hub(self):
        from hub_load import measure_hub
        measure_hub(self)

    def statistics(self):
        from statistics_load import measure_statistics
        measure_statistics(self)

    def trees(self):
        from tree_watch import measure_trees
        measure_trees(self)

    def saves(self):
        from saves import measure_saves
        measure_saves(self)

    def version(self):
        runs = pairs(lambda: start_to_end([str(self.agent), "--version"]), lambda: start_to_end(["node", "-e", "0"]), 5 if self.smoke else 20)
        self.report.add("agent --version against node -e 0: wall", ratio(runs, lambda seconds: seconds), .1, "ratio",
                        note=f"{median(a for a, _ in runs) * 1000:.1f} ms against {median(b for _, b in runs) * 1000:.1f}")

    def build(self):
        source, folder = HERE.parent.parent, self.work / "build"
        shutil.rmtree(folder, ignore_errors=True)
        begun = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if name != "CMAKE_CXX_COMPILER_LAUNCHER"}
        for command in (["cmake", "--preset", "release", "-S", source, "-B", folder], ["cmake", "--build", folder, "--parallel", "2"]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=source)
        self.report.add("full clean build", (time.monotonic() - begun) / 60, 5, "min")


SMOKE_BYTES = 16 << 20
GOALS = ["scan", "backfill", "restart", "latency", "follow", "idle", "trees", "saves", "hub", "statistics", "version", "build"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--agent", required=True)
    options.add_argument("--tools", required=True, help="folder below which npm put ccusage and chokidar")
    options.add_argument("--work", default="/tmp/vigil-bench")
    options.add_argument("--bytes", type=generate_logs.parse_size, default="1G")
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--only", help="of: " + ", ".join(GOALS))
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--json")
    chosen = options.parse_args()
    bench = Bench(chosen)
    everything = [goal for goal in GOALS if not (chosen.smoke and goal == "build")]
    for name in chosen.only.split(",") if chosen.only else everything:
        getattr(bench, name)()
    if chosen.json:
        bench.report.write(chosen.json)
    print(f"{len(bench.report.rows) - len(bench.report.missed)} goals hold, {len(bench.report.missed)} missed")
    sys.exit(1 if bench.report.missed and not bench.smoke else 0)


if __name__ == "__main__":
    main()
