"""The oracle finds what it is there to find: each kind of breach, planted in a store that was right."""
import itertools
import json
import pathlib
import random
import tempfile
import unittest

from ledger import Ledger
from oracle import judge
from records import ClaudeSession, event_id
from stock import take_stock
from writer import Writer

SOURCE = "machine-1"


class Told:
    """A ledger written by hand, and the store that would be right for it."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "ledger"
        self.path.unlink(missing_ok=True)
        self.ledger = Ledger(self.path)
        self.times = itertools.count(1_795_000_000_000, 7)
        self.session = ClaudeSession("5e55-1", random.Random(1), lambda: next(self.times))

    def write(self, records, generation=1):
        self.ledger.note("intent", generation=generation, path="x", records=[record.to_json() for record in records])
        self.ledger.note("written", generation=generation)

    def at(self, moment, what, **facts):
        """As note(), at a moment of one's choice."""
        with open(self.path, "ab") as out:
            out.write(json.dumps({"what": what, "at": moment, **facts}).encode() + b"\n")

    @staticmethod
    def stored(records):
        best = {}
        for record in records:
            for event in record.events:
                name = event.id(SOURCE)
                if name not in best or best[name]["rev"] <= event.rev:
                    best[name] = {"id": name, "rev": event.rev, **event.fields}
        return list(best.values())


class Oracle(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.told = Told(self.folder.name)
        self.records = [*self.told.session.prompt(), *self.told.session.reply(3), *self.told.session.call()]

    def tearDown(self):
        self.told.ledger.close()
        self.folder.cleanup()

    def judge(self, stored):
        return judge(self.told.path, SOURCE, stored)

    def test_a_store_that_is_right_is_good(self):
        self.told.write(self.records)
        verdict = self.judge(Told.stored(self.records))
        self.assertTrue(verdict.is_good(), verdict)
        self.assertEqual(verdict.events, 4)
        self.assertEqual(verdict.allowed, 0)

    def test_each_event_that_is_missing_is_found(self):
        self.told.write(self.records)
        right = Told.stored(self.records)
        for index in range(len(right)):
            verdict = self.judge(right[:index] + right[index + 1:])
            self.assertEqual(len(verdict.lost), 1)

    def test_an_event_that_stands_twice_or_was_never_written_is_found(self):
        self.told.write(self.records)
        right = Told.stored(self.records)
        self.assertEqual(len(self.judge([*right, right[0]]).doubled), 1)
        other = {**right[0], "id": event_id("machine-2", "prompt", "x", 1)}
        self.assertEqual(len(self.judge([*right, other]).doubled), 1)

    def test_an_older_revision_than_was_written_is_lost(self):
        self.told.write(self.records)
        self.assertEqual(len(self.judge(Told.stored(self.records[:3] + self.records[4:])).lost), 1)

    def test_a_field_that_differs_is_wrong(self):
        self.told.write(self.records)
        right = Told.stored(self.records)
        right[0]["prompt_length"] += 1
        self.assertEqual(len(self.judge(right).wrong), 1)

    def test_what_was_taken_away_at_once_may_be_missing_and_what_could_be_read_may_not(self):
        for uptime, lost in ((1.0, 0), (2.4, 4)):
            with self.subTest(uptime=uptime):
                told = self.told = Told(self.folder.name)
                facts = {"generation": 1, "path": "x", "records": [record.to_json() for record in self.records]}
                told.at(100.0, "up", process=1)
                told.at(100.0, "intent", **facts)
                told.at(100.0, "written", generation=1)
                told.at(100.0 + uptime, "removed", generation=1)
                told.at(200.0, "down", process=1)
                verdict = self.judge([])
                self.assertEqual(len(verdict.lost), lost)
                self.assertEqual(verdict.allowed, 0 if lost else len(self.records))

    def test_a_record_that_stands_somewhere_else_is_owed(self):
        self.told.write(self.records, generation=1)
        self.told.write(self.records, generation=2)
        self.told.ledger.note("removed", generation=1)
        self.assertEqual(len(self.judge([]).lost), 4)

    def test_a_heartbeat_that_was_said_to_be_kept_must_be_there_once(self):
        self.told.write(self.records)
        self.told.ledger.note("heartbeat_intent", entity="h-1")
        right = Told.stored(self.records)
        beat = {"id": "evt_h", "app": "torture", "entity": "h-1"}
        self.assertTrue(self.judge(right).is_good())  # nobody said that it is kept
        self.told.ledger.note("heartbeat_kept", entity="h-1")
        self.assertEqual(len(self.judge(right).lost), 1)
        self.assertTrue(self.judge([*right, beat]).is_good())
        self.assertEqual(len(self.judge([*right, beat, {**beat, "id": "evt_i"}]).doubled), 1)

    def test_a_start_whose_file_went_with_the_power_is_not_owed_by_a_copy_of_the_history(self):
        home = pathlib.Path(self.folder.name) / "home"
        writer = Writer(home, self.told.ledger, random.Random(1), sessions=1, codex=0)
        first = writer.logs[0]
        writer.append(first)
        writer.resume(first)
        starts = [event.id(SOURCE) for event in first.records[0].events if event.kind == "session_start"]
        first.path.unlink()  # it was never synced, the copy was
        take_stock(writer, self.told.ledger)
        told = {event.id(SOURCE): {"id": event.id(SOURCE), "rev": event.rev, **event.fields}
                for log in [first, *writer.logs] for record in log.records for event in record.events}
        self.assertEqual(len(starts), 1)
        self.assertEqual(self.judge([event for name, event in told.items() if name not in starts]).lost, [])
        self.assertEqual(self.judge(list(told.values())).doubled, [])


if __name__ == "__main__":
    unittest.main()
