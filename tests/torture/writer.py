"""Plays the programs whose logs are watched: appends (cut anywhere), rotates in all styles, rewrites, copies history
into new sessions, truncates, deletes. Every act is in the ledger before it is done."""
import json
import os
import pathlib
import time

from records import ClaudeSession, CodexSession, Event, Record, milliseconds, stamp

NEVER = float("inf")
RIPE = 2.3  # s: a little more than what the oracle asks for
OUT_OF_SIGHT = ".rotated"  # no log by its name: what is renamed to it is gone for the program


def started(stem, records):
    """Records as they stand in a file whose beginning may have gone: the first of the session after which the file is
    named tells of its start."""
    for index, record in enumerate(records):
        if not record.events or not record.line.startswith(b"{"):
            continue
        line = json.loads(record.line)
        if line.get("sessionId") != stem:
            continue
        if any(event.kind == "session_start" for event in record.events):
            return records
        ms = milliseconds(line["timestamp"])
        start = Event("session_start", stem, ms, 0, {"action": "session_start", "time": stamp(ms)})
        return [*records[:index], Record(record.line, [*record.events, start]), *records[index + 1:]]
    return records


class Log:
    """One path, and the records that its present content (a generation) holds."""

    def __init__(self, path, session, number):
        self.path = path
        self.session = session
        self.generation = number
        self.records = []
        self.written_at = NEVER
        self.is_resting = False  # until its bytes could be read for long enough to be taken away
        self.is_started = False  # whether the generation's session start was told
        self.may_shrink = isinstance(session, ClaudeSession)


class Writer:
    def __init__(self, home, ledger, random, *, sessions=4, codex=1, live=True, removals=True):
        self.home = pathlib.Path(home)
        self.ledger = ledger
        self.random = random
        self.removals = removals
        self.generations = 0
        self.logs = []
        self.vanished = set()  # lines that a power cut took
        self.standing = {}  # path -> generation: logs in sight that nobody goes on with
        self.known = {}  # path -> line -> record: all that ever stood there
        self.written = 0  # records
        self.made = 0  # sessions
        self.sync_chance = 0.0  # of an append reaching the disk at once, as few programs care for
        self._ms = int(time.time() * 1000) - (60_000 if live else 3 * 86_400_000)
        self.observed = lambda since: 0.0  # seconds for which the program could have read since then
        for _ in range(sessions):
            self.new_log()
        for _ in range(codex):
            self.new_log(codex=True)

    def clock(self):
        self._ms += self.random.randrange(1, 4)
        return self._ms

    def new_log(self, codex=False, folder=None):
        self.made += 1
        number = f"{self.random.getrandbits(32):08x}-{self.made:04x}-4000-8000-{self.random.getrandbits(48):012x}"
        if codex:
            folder = self.home / ".codex/sessions/2026/11/21"
            path = folder / f"rollout-2026-11-21T10-00-00-{number}.jsonl"
            session = CodexSession(number, self.random, self.clock)
        else:
            folder = folder or self.home / ".claude/projects" / ("-home-ada-demo" + self.random.choice(("", "-two")))
            path = folder / f"{number}.jsonl"
            session = ClaudeSession(number, self.random, self.clock)
        folder.mkdir(parents=True, exist_ok=True)
        log = Log(path, session, self._next_generation())
        self.logs.append(log)
        return log

    def _next_generation(self):
        self.generations += 1
        return self.generations

    # --- Putting records somewhere ---------------------------------------------------------------

    def _told(self, log, group):
        """The group's records, with the session's start where this is the first that tells of the session."""
        out = []
        for record in group:
            if isinstance(log.session, ClaudeSession) and record.events and not log.is_started:
                log.is_started = True
                reply = record.events[0]
                start = log.session.start(reply.first)
                record = Record(record.line, [*record.events, start])
            out.append(record)
        return out

    def _intend(self, log, records):
        self.known.setdefault(log.path, {}).update((record.line[:-1], record) for record in records)
        self.ledger.note("intent", generation=log.generation, path=str(log.path),
                         records=[record.to_json() for record in records])

    def _done(self, log):
        log.written_at = self.ledger.note("written", generation=log.generation)

    def _gone(self, log):
        """Noted before the act: from here on the program may have missed what it had not read."""
        self.ledger.note("removed", generation=log.generation)

    def append(self, log, groups=1, records=None):
        records = self._told(log, records or [r for _ in range(groups) for r in log.session.group()])
        data = b"".join(record.line for record in records)
        self._intend(log, records)
        with open(log.path, "ab", buffering=0) as out:
            while data:  # a program's buffers end anywhere
                size = len(data) if self.random.random() < 0.8 else self.random.randrange(1, len(data) + 1)
                out.write(data[:size])
                data = data[size:]
            if self.random.random() < self.sync_chance:
                os.fsync(out.fileno())
        self._done(log)
        log.records += records
        self.written += len(records)

    def hole(self, log):
        """What a crashed writer leaves: a run of NUL where nothing was written."""
        with open(log.path, "ab") as out:
            out.truncate(out.tell() + self.random.randrange(1, 9000))

    def _renew(self, log, records, act):
        """The content becomes `records` by `act`; those that were there before and still are stay seen."""
        before = log.generation
        log.generation = self._next_generation()
        self._intend(log, records)
        if any(record not in records for record in log.records):
            self.ledger.note("removed", generation=before)
        else:
            self.ledger.note("moved", generation=before)
        act(b"".join(record.line for record in records))
        self._done(log)
        log.records = list(records)

    def fresh(self, log):
        """A first group for a generation that begins anew."""
        log.is_started = False
        records = self._told(log, log.session.prompt())
        self.written += len(records)
        return records

    # --- Styles of rotation and worse ---------------------------------------------------------------

    def rename_create(self, log):
        records = self.fresh(log)

        def act(data):
            os.rename(log.path, str(log.path) + OUT_OF_SIGHT)
            log.path.write_bytes(data)
        self._renew(log, records, act)

    def rename_in_sight(self, log):
        """The old content goes on under a name that is a log too: nothing is taken away."""
        old = log.path.with_name(log.path.stem + f".{log.generation}.jsonl")
        kept = Log(old, log.session, log.generation)
        kept.records, kept.is_started, kept.may_shrink = log.records, True, False
        self.standing[old] = log.generation
        log.is_started = False
        records = self._told(log, log.session.prompt())
        log.generation = self._next_generation()
        self._intend(log, records)
        os.rename(log.path, old)
        log.path.write_bytes(b"".join(record.line for record in records))
        self._done(log)
        log.records = records
        self.written += len(records)

    def copy_truncate(self, log):
        records = self.fresh(log)

        def act(data):
            pathlib.Path(str(log.path) + OUT_OF_SIGHT).write_bytes(log.path.read_bytes())
            os.truncate(log.path, 0)
            with open(log.path, "ab") as out:
                out.write(data)
        self._renew(log, records, act)

    def truncate_regrow(self, log):
        """In one burst past the old end, so that the size alone tells nothing."""
        size = log.path.stat().st_size
        records = self.fresh(log)
        while sum(len(record.line) for record in records) <= size and len(records) < 400:
            more = self._told(log, log.session.group())
            self.written += len(more)
            records += more

        def act(data):
            with open(log.path, "r+b") as out:
                out.truncate(0)
                out.write(data)
        self._renew(log, records, act)

    def unlink_create(self, log):
        records = self.fresh(log)

        def act(data):
            log.path.unlink()
            log.path.write_bytes(data)
        self._renew(log, records, act)

    def rewrite(self, log):
        """The same again, in place, and a little more."""
        more = self._told(log, log.session.group())
        self.written += len(more)

        def act(data):
            with open(log.path, "wb") as out:
                out.write(data)
        self._renew(log, log.records + more, act)

    def replace(self, log):
        """As editors save: a new file over the old name, with the same content and a little more."""
        more = self._told(log, log.session.group())
        self.written += len(more)

        def act(data):
            temporary = str(log.path) + ".tmp"
            pathlib.Path(temporary).write_bytes(data)
            os.rename(temporary, log.path)
        self._renew(log, log.records + more, act)

    def resume(self, log):
        """A new session's file that begins with the history of another, as it stands there. That one's start is told
        by its own file alone: where a power cut takes that away, the copy does not owe it."""
        copy = self.new_log(folder=log.path.parent)
        copy.records = [Record(record.line, [event for event in record.events if event.kind != "session_start"])
                        for record in log.records]
        self._intend(copy, copy.records)
        copy.path.write_bytes(b"".join(record.line for record in copy.records))
        self._done(copy)
        self.append(copy)

    def delete(self, log):
        self._gone(log)
        log.path.unlink()
        self.logs.remove(log)
        self.new_log()

    REMOVING = ("rename_create", "copy_truncate", "truncate_regrow", "unlink_create", "delete")

    def step(self):
        """One act. Bytes are mostly taken away only after they could be read for long enough; sometimes not."""
        resting = [log for log in self.logs if log.is_resting]
        for log in resting:
            if self.observed(log.written_at) >= RIPE:
                log.is_resting = False
                return getattr(self, self.random.choice(self.REMOVING))(log)
        log = self.random.choice([log for log in self.logs if not log.is_resting] or [self.new_log()])
        if not log.records or self.random.random() < 0.75:
            return self.append(log, self.random.choice((1, 1, 2, 5)))
        if self.random.random() < 0.08 and len(self.logs) < 60:
            return self.append(self.new_log(codex=self.random.random() < 0.3))
        if not log.may_shrink:
            return self.append(log)
        if self.removals and self.random.random() < 0.3 and len(resting) < len(self.logs) // 2:
            if len(log.records) < 5 and self.random.random() < 0.04:
                return getattr(self, self.random.choice(self.REMOVING))(log)
            log.is_resting = True
            return None
        if len(log.records) > 300:
            return self.append(log)
        return getattr(self, self.random.choice(("rewrite", "replace", "resume", "rename_in_sight", "hole")))(log)

    def fill(self, records):
        end = self.written + records
        while self.written < end:
            self.step()

    def run(self, stop, pause=0.004):
        """As a thread's body, until `stop` is set."""
        while not stop.is_set():
            self.step()
            stop.wait(self.random.uniform(0, 2 * pause))
