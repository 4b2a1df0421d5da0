"""Runs the fuzzers one after the other and prints what each of them did; exit 1 where one found something.

Inputs that reach new code are kept below build/fuzz/corpus and are where the next run goes on.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/fuzz"
CORPUS, SEEDS, FOUND = BUILD / "corpus", BUILD / "seeds", BUILD / "found"
LONGEST = {"claude_log": 65_536, "codex_log": 65_536, "parser_state": 65_536, "zstd_file": 16_384}  # bytes; others 8,192


def fuzzers():
    return sorted(path.name.removeprefix("fuzz_") for path in (BUILD / "bin").glob("fuzz_*")
                  if path.name not in ("fuzz_seeds", "fuzz_replay"))


def run(name, seconds):
    """One fuzzer for `seconds`; returns a row of the table."""
    corpus, found = CORPUS / name, FOUND / name
    for folder in (corpus, found, SEEDS / name):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    log = FOUND / f"{name}.log"
    begun = time.monotonic()
    with open(log, "wb") as out:
        done = subprocess.run(
            [BUILD / f"bin/fuzz_{name}", corpus, SEEDS / name, f"-max_total_time={max(1, round(seconds))}",
             f"-max_len={LONGEST.get(name, 8_192)}", f"-artifact_prefix={found}/", "-timeout=10", "-rss_limit_mb=2048",
             "-print_final_stats=1", "-reload=0"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=seconds * 3 + 300)
    text = log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units: (\d+)", text)
    coverage = re.findall(r"cov: (\d+) ft: (\d+)", text) or [("0", "0")]
    findings = sorted(set(found.iterdir()) - before)
    if done.returncode != 0 and not findings:
        findings = [log]  # it ended without leaving an input: what it said is the finding
    return {"name": name, "executions": int(executions.group(1)) if executions else 0, "cov": int(coverage[-1][0]),
            "ft": int(coverage[-1][1]), "seconds": time.monotonic() - begun, "findings": findings}


def main():
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, help="for all targets together")
    parser.add_argument("--minutes-each", type=float, help="for each target")
    parser.add_argument("--only", default="", help="NAME,...")
    options = parser.parse_args()
    names = [name for name in fuzzers() if not options.only or name in options.only.split(",")]
    if not names:
        sys.exit("fuzz: no such target, or nothing was built")
    each = options.minutes_each * 60 if options.minutes_each else (options.seconds or 60) / len(names)

    shutil.rmtree(SEEDS, ignore_errors=True)
    subprocess.run([BUILD / "bin/fuzz_seeds", ROOT / "tests/fixtures", SEEDS], check=True)
    missing = [name for name in names if not (SEEDS / name).is_dir()]
    if missing:
        sys.exit(f"fuzz: no seeds for {', '.join(missing)}")

    print(f"{'target':<20}{'executions':>12}{'cov':>8}{'ft':>8}{'seconds':>9}  findings", flush=True)
    rows = []
    for name in names:
        row = run(name, each)
        rows.append(row)
        found = ", ".join(str(path.relative_to(ROOT)) for path in row["findings"]) or "0"
        print(f"{name:<20}{row['executions']:>12,}{row['cov']:>8,}{row['ft']:>8,}{row['seconds']:>9.1f}  {found}", flush=True)
    findings = sum(len(row["findings"]) for row in rows)
    print(f"{len(rows)} targets, {sum(row['executions'] for row in rows):,} executions, "
          f"{sum(row['seconds'] for row in rows):,.0f} s, {findings} findings")
    return 1 if findings or any(row["executions"] == 0 for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
