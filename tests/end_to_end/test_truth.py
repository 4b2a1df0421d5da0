"""What the real command-line tools did, as the scripted model behind them saw it, against what the program exports.

`truth.json` beside each fixture lists what was typed, and every tool call that went over the wire with its effect. Prompts (by
their length), tool calls (by class) and touched files must agree one by one. What a log cannot tell is listed in EXCEPTIONS,
each case by itself; an exception that is not met fails too.
"""
import collections
import json
import unittest
from typing import NamedTuple

from harness import FIXTURES, Home
from test_real_logs import FIXTURE_NAMES, prepare


class Touch(NamedTuple):
    project: str
    path: str
    is_write: bool
    added: int | None = None
    removed: int | None = None


class Difference(NamedTuple):
    """`truth` stands in truth.json, `logged` is what is exported in its place; None: nothing."""
    fixture: str
    what: str  # prompts, classes or touches
    truth: object
    logged: object
    reason: str
    times: int = 1


def api(path, *effect):
    return Touch("harbor-api", path, *effect)


def unparsed(fixture):
    """Before commands were logged in parsed form, nothing says that a command reads a file: a shell call, without a path."""
    why = "no parsed commands in this version"
    yield Difference(fixture, "classes", "read", "shell", why, times=6)
    yield Difference(fixture, "touches", api("README.md", False), None, why, times=2)
    yield Difference(fixture, "touches", api("src/tides.py", False), None, why)
    yield Difference(fixture, "touches", api("data/stations.csv", False), None, why)
    yield Difference(fixture, "touches", Touch("harbor-api-tables", "src/tides.py", False), None, why)
    yield Difference(fixture, "touches", Touch("Лодка notes", "Journal 2025.md", False), None, why)


EXCEPTIONS = [
    Difference("claude/1.0.128", "prompts", 40, None, "o07: after SIGINT the file holds a summary of another session, and no prompt"),
    Difference("claude/2.0.76", "prompts", 40, None, "o07: after SIGINT the file holds one queue-operation, and no prompt"),
    Difference("claude/2.1.329", "prompts", 27, None, "p20: run with --no-session-persistence, which writes no file"),
    Difference("claude/2.1.329", "prompts", None, 29, "p19: came over stdin as stream-json, which truth.json does not list as typed"),
    Difference("claude/2.1.329", "prompts", None, 27, "p19: the same, a second time"),

    Difference("codex/0.169.0", "prompts", 27, None, "c21: run with --ephemeral, which writes no rollout"),
    Difference("codex/0.169.0", "classes", "shell", None, "c24: the last call of a sub-agent that was killed was never logged"),
    Difference("codex/0.169.0", "classes", "shell", "read", "c02: `wc && cat` of a file is a read as Codex parses the command"),
    Difference("codex/0.169.0", "touches", None, api("data/stations.csv", False), "c02: the same command"),
    Difference("codex/0.169.0", "touches", api("README.md", True, 2, 12), api("README.md", True, 5, 0),
               "c16: an Add File over a file that exists is logged as an addition with its whole content"),
    Difference("codex/0.169.0", "touches", api("README.md", True, 1, 1), api("README.md", True, 5, 0), "t1: the same"),
    Difference("codex/0.169.0", "touches", api("docs/Ship list v2.md", True, 0, 0), api("docs/Ship list v2.md", True, 5, 0),
               "t2: the same addition as in c01 once more: in truth it changed nothing"),
    Difference("codex/0.169.0", "touches", api("src/tides.py", True, 0, 0), api("src/tides.py", False),
               "t2: an edit that failed inside a script, whose answer is wrapped and tells truth.json no failure"),

    *unparsed("codex/0.142.5"),
    *unparsed("codex/0.53.0"),
    Difference("codex/0.53.0", "classes", "shell", None, "o08: the call during which it was interrupted was never logged"),
]

PLAN_TOOLS = {"TaskCreate", "TaskUpdate", "create_goal", "update_goal"}
CLASS_OF_KIND = {"read": "read", "write": "write", "edit": "write", "bash": "shell", "sub": "agent", "todo": "plan"}
CLASS_OF_TOOL = {"ToolSearch": "search", "multi_agent_v1.wait_agent": "agent", "apply_patch": "write", **dict.fromkeys(PLAN_TOOLS, "plan")}


def relative(run, path):
    """Projects are named by the directory that a run was started in; its repository is not on this machine."""
    path = path.removeprefix(run["cwd"] + "/")
    return run["cwd"].rpartition("/")[2], path


def has_failed(call):
    """Codex' answers say so in words, Claude Code's by a flag."""
    result = call["result"]
    if result is None or result["is_error"] is not None:
        return result is None or result["is_error"]
    return "verification failed" in result["head"] or result["head"].startswith("Script failed")


def touches_of(run, call):
    if call["rw"] is None:
        return []
    if "files" in call:  # a patch over several files
        return [Touch(*relative(run, file.get("moved_to", file["path"])), True, file["added"], file["removed"]) for file in call["files"]]
    place = relative(run, call["path"])
    if call["rw"] == "read" or has_failed(call):
        return [Touch(*place, False)]
    return [Touch(*place, True, call["added"], call["removed"])]


def truth_of(fixture):
    """Three counters: lengths of prompts in code points, classes of calls (one for each file of a patch), touched files."""
    prompts, classes, touches = collections.Counter(), collections.Counter(), collections.Counter()
    for run in json.loads((FIXTURES / fixture / "truth.json").read_text())["runs"]:
        prompts.update(len(prompt["text"]) for prompt in run["user_prompts"])
        for call in (call for request in run["requests"] for call in request["calls"]):
            touched = touches_of(run, call)
            touches.update(touched)
            classes[CLASS_OF_KIND.get(call["kind"]) or CLASS_OF_TOOL[call["tool"]]] += max(1, len(touched))
    return {"prompts": prompts, "classes": classes, "touches": touches}


def exported(events):
    calls = [event for event in events if "tool_class" in event and event["actor"] == "agent"]
    files = [event for event in calls if event["entity_type"] == "file"]
    return {
        "prompts": collections.Counter(event["prompt_length"] for event in events if (event["action"], event["actor"]) == ("prompt", "human")),
        "classes": collections.Counter(event["tool_class"] for event in calls),
        "touches": collections.Counter(
            Touch(event.get("project"), event["entity"], event.get("is_write", False), event.get("lines_added"), event.get("lines_removed"))
            for event in files),
    }


def with_exceptions(fixture, truth):
    for case in EXCEPTIONS:
        if case.fixture != fixture:
            continue
        counter = truth[case.what]
        if case.truth is not None:
            if counter[case.truth] < case.times:
                raise AssertionError(f"exception without a case: {case}")
            counter[case.truth] -= case.times
        if case.logged is not None:
            counter[case.logged] += case.times
    return {what: +counter for what, counter in truth.items()}


class Truth(unittest.TestCase):
    maxDiff = None

    def test_prompts_tool_calls_and_touched_files_are_those_that_really_were(self):
        for fixture in FIXTURE_NAMES:
            with Home() as home:
                prepare(home, fixture)
                home.run("run", "--once")
                got = exported(home.export())
            expected = with_exceptions(fixture, truth_of(fixture))
            for what, counter in expected.items():
                with self.subTest(fixture=fixture, what=what):
                    self.assertTrue(counter)
                    self.assertEqual(got[what] - counter, collections.Counter(), "exported, but not true")
                    self.assertEqual(counter - got[what], collections.Counter(), "true, but not exported")

    def test_every_exception_is_of_a_fixture(self):
        self.assertLessEqual({case.fixture for case in EXCEPTIONS}, set(FIXTURE_NAMES))


if __name__ == "__main__":
    unittest.main()
