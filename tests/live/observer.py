"""Notes when lines appear in logs and when heartbeats appear in the hub's store, both from outside."""
import concurrent.futures
import contextlib
import datetime
import json
import sqlite3
import threading
import time

STEP = 0.01  # seconds between two looks; what is measured is no finer


class Observer:
    """Looks at the logs below `roots` and at a store until it is stopped; the answers are for afterwards."""

    def __init__(self, roots, store):
        self.roots = roots
        self.store = store
        self.growth = {}  # file: [(when, size), ...], a look late at most
        self.stored = []  # (when, time in the heartbeat's id, hash in it, revision)
        self._last = 0
        self._stop = threading.Event()
        self._pool = concurrent.futures.ThreadPoolExecutor(1)
        self._run = self._pool.submit(self._look)

    def stop(self):
        """Raises what went wrong while looking, if anything did."""
        self._stop.set()
        self._pool.shutdown()
        self._run.result()

    def _look(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as connection:
            while not self._stop.wait(STEP):
                self._look_at_logs()
                self._look_at_store(connection)

    def _look_at_logs(self):
        for root in self.roots:
            for path in root.rglob("*.jsonl"):
                size = path.stat().st_size
                seen = self.growth.setdefault(path, [])
                if size and (not seen or seen[-1][1] != size):
                    seen.append((time.monotonic(), size))

    def _look_at_store(self, connection):
        rows = connection.execute("SELECT seq, id_time, id_hash, rev FROM events WHERE seq > ? ORDER BY seq", (self._last,)).fetchall()
        for sequence, *row in rows:
            self._last = sequence
            self.stored.append((time.monotonic(), *row))

    def written(self):
        """{time that a line bears, in ms: when the first such line was there}."""
        moments = {}
        for path, seen in self.growth.items():
            end = 0
            for line in path.read_bytes().splitlines(keepends=True):
                end += len(line)
                there = next(when for when, size in seen if size >= end)
                for time_in_line in times_in(json.loads(line)):
                    moments[time_in_line] = min(there, moments.get(time_in_line, there))
        return moments

    def delays(self):
        """Seconds from the first line that names a heartbeat to its first row in the store; an id tells that line's time."""
        written, first = self.written(), {}
        for when, line_time, digest, _ in self.stored:
            first.setdefault((line_time, digest), when)
        return [when - written[line_time] for (line_time, _), when in first.items()]

    def delays_of_revisions(self):
        """Seconds from the last growth of any log to each row that came after it."""
        growths = sorted(when for seen in self.growth.values() for when, _ in seen)
        return [when - max(growth for growth in growths if growth <= when) for when, *_ in self.stored]


def times_in(record):
    """The line's own time in ms; with Codex's head of a session also that of the session."""
    stamps = [record.get("timestamp")]
    if record.get("type") == "session_meta":
        stamps.append(record["payload"]["timestamp"])
    return [round(datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() * 1000) for stamp in stamps if stamp]
