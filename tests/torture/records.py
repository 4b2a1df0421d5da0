"""What writers write, and the events that it stands for, by construction.

Shares no code with the program: ids are computed from docs/formats/heartbeat.md alone. A record is one line; its
events are known because the line was made for them. A group is the records that belong together (the lines of one
reply, a call and its answer); writers take nothing away from the midst of a group.
"""
import calendar
import dataclasses
import hashlib
import json
import time

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
CANARY = "CANARY-b4d5ce7e"  # in every text that must never leave the log it stands in
CWD = "/home/ada/demo"


def base36(number, width):
    digits = ""
    while len(digits) < width:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def event_id(source, kind, key, first_ms):
    digest = hashlib.sha256()
    for field in ("vigil/event/v1", source, kind, key):
        data = field.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return "evt_" + base36(first_ms, 9) + base36(int.from_bytes(digest.digest()[:8], "big") % 36**11, 11)


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + ".%03dZ" % (ms % 1000)


def milliseconds(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) * 1000 + int(text[20:23])


@dataclasses.dataclass
class Event:
    """What one record says of one event. `fields` are those that tell this revision from the others."""
    kind: str
    key: str
    first: int  # ms: of the first line that names the event
    rev: int
    fields: dict

    def id(self, source):
        return event_id(source, self.kind, self.key, self.first)


@dataclasses.dataclass
class Record:
    line: bytes  # with its LF
    events: list

    def to_json(self):
        return {"line": self.line.decode("latin-1"), "events": [dataclasses.astuple(event) for event in self.events]}

    @staticmethod
    def from_json(value):
        return Record(value["line"].encode("latin-1"), [Event(*event) for event in value["events"]])


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


class ClaudeSession:
    """Makes the lines of one Claude Code session."""

    def __init__(self, session, random, clock):
        self.session = session
        self.random = random
        self.clock = clock  # () -> ms, strictly growing
        self.number = 0

    def _base(self, kind, ms):
        self.number += 1
        return {"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": CWD, "sessionId": self.session,
                "version": "2.1.329", "gitBranch": "main", "type": kind,
                "uuid": f"{self.session}-{self.number:012d}", "timestamp": stamp(ms)}

    def start(self, ms):
        return Event("session_start", self.session, ms, 0, {"action": "session_start", "time": stamp(ms)})

    def text(self):
        return f"{CANARY} " + "x" * self.random.choice((5, 60, 300, 1500))

    def prompt(self):
        ms = self.clock()
        base = self._base("user", ms)
        text = self.text()
        event = Event("prompt", base["uuid"], ms, 0, {"action": "prompt", "time": stamp(ms), "prompt_length": len(text),
                                                      "actor": "human"})
        return [Record(dump({**base, "message": {"role": "user", "content": text}}), [event])]

    def _assistant(self, message, content, output, stop="end_turn"):
        ms = self.clock()
        base = self._base("assistant", ms)
        return ms, dump({**base, "requestId": f"req_{message}", "message": {
            "id": message, "type": "message", "role": "assistant", "model": "claude-test-1", "content": content,
            "stop_reason": stop, "usage": {"input_tokens": 1, "cache_creation_input_tokens": 2,
                                           "cache_read_input_tokens": 3, "output_tokens": output}}})

    def reply(self, lines=None):
        message = f"msg_{self.session[:18]}_{self.number:010d}"
        records, first = [], None
        for rev in range(lines or self.random.choice((1, 1, 1, 2, 3))):
            output = 4 + 3 * rev
            ms, line = self._assistant(message, [{"type": "text", "text": self.text()}], output)
            first = ms if first is None else first
            records.append(Record(line, [Event("reply", message, first, rev, {
                "action": "reply", "time": stamp(ms), "tokens": {"input": 1, "cache_read": 3, "cache_write": 2,
                                                                 "output": output}})]))
        return records

    def call(self):
        message = f"msg_{self.session[:18]}_{self.number:010d}"
        call = f"toolu_{self.session[:18]}_{self.number:010d}"
        content = [{"type": "tool_use", "id": call, "name": "Bash", "input": {"command": f"echo {CANARY}"}}]
        ms, line = self._assistant(message, content, 9, "tool_use")
        told = {"action": "tool", "tool": "Bash", "time": stamp(ms)}
        asked = Record(line, [
            Event("reply", message, ms, 0, {"action": "reply", "time": stamp(ms)}),
            Event("call", call, ms, 0, {**told, "ok": None})])
        base = self._base("user", self.clock())
        is_error = self.random.random() < 0.3
        answer = Record(dump({**base, "message": {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call, "is_error": is_error, "content": self.text()}]},
            "toolUseResult": {"stdout": self.text(), "stderr": "", "interrupted": False}}),
            [Event("call", call, ms, 1, {**told, "ok": not is_error})])
        return [asked, answer]

    def noise(self):
        """Lines that stand for nothing: of an unknown type, blank, no JSON at all."""
        line = self.random.choice((
            b"\n", b"{\"type\":\"file-history-snapshot\",\"messageId\":\"" + CANARY.encode() + b"\"}\n",
            b"not json " + CANARY.encode() + b"\n", b"{\"type\":\"summary\",\"summary\":\"" + CANARY.encode() + b"\"}\n"))
        return [Record(line, [])]

    def group(self):
        return self.random.choices((self.prompt, self.reply, self.call, self.noise), (4, 8, 3, 1))[0]()


class CodexSession:
    """Makes the lines of one rollout of Codex (as of version 0.80)."""

    def __init__(self, session, random, clock):
        self.session = session
        self.random = random
        self.clock = clock
        self.total = [0, 0]
        self.number = 0
        self.begun = False

    def _line(self, kind, payload):
        ms = self.clock()
        return ms, dump({"timestamp": stamp(ms), "type": kind, "payload": payload})

    def begin(self):
        self.begun = True
        ms = self.clock()
        line = dump({"timestamp": stamp(ms), "type": "session_meta", "payload": {
            "id": self.session, "timestamp": stamp(ms), "cwd": CWD, "cli_version": "0.80.0", "git": {"branch": "main"}}})
        start = Event("session_start", self.session, ms, 0, {"action": "session_start", "time": stamp(ms)})
        _, context = self._line("turn_context", {"turn_id": f"turn-{self.session}", "cwd": CWD, "model": "gpt-test"})
        return [Record(line, [start]), Record(context, [])]

    def prompt(self):
        text = f"{CANARY} {self.number} " + "y" * self.random.choice((3, 90, 700))
        self.number += 1
        ms, line = self._line("event_msg", {"type": "user_message", "message": text, "kind": "plain"})
        key = self.session + ":" + hashlib.sha256(line[:-1]).hexdigest()
        return [Record(line, [Event("prompt", key, ms, 0, {"action": "prompt", "time": stamp(ms),
                                                           "prompt_length": len(text), "actor": "human"})])]

    def reply(self):
        used = [self.random.randrange(1, 5000), self.random.randrange(1, 900)]
        self.total = [self.total[0] + used[0], self.total[1] + used[1]]

        def usage(numbers):
            return {"input_tokens": numbers[0], "cached_input_tokens": 0, "output_tokens": numbers[1],
                    "reasoning_output_tokens": 0, "total_tokens": sum(numbers)}

        ms, line = self._line("event_msg", {"type": "token_count", "info": {
            "total_token_usage": usage(self.total), "last_token_usage": usage(used)}})
        key = f"{self.session}:{self.total[0]},0,0,{self.total[1]},0"
        tokens = {"input": used[0], "cache_read": 0, "cache_write": 0, "output": used[1]}
        return [Record(line, [Event("reply", key, ms, 0, {"action": "reply", "time": stamp(ms), "tokens": tokens})])]

    def group(self):
        if not self.begun:
            return self.begin()
        return self.random.choices((self.prompt, self.reply), (1, 2))[0]()
