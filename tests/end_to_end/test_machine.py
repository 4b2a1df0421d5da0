"""What the program takes up from the machine around it: keys that change, limits."""
import resource
import sqlite3
import subprocess
import unittest

from harness import AGENT, Home, claude_line, wait_until

SESSION = "5e550001-0000-4000-8000-000000000000"


def key_ids(home):
    """By which keys the hub was sent its batches, in order, repetitions left out."""
    connection = sqlite3.connect(f"file:{home.data}/hub.db?mode=ro", uri=True)
    try:
        rows = [key for key, in connection.execute("SELECT key_id FROM batches ORDER BY id")]
    finally:
        connection.close()
    return [key for at, key in enumerate(rows) if at == 0 or rows[at - 1] != key]


class Machine(unittest.TestCase):
    def test_a_running_agent_signs_with_a_rotated_key_without_being_told(self):
        with Home() as home:
            home.run("init", "--yes")
            log = home.path / f".claude/projects/p/{SESSION}.jsonl"
            log.parent.mkdir(parents=True)
            log.write_text(claude_line(SESSION, 1))
            process = home.start("run")

            def stored(count):
                wait_until(lambda: sum(event["action"] == "reply" for event in home.export()) == count, f"{count} replies")

            stored(1)
            keys = [home.json("keys", "show")["key_id"]]
            for number, arguments in enumerate([["rotate"], ["rotate", "--drop"], ["rotate"]], 2):
                home.run("keys", *arguments)
                if keys[-1] != (key := home.json("keys", "show")["key_id"]):
                    keys.append(key)
                with log.open("a") as lines:
                    lines.write(claude_line(SESSION, number))
                stored(number)
                self.assertEqual(key_ids(home), keys)
            self.assertEqual(len(keys), 3)
            self.assertEqual(home.stop(process), 0)

    def test_the_daemon_may_open_as_many_descriptors_as_the_hard_limit_allows(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        for command in ("run", "serve"):
            with self.subTest(command), Home() as home:
                process = subprocess.Popen([AGENT, command], env=home.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)))
                home.processes.append(process)
                wait_until(home.hub_answers, "the hub answers")
                self.assertEqual(resource.prlimit(process.pid, resource.RLIMIT_NOFILE), (hard, hard))
                home.stop(process)


if __name__ == "__main__":
    unittest.main()
