"""The agent, already running, while the real Claude Code and Codex write: nothing missed, nothing twice, nothing late.

The tools are unmodified; only the model that they talk to is scripted (scripted_model.py) and on loopback. `scripts/live` fetches
them and runs this.
"""
import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from harness import Home
from observer import Observer
from scripted_model import Call, ScriptedModel, Turn

CLAUDE = os.environ.get("VIGIL_LIVE_CLAUDE", "")
CODEX = os.environ.get("VIGIL_LIVE_CODEX", "")
SONNET, OPUS = "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101"
APPS = {"messages": "claude-code", "responses": "codex"}
NAMES = {"claude-code": "Claude", "codex": "Codex"}
PROJECTS = {"claude-code": "atoll", "codex": "bight"}
KINDS = ("input", "cache_read", "cache_write", "output")
LATEST = 1.0  # seconds from a line in a log to its heartbeat in the store
TOOL_SECONDS = 60

TABLE = "low = 1\nhigh = 4\n\n\ndef span():\n    return low\n"
FIX = ("    return low", "    # both ends\n    return high - low")  # 2 lines added, 1 removed
NOTE = "# Harbour\n\nмелко\n"  # 3 lines added
FIRST, SECOND, ASIDE = "Please correct the span of the tides", "Please write a note: «мелко»", "Between us, how deep is it"

# Requests that cost tokens and that no log tells of: (app, prompt) and why.
NEVER_LOGGED = {
    ("claude-code", f"{ASIDE}, Claude?"): "--no-session-persistence: no session file",
    ("codex", f"{ASIDE}, Codex?"): "--ephemeral: no rollout",
}


def script_of(name, read, fix, count, note):
    """The conversation, the same for both tools but for how they name their calls."""
    return {
        f"{FIRST}, {name}.": [
            Turn("First I read the table, to see what the span is made of.", read), Turn("One end is missing.", fix),
            Turn("Now I count its lines.", count), Turn("The span now takes both ends into account. " * 5)],
        f"{SECOND}, {name}.": [Turn("I look at the table again.", read), Turn("And here is the note.", note), Turn("Written.")],
        f"{ASIDE}, {name}?": [Turn("Two fathoms.")],
    }


def claude_script(folder):
    table, note = str(folder / "tides.py"), str(folder / "docs/harbour.md")
    return script_of("Claude", Call("Read", {"file_path": table}),
                     Call("Edit", {"file_path": table, "old_string": FIX[0], "new_string": FIX[1]}),
                     Call("Bash", {"command": "wc -l tides.py", "description": "Count lines"}),
                     Call("Write", {"file_path": note, "content": NOTE}))


def codex_script():
    def lines(sign, text):
        return "".join(f"{sign}{line}\n" for line in text.splitlines())

    def patch(body):
        return f"*** Begin Patch\n{body}*** End Patch\n"

    return script_of("Codex", Call("exec_command", {"cmd": "cat tides.py"}),
                     Call("apply_patch", patch("*** Update File: tides.py\n@@ def span():\n" + lines("-", FIX[0]) + lines("+", FIX[1]))),
                     Call("exec_command", {"cmd": "wc -l tides.py"}),
                     Call("apply_patch", patch("*** Add File: docs/harbour.md\n" + lines("+", NOTE))))


class Tools:
    """Both tools in one home, each with a project of its own, talking to one scripted model."""

    def __init__(self, home):
        self.home = home.path
        temporary = self.home / "tmp"  # below /tmp the folder of one user bars another's tools
        temporary.mkdir()
        self.environment = {**home.environment, "USER": "ada", "SHELL": "/bin/sh",
                            "TMPDIR": str(temporary), "CLAUDE_CODE_TMPDIR": str(temporary), "DISABLE_TELEMETRY": "1",
                            "DISABLE_AUTOUPDATER": "1", "DISABLE_ERROR_REPORTING": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
        self.folders = {name: self._project(name) for name in PROJECTS.values()}
        self.model = ScriptedModel({**claude_script(self.folders["atoll"]), **codex_script()})
        self.environment |= {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.model.port}", "ANTHROPIC_API_KEY": "sk-ant-scripted",
                             "SCRIPTED_KEY": "scripted"}
        self._configure_codex()

    def _project(self, name):
        folder = self.home / name
        (folder / "docs").mkdir(parents=True)
        (folder / "tides.py").write_text(TABLE)
        git = ["git", "-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
            subprocess.run([*git, *arguments], env=self.environment, check=True)
        return folder

    def _configure_codex(self):
        (self.home / ".codex").mkdir()
        (self.home / ".codex/config.toml").write_text(
            'model = "gpt-5.5"\nmodel_provider = "scripted"\ncheck_for_update_on_startup = false\n'
            '[model_providers.scripted]\nname = "scripted"\nwire_api = "responses"\nenv_key = "SCRIPTED_KEY"\n'
            f'base_url = "http://127.0.0.1:{self.model.port}/v1"\n[analytics]\nenabled = false\n')

    def _run(self, folder, *command):
        done = subprocess.run(command, cwd=self.folders[folder], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=TOOL_SECONDS)
        if done.returncode != 0:
            raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")

    def claude(self, prompt, model, *arguments):
        self._run("atoll", CLAUDE, "-p", prompt, "--model", model, "--allowedTools", "Read,Edit,Write,Bash", *arguments)

    def codex(self, *arguments):
        self._run("bight", CODEX, "exec", *arguments)

    def converse(self):
        session, free = "0b0e5a52-1111-4222-8333-9c0ffee00001", "--dangerously-bypass-approvals-and-sandbox"
        self.claude(f"{FIRST}, Claude.", SONNET, "--session-id", session)
        self.codex(free, f"{FIRST}, Codex.")
        self.claude(f"{ASIDE}, Claude?", SONNET, "--no-session-persistence")
        self.codex(free, "--ephemeral", f"{ASIDE}, Codex?")
        self.claude(f"{SECOND}, Claude.", OPUS, "--resume", session)
        self.codex("resume", free, "--last", f"{SECOND}, Codex.")


def figures(tokens):
    return tuple(tokens[kind] for kind in KINDS)


@unittest.skipUnless(os.access(CLAUDE, os.X_OK) and os.access(CODEX, os.X_OK),
                     "Claude Code and Codex are not there: scripts/live fetches them")
class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(Home())
        cls.daemon = cls.home.start("run")
        cls.tools = Tools(cls.home)
        cls.observer = Observer([cls.home.path / ".claude/projects", cls.home.path / ".codex/sessions"], cls.home.data / "hub.db")
        try:
            cls.tools.converse()
            time.sleep(LATEST)  # what is not stored by now is late
        finally:
            cls.tools.model.close()
            cls.observer.stop()
        cls.stats = cls.home.json("stats", "--from", "2000-01-01", "--to", "2100-01-01", "--by", "model")
        cls.export = cls.sorted_export()
        cls.events = [json.loads(line) for line in cls.export]
        cls.logged = [answer for answer in cls.tools.model.sent if (APPS[answer.api], answer.prompt) not in NEVER_LOGGED]

    @classmethod
    def sorted_export(cls):
        return sorted(cls.home.run("export", "all_time", "--format", "ndjson").splitlines())

    def events_of(self, *actions):
        return [event for event in self.events if event["action"] in actions]

    def test_the_tools_followed_the_script_to_its_end(self):
        for folder in self.tools.folders.values():
            self.assertEqual((folder / "tides.py").read_text(), TABLE.replace(*FIX))
            self.assertEqual((folder / "docs/harbour.md").read_text(), NOTE)
        asked = collections.Counter(answer.prompt for answer in self.tools.model.sent)
        self.assertEqual(asked, {prompt: len(turns) for prompt, turns in self.tools.model.script.items()})
        self.assertEqual(self.tools.model.refused, [])

    def test_token_totals_per_model_are_what_the_model_sent_but_for_what_is_never_logged(self):
        sent = collections.defaultdict(lambda: (0,) * len(KINDS))
        for answer in self.logged:
            sent[answer.model] = tuple(map(sum, zip(sent[answer.model], figures(answer.tokens))))
        got = {item["model"]: figures(item["tokens"]) for item in self.stats["items"] if item["model"]}
        self.assertEqual(got, dict(sent))
        self.assertEqual(len(self.tools.model.sent) - len(self.logged), len(NEVER_LOGGED))

    def test_every_logged_answer_is_one_reply_with_its_own_tokens(self):
        got = sorted((event["app"], event["model"], figures(event["tokens"])) for event in self.events_of("reply"))
        self.assertEqual(got, sorted((APPS[answer.api], answer.model, figures(answer.tokens)) for answer in self.logged))

    def test_every_prompt_is_there_once_with_its_length(self):
        got = sorted((event["app"], event["actor"], event["prompt_length"]) for event in self.events_of("prompt"))
        self.assertEqual(got, sorted((app, "human", len(f"{prompt}, {name}.")) for app, name in NAMES.items() for prompt in (FIRST, SECOND)))

    def test_reads_edits_with_their_lines_and_commands_are_there_once(self):
        fields = ("action", "entity", "project", "tool_class", "ok", "is_write", "lines_added", "lines_removed")
        for app, project in PROJECTS.items():
            with self.subTest(app):
                calls = [event for event in self.events_of("read", "edit", "write", "delete", "tool") if event["app"] == app]
                got = [tuple(event.get(field) for field in fields) for event in sorted(calls, key=lambda event: event["time"])]
                self.assertEqual(got, [
                    ("read", "tides.py", project, "read", True, None, None, None),
                    ("edit", "tides.py", project, "write", True, True, 2, 1),
                    ("tool", app, project, "shell", True, None, None, None),
                    ("read", "tides.py", project, "read", True, None, None, None),
                    ("write", "docs/harbour.md", project, "write", True, True, 3, 0)])

    def test_every_heartbeat_is_stored_within_a_second_of_its_line(self):
        delays = self.observer.delays()
        self.assertEqual(len(delays), len(self.events))
        print(f"line to store: median {statistics.median(delays) * 1000:.0f} ms, longest {max(delays) * 1000:.0f} ms, {len(delays)} heartbeats")
        self.assertLess(max(delays), LATEST)
        self.assertLess(max(self.observer.delays_of_revisions()), LATEST)

    def test_all_read_again_adds_nothing_and_a_fresh_store_comes_out_the_same(self):
        self.home.stop(self.daemon)
        shutil.rmtree(self.home.state)
        self.home.run("run", "--once")
        self.assertEqual(self.sorted_export(), self.export)

        shutil.rmtree(self.home.state)
        for database in self.home.data.glob("hub.db*"):
            database.unlink()
        self.home.run("run", "--once")
        self.assertEqual(self.sorted_export(), self.export)


if __name__ == "__main__":
    unittest.main()
