"""The logs that the real command-line tools wrote, through the whole program: token totals to the last one."""
import hashlib
import json
import shutil
import unittest

from harness import FIXTURES, Home

FIXTURE_NAMES = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in FIXTURES.glob("*/*/expected.json"))


def prepare(home, fixture):
    home.copy_logs(fixture)
    if (home.path / "alt-config").exists():
        home.environment["CLAUDE_CONFIG_DIR"] = f"{home.path}/.claude,{home.path}/alt-config"


class RealLogs(unittest.TestCase):
    def test_there_are_fixtures_of_several_versions(self):
        self.assertGreaterEqual(len(FIXTURE_NAMES), 6)

    def test_token_totals_per_model_are_exactly_what_a_faithful_reader_can_know(self):
        for fixture in FIXTURE_NAMES:
            with self.subTest(fixture), Home() as home:
                prepare(home, fixture)
                home.run("init", "--yes")
                home.run("run", "--once")
                stats = home.json("stats", "--from", "2000-01-01", "--to", "2100-01-01", "--by", "model")
                got = {item["model"]: item["tokens"] for item in stats["items"] if item["model"]}
                expected = json.loads((FIXTURES / fixture / "expected.json").read_text())
                got = {model: {kind: tokens[kind] for kind in ("input", "cache_read", "cache_write", "output")} for model, tokens in got.items()}
                self.assertEqual(got, expected["tokens_by_model"])
                replies = [event for event in home.export() if event["action"] == "reply"]
                self.assertEqual(len(replies), expected["replies"])

    def test_the_export_is_the_same_after_the_state_is_deleted_and_everything_read_again(self):
        for fixture in FIXTURE_NAMES:
            with self.subTest(fixture), Home() as home:
                prepare(home, fixture)
                home.run("run", "--once")
                before = sorted(home.run("export", "all_time", "--format", "ndjson").splitlines())
                shutil.rmtree(home.state)
                home.run("run", "--once")
                after = sorted(home.run("export", "all_time", "--format", "ndjson").splitlines())
                self.assertTrue(before)
                self.assertEqual(hashlib.sha256("\n".join(before).encode()).hexdigest(),
                                 hashlib.sha256("\n".join(after).encode()).hexdigest())


if __name__ == "__main__":
    unittest.main()
