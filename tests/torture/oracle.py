"""What must be stored, what may be missing, and what is: computed from the ledger, compared with the store.

A record's bytes stood in one or more generations of files. It must be stored where one of them still stands, or could
be read for two seconds while the program ran; the 0.3 s after a start in which it is not yet tailing do not count.
Everything else is the allowed loss: bytes that somebody took away first. What is stored and was never written, or
stands there twice, has been doubled."""
import collections
import dataclasses
import json

from ledger import Ledger
from records import Record

OBSERVABLE = 2.0  # s
START = 0.3  # s
NEVER = float("inf")


@dataclasses.dataclass
class Verdict:
    records: int = 0
    events: int = 0
    stored: int = 0
    allowed: int = 0  # records whose bytes were taken away too early, and that are missing
    removable: int = 0  # records whose bytes were taken away too early
    lost: list = dataclasses.field(default_factory=list)
    doubled: list = dataclasses.field(default_factory=list)
    wrong: list = dataclasses.field(default_factory=list)

    def is_good(self):
        return not (self.lost or self.doubled or self.wrong)


def uptime(intervals, begin, end):
    """Seconds between begin and end in which the program ran and had had its time to start."""
    return sum(max(0.0, min(up_end, end) - max(up_begin + START, begin)) for up_begin, up_end in intervals)


class Story:
    """The ledger, read."""

    def __init__(self, entries):
        self.records = {}  # line -> Record
        self.places = collections.defaultdict(list)  # line -> [generation, place among the generation's records]
        self.visible = {}  # (generation, place) -> moment
        self.gone = collections.defaultdict(lambda: NEVER)  # generation -> moment
        self.cut = {}  # (generation, place) -> moment
        self.up = []
        self.sent = []  # heartbeats that a command said were kept
        self.tried = []
        self._sizes = collections.Counter()
        self._open = {}
        self._begun = {}
        for entry in entries:
            getattr(self, "_" + entry["what"])(entry)
        for begin in self._begun.values():
            self.up.append((begin, NEVER))

    def _intent(self, entry):
        generation = entry["generation"]
        for value in entry["records"]:
            record = Record.from_json(value)
            key = (record.line, tuple(sorted(event.kind + event.key + str(event.first) for event in record.events)))
            self.records[key] = record
            place = (generation, self._sizes[generation])
            self._sizes[generation] += 1
            self.places[key].append(place)
            self._open.setdefault(generation, []).append(place)

    def _written(self, entry):
        for place in self._open.pop(entry["generation"], []):
            self.visible[place] = entry["at"]

    def _removed(self, entry):
        self.gone[entry["generation"]] = min(self.gone[entry["generation"]], entry["at"])

    _moved = _removed  # all of it stands in the generation that follows

    def _vanished(self, entry):
        """The power went, and these lines with it, wherever they stood."""
        lines = {line.encode("latin-1") for line in entry["lines"]}
        for key in self.records:
            if key[0] in lines:
                for place in self.places[key]:
                    self.cut.setdefault(place, entry["at"])  # what is written again has another place

    def _up(self, entry):
        self._begun[entry["process"]] = entry["at"]

    def _down(self, entry):
        self.up.append((self._begun.pop(entry["process"]), entry["at"]))

    def _heartbeat_intent(self, entry):
        self.tried.append(entry["entity"])

    def _heartbeat_kept(self, entry):
        self.sent.append(entry["entity"])

    def _chapter(self, entry):
        pass

    def is_owed(self, key):
        return any(self._is_place_owed(place) for place in self.places[key])

    def _is_place_owed(self, place):
        end = min(self.gone[place[0]], self.cut.get(place, NEVER))
        if end == NEVER:
            return True
        return uptime(self.up, self.visible.get(place, NEVER), end) >= OBSERVABLE


def differs(stored, fields, lenient):
    for name, value in fields.items():
        if name == "time" and lenient:
            continue
        if stored.get(name) != value:
            return f"{name} is {stored.get(name)!r}, not {value!r}"
    return None


def judge(path, source, stored, *, lenient_time=False, refused=()):
    """`stored`: the heartbeats as exported. `refused`: ids that stand in quarantine with their reason."""
    story = Story(Ledger.read(path))
    verdict = Verdict(records=len(story.records), stored=len(stored))
    counts = collections.Counter(event["id"] for event in stored)
    verdict.doubled += [f"{name} stands there {count} times" for name, count in counts.items() if count > 1]
    by_id = {event["id"]: event for event in stored}

    versions = collections.defaultdict(dict)  # id -> rev -> [fields]
    owed = {}  # id -> greatest rev that must be there
    missing_of = collections.defaultdict(set)
    for key, record in story.records.items():
        is_owed = story.is_owed(key)
        verdict.removable += not is_owed
        for event in record.events:
            name = event.id(source)
            versions[name].setdefault(event.rev, []).append(event.fields)
            if is_owed:
                owed[name] = max(owed.get(name, 0), event.rev)
            elif name not in by_id:
                missing_of[key].add(name)
    verdict.events = len(versions)
    verdict.allowed = len(missing_of)
    for name, rev in owed.items():
        if name in refused:
            continue
        if name not in by_id:
            verdict.lost.append(f"{name} rev {rev} {versions[name][rev][0]}")
        elif by_id[name].get("rev", 0) < rev:
            verdict.lost.append(f"{name}: rev {by_id[name].get('rev', 0)} is stored, {rev} was written")

    entities = collections.Counter()
    for name, event in by_id.items():
        if event.get("app") == "torture":
            entities[event["entity"]] += 1
        elif name not in versions:
            verdict.doubled.append(f"{name} was never written: {json.dumps(event)}")
        else:
            known = versions[name].get(event.get("rev", 0))
            why = "no such revision" if not known else differs(event, known[0], lenient_time)
            if why:
                verdict.wrong.append(f"{name}: {why}")
    for entity in story.sent:
        if not any(stored_entity.endswith(entity) for stored_entity in entities):
            verdict.lost.append(f"heartbeat {entity}")
    verdict.doubled += [f"heartbeat {name} stands there {n} times" for name, n in entities.items() if n > 1]
    return verdict
