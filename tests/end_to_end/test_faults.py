"""Kills, outages, two agents at once, a lost state: nothing lost, nothing doubled, counted from outside."""
import os
import random
import signal
import time
import unittest

from harness import Home, claude_line, free_port, integrity, wait_until

KILLS = int(os.environ.get("VIGIL_KILLS", "20"))


class Writer:
    """Appends lines with replies of their own to a few session logs and remembers which it wrote."""

    def __init__(self, home, sessions=4):
        self.folder = home.path / ".claude/projects/-home-ada-demo"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sessions = [f"5e55{n:04d}-0000-4000-8000-000000000000" for n in range(sessions)]
        self.number = 0

    def write(self, count=1):
        for _ in range(count):
            session = self.sessions[self.number % len(self.sessions)]
            with open(self.folder / f"{session}.jsonl", "a") as log:
                log.write(claude_line(session, self.number))
            self.number += 1


def stored_replies(home):
    return [event["id"] for event in home.export() if event["action"] == "reply"]


class Faults(unittest.TestCase):
    def check_all_there_once(self, home, writer):
        replies = stored_replies(home)
        self.assertEqual(len(replies), len(set(replies)), "an event is stored twice")
        self.assertEqual(len(replies), writer.number)
        self.assertEqual(integrity(home.state / "agent.db"), "ok")
        self.assertEqual(integrity(home.data / "hub.db"), "ok")

    def test_random_kills_lose_and_double_nothing(self):
        seeded = random.Random(20261121)
        with Home() as home:
            writer = Writer(home)
            home.run("init", "--yes")
            for _ in range(KILLS):
                process = home.start("run", wait=False)
                end = time.monotonic() + seeded.uniform(0.02, 0.4)
                while time.monotonic() < end:
                    writer.write(seeded.randrange(1, 20))
                    time.sleep(0.005)
                process.kill()
                process.wait()
            home.run("run", "--once")
            self.check_all_there_once(home, writer)

    def test_a_hub_that_is_away_while_the_agent_is_killed_gets_all_once(self):
        with Home() as home, Home() as agent:
            # The hub lives in `home`, the agent in another home, on another state directory.
            hub = home.start("serve")
            url = f"http://127.0.0.1:{home.port}"
            registry = agent.json("init", "--yes", "--endpoint", url)["registry_line"]
            home.run("hub", "allow", registry)
            home.stop(hub)

            writer = Writer(agent)
            for _ in range(5):
                process = agent.start("run", "--no-hub", wait=False)
                writer.write(2_000)
                time.sleep(0.2)
                process.kill()
                process.wait()
            self.assertEqual(writer.number, 10_000)

            home.start("serve")
            agent.run("run", "--once", "--no-hub")
            replies = stored_replies(home)
            self.assertEqual(len(replies), len(set(replies)))
            self.assertEqual(len(replies), 10_000)

    def test_while_the_hub_is_away_once_exits_75_and_keeps_everything(self):
        with Home() as agent:
            agent.run("init", "--yes", "--endpoint", f"http://127.0.0.1:{free_port()}", expect=None)
            writer = Writer(agent)
            writer.write(50)
            agent.run("run", "--once", "--no-hub", expect=75)
            self.assertGreaterEqual(agent.pending(), 50)

    def test_the_second_agent_on_one_state_names_the_first_and_exits_11(self):
        with Home() as home:
            first = home.start("run")
            second = home.run("run", expect=None, timeout=20)
            self.assertEqual(second.returncode, 11)
            self.assertIn(str(first.pid), second.stderr)

    def test_a_corrupt_queue_is_moved_aside_and_rebuilt_from_the_logs(self):
        with Home() as home:
            writer = Writer(home)
            writer.write(500)
            home.run("run", "--once")
            database = home.state / "agent.db"
            for leftover in home.state.glob("agent.db-*"):
                leftover.unlink()
            database.write_bytes(b"\0" * 4096 + b"not a database" * 1000)
            writer.write(20)
            home.run("run", "--once")
            self.check_all_there_once(home, writer)
            self.assertTrue(list(home.state.glob("agent.db.corrupt-*")))

    def test_a_hub_store_that_was_removed_is_filled_from_the_logs_again(self):
        with Home() as home:
            writer = Writer(home)
            writer.write(500)
            home.run("run", "--once")
            for file in home.data.glob("hub.db*"):
                file.unlink()
            home.run("run", "--once")
            self.check_all_there_once(home, writer)

    def test_a_damaged_hub_store_heals_while_the_hub_runs(self):
        with Home() as home:
            writer = Writer(home)
            writer.write(3000)
            home.run("run", "--once")
            database = home.data / "hub.db"
            with open(database, "r+b") as file:
                pages = database.stat().st_size // 4096
                for page in range(8, pages, 2):
                    file.seek(page * 4096)
                    file.write(b"\xff" * 512)
            process = home.start("run")  # nothing is written: who reads finds the damage

            def is_whole():
                done = home.run("export", "all_time", "--format", "ndjson", expect=None)
                return done.returncode == 0 and done.stdout.count('"reply"') == writer.number

            wait_until(is_whole, "the store is whole again")
            wait_until(lambda: list(home.data.glob("hub.db.salvaged-*")), "what could be read of it was copied")
            self.assertEqual(home.stop(process), 0)
            self.check_all_there_once(home, writer)
            self.assertIn("store_is_new", home.log())
            self.assertIn("hub.db.salvaged-1", home.run("doctor", expect=None).stdout)

    def test_a_rewritten_log_adds_nothing_but_what_is_new(self):
        with Home() as home:
            writer = Writer(home, sessions=1)
            writer.write(100)
            home.start("run")
            wait_until(lambda: len(stored_replies(home)) == 100, "all are stored")
            log = writer.folder / f"{writer.sessions[0]}.jsonl"
            whole = log.read_text()
            log.unlink()
            log.write_text(whole + claude_line(writer.sessions[0], 100))
            writer.number += 1
            wait_until(lambda: len(stored_replies(home)) == 101, "the new line is stored")
            self.check_all_there_once(home, writer)

    def test_sigterm_ends_within_two_seconds_with_everything_stored_or_kept(self):
        with Home() as home:
            writer = Writer(home)
            process = home.start("run")
            writer.write(200)
            begun = time.monotonic()
            self.assertEqual(home.stop(process, signal.SIGTERM), 0)
            self.assertLess(time.monotonic() - begun, 2.0)
            home.run("run", "--once")
            self.check_all_there_once(home, writer)


if __name__ == "__main__":
    unittest.main()
