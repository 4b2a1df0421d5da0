"""Corrections by command, on a store that nobody has open and on that of a running agent."""
import json
import unittest

from harness import Home, claude_line


def by_project(home):
    items = home.json("stats", "all_time", "--by", "project")["items"]
    return {item["project"]: item["heartbeats"] for item in items}


class Corrections(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.__exit__)
        for name in ("alpha", "beta"):
            folder = self.home.path / f".claude/projects/-home-ada-{name}"
            folder.mkdir(parents=True)
            lines = [claude_line(f"session-{name}", number, cwd=f"/home/ada/{name}") for number in range(4)]
            (folder / f"session-{name}.jsonl").write_text("".join(lines))
        self.home.run("run", "--once")
        self.recorded = by_project(self.home)
        self.assertEqual(set(self.recorded), {"alpha", "beta"})

    def correct(self):
        home = self.home
        made = home.json("correct", "rename", "alpha", "beta")
        self.assertEqual(made["schema"], "agent.correct/1")
        self.assertEqual(by_project(home), {"beta": sum(self.recorded.values())})
        home.run("correct", "hide", "beta")
        self.assertEqual(set(by_project(home)), {"hidden"})
        self.assertIn("alpha goes by beta", home.run("correct", "list"))
        assigned = home.json("correct", "assign", "book", "--from", "2000-01-01T00:00", "--until", "2099-01-01 00:00", "--tz", "Asia/Tokyo")
        self.assertEqual(assigned["made"]["from"], "1999-12-31T15:00:00.000Z")
        self.assertEqual(set(by_project(home)), {"book"})
        home.run("correct", "ignore", "book")
        self.assertEqual(home.json("stats", "all_time")["total"]["heartbeats"], 0)
        listed = home.json("correct", "list")["items"]
        self.assertEqual([item["kind"] for item in listed], ["ignore", "assign", "hide", "rename"])
        self.assertEqual(len(home.export()), sum(self.recorded.values()))
        self.assertEqual(json.loads(home.run("db", "check", "--json"))["problems"], [])
        for item in listed:
            self.assertEqual(home.json("correct", "undo", item["id"])["undone"], item["id"])
        self.assertEqual(by_project(home), self.recorded)

    def test_in_a_store_that_nobody_has_open(self):
        self.correct()

    def test_in_the_store_of_a_running_agent(self):
        process = self.home.start("run")
        self.correct()
        self.home.stop(process)
        self.assertEqual(by_project(self.home), self.recorded)

    def test_what_makes_no_sense_is_refused(self):
        home = self.home
        home.run("correct", "rename", "alpha", "beta")
        for words, code in ((("rename", "alpha", "x"), 2), (("rename", "beta", "alpha"), 2), (("undo", "99"), 10), (("hide", ""), 2),
                            (("assign", "x", "--from", "noon", "--until", "2026-01-01T00:00"), 2), (("assign", "x"), 2)):
            with self.subTest(words=words):
                home.run("correct", *words, expect=code)
        with Home() as empty:
            empty.run("correct", "list", expect=10)


if __name__ == "__main__":
    unittest.main()
