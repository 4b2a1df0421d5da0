#!/usr/bin/python3
"""Makes session logs for benchmarks: the same bytes for the same seed.

  generate_logs.py --out DIR --bytes 1G [--seed 1] [--tool claude|codex]

claude: DIR/projects/<slug>/<uuid>.jsonl            (a CLAUDE_CONFIG_DIR)
codex:  DIR/sessions/YYYY/MM/DD/rollout-*.jsonl     (a CODEX_HOME)

File sizes follow the quantiles of a real home of 3,142 session files (p50 105 kB, p90 654 kB, p99 5.4 MB); line sizes those of
real logs (p50 1.3 kB, p90 11 kB, p99 53 kB). A reply is spread over a line per content block that repeat its id and its
usage. Prose and code are a seeded mix of words, punctuation, escapes and non-ASCII, so that JSON has as much to unescape as in life.
"""
import argparse
import json
import math
import pathlib
import random
import time

FILE_QUANTILES = [(0, 236), (.5, 105_267), (.75, 233_572), (.9, 653_972), (.95, 1_504_757), (.99, 5_383_751), (1, 87_033_471)]
CLAUDE_MODELS = (["claude-sonnet-4-5-20250929", "claude-opus-4-1-20250805", "claude-haiku-4-5-20251001"], [65, 20, 15])
TOOLS = (["Bash", "Read", "Edit", "Grep", "TodoWrite", "Write", "Glob", "WebFetch", "mcp__tracker__get"], [30, 28, 17, 8, 6, 5, 3, 2, 1])
WORDS = ("harbor tide table height station offset return self value index buffer if for while const auto std::vector<int> def class "
         "import lambda None True \"quoted\" 'single' {brace} (paren) [x] = == != += -> // /* */ # \\ \t café Лодка 港 — … 🛶").split(" ")


class Text:
    """Strings of a given length cut from one long seeded text, already escaped for JSON."""

    def __init__(self, seeded):
        self.random = seeded
        words, lines = [], []
        for _ in range(600_000):
            words.append(seeded.choice(WORDS))
            if len(words) > seeded.randrange(4, 16):
                lines.append("    " * seeded.randrange(0, 4) + " ".join(words))
                words = []
        self.text = "\n".join(lines)

    def cut(self, length):
        start = self.random.randrange(len(self.text) - length)
        return json.dumps(self.text[start:start + length], ensure_ascii=False)

    def about(self, median, sigma=1.0, low=5, high=90_000):
        return self.cut(int(min(high, max(low, median * math.exp(self.random.gauss(0, sigma))))))


def identifier(seeded, prefix, length=24):
    return prefix + "%0*x" % (length, seeded.getrandbits(4 * length))


def uuid_of(seeded):
    digits = "%032x" % seeded.getrandbits(128)
    return "-".join([digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]])


def stamp(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + ".%03dZ" % (moment % 1 * 1000)


class ClaudeSession:
    def __init__(self, seeded, text, cwd, start):
        self.random, self.text, self.cwd, self.now = seeded, text, cwd, start
        self.id = uuid_of(seeded)
        self.model = seeded.choices(*CLAUDE_MODELS)[0]
        self.branch = seeded.choice(["main", "main", "feat/tables"])
        self.parent, self.context = "null", 14_000

    def path(self, root):
        slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in self.cwd)
        return root / "projects" / slug / (self.id + ".jsonl")

    def line(self, body):
        self.now += self.random.expovariate(1 / 7)
        uuid = uuid_of(self.random)
        head = '{"parentUuid":%s,"isSidechain":false,"userType":"external","cwd":"%s","sessionId":"%s","version":"2.0.40","gitBranch":"%s",' % (
            self.parent, self.cwd, self.id, self.branch)
        self.parent = '"%s"' % uuid
        return '%s%s,"uuid":"%s","timestamp":"%s"}' % (head, body, uuid, stamp(self.now))

    def turn(self):
        if self.random.random() < .8:
            yield self.snapshot()
        yield self.line('"type":"user","message":{"role":"user","content":%s}' % self.text.about(180, 1.2))
        for _ in range(max(1, int(9 * math.exp(self.random.gauss(0, .9))))):
            calls = []
            yield from self.reply(calls)
            for name, call in calls:
                yield self.result(name, call)
            if not calls:
                break
        yield self.line('"type":"system","subtype":"turn_duration","durationMs":%d,"isMeta":false' % self.random.randrange(900, 400_000))
        self.now += self.random.expovariate(1 / 240)

    def snapshot(self):
        backups = ",".join('"src/file_%d.py":{"backupFileName":"%016x@v2","version":2,"backupTime":"%s"}' % (
            self.random.randrange(300), self.random.getrandbits(64), stamp(self.now)) for _ in range(self.random.randrange(25)))
        return '{"type":"file-history-snapshot","messageId":"%s","snapshot":{"trackedFileBackups":{%s},"timestamp":"%s"},"isSnapshotUpdate":false}' % (
            uuid_of(self.random), backups, stamp(self.now))

    def reply(self, calls):
        self.context = min(190_000, self.context + self.random.randrange(200, 4_000))
        usage = '{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,"output_tokens":%d,"service_tier":"standard"}' % (
            self.random.randrange(1, 12), self.random.randrange(3_000), self.context, self.random.randrange(1, 900))
        message, request = identifier(self.random, "msg_01", 22), identifier(self.random, "req_011C", 20)
        blocks = []
        if self.random.random() < .25:
            blocks.append('{"type":"thinking","thinking":%s,"signature":"%s"}' % (self.text.about(700), identifier(self.random, "", 344)))
        if self.random.random() < .45:
            blocks.append('{"type":"text","text":%s}' % self.text.about(350))
        if self.random.random() < .88 or not blocks:
            for _ in range(1 if self.random.random() < .88 else 2):
                name, call = self.random.choices(*TOOLS)[0], identifier(self.random, "toolu_01", 22)
                calls.append((name, call))
                blocks.append('{"type":"tool_use","id":"%s","name":"%s","input":%s}' % (call, name, self.arguments(name)))
        for block in blocks:
            yield self.line('"message":{"model":"%s","id":"%s","type":"message","role":"assistant","content":[%s],"stop_reason":%s,"usage":%s},"requestId":"%s","type":"assistant"' % (
                self.model, message, block, '"tool_use"' if calls else "null", usage, request))

    def file(self):
        return '"%s/src/file_%d.py"' % (self.cwd, self.random.randrange(300))

    def arguments(self, name):
        if name == "Edit":
            return '{"file_path":%s,"old_string":%s,"new_string":%s}' % (self.file(), self.text.about(500), self.text.about(600))
        if name == "Write":
            return '{"file_path":%s,"content":%s}' % (self.file(), self.text.about(4_500))
        if name == "Read":
            return '{"file_path":%s,"offset":%d,"limit":200}' % (self.file(), self.random.randrange(2_000))
        return '{"command":%s,"description":%s}' % (self.text.about(90), self.text.cut(40))

    def result(self, name, call):
        content = self.text.about(3_800 if name == "Read" else 700, 1.3)
        if name in ("Edit", "Write"):
            patch = ",".join(self.text.cut(60) for _ in range(self.random.randrange(6, 40)))
            patch = patch.replace('"', '"+', 1)
            result = '{"filePath":%s,"oldString":%s,"newString":%s,"originalFile":%s,"structuredPatch":[{"oldStart":10,"oldLines":9,"newStart":10,"newLines":12,"lines":[%s]}],"userModified":false}' % (
                self.file(), self.text.cut(300), self.text.cut(400), self.text.about(8_000, 1.1), patch)
        elif name == "Read":
            result = '{"type":"text","file":{"filePath":%s,"content":%s,"numLines":95,"startLine":1,"totalLines":120}}' % (self.file(), content)
        else:
            result = '{"stdout":%s,"stderr":"","interrupted":false,"isImage":false}' % content
        error = ',"is_error":true' if self.random.random() < .04 else ""
        return self.line('"type":"user","message":{"role":"user","content":[{"tool_use_id":"%s","type":"tool_result","content":%s%s}]},"toolUseResult":%s' % (
            call, content, error, result))


class CodexSession:
    def __init__(self, seeded, text, cwd, start):
        self.random, self.text, self.cwd, self.now, self.start = seeded, text, cwd, start, start
        self.id = uuid_of(seeded)
        self.total, self.begun = [0, 0, 0, 0], False

    def path(self, root):
        day = time.strftime("%Y/%m/%d", time.gmtime(self.start))
        return root / "sessions" / day / ("rollout-%s-%s.jsonl" % (time.strftime("%Y-%m-%dT%H-%M-%S", time.gmtime(self.start)), self.id))

    def line(self, kind, payload):
        self.now += self.random.expovariate(1 / 4)
        return '{"timestamp":"%s","type":"%s","payload":%s}' % (stamp(self.now), kind, payload)

    def usage(self, counts):
        return '{"input_tokens":%d,"cached_input_tokens":%d,"output_tokens":%d,"reasoning_output_tokens":%d,"total_tokens":%d}' % (*counts, counts[0] + counts[2])

    def turn(self):
        if not self.begun:
            self.begun = True
            yield self.line("session_meta", '{"id":"%s","timestamp":"%s","cwd":"%s","originator":"codex_cli_rs","cli_version":"0.46.0","instructions":%s,"source":"cli","git":{"branch":"main"}}' % (
                self.id, stamp(self.start), self.cwd, self.text.cut(6_000)))
        yield self.line("turn_context", '{"cwd":"%s","approval_policy":"on-request","model":"gpt-5-codex","effort":"medium"}' % self.cwd)
        prompt = self.text.about(180, 1.2)
        yield self.line("response_item", '{"type":"message","role":"user","content":[{"type":"input_text","text":%s}]}' % prompt)
        yield self.line("event_msg", '{"type":"user_message","message":%s,"kind":"plain"}' % prompt)
        for _ in range(max(1, int(12 * math.exp(self.random.gauss(0, .9))))):
            call = identifier(self.random, "call_")
            yield self.line("response_item", '{"type":"reasoning","summary":[],"content":null,"encrypted_content":"%s"}' % identifier(self.random, "gAAAA", self.random.randrange(300, 3_000)))
            arguments = json.dumps('{"command":["bash","-lc",%s],"workdir":"%s"}' % (self.text.about(90), self.cwd), ensure_ascii=False)
            yield self.line("response_item", '{"type":"function_call","name":"shell","arguments":%s,"call_id":"%s"}' % (arguments, call))
            output = json.dumps('{"output":%s,"metadata":{"exit_code":0}}' % self.text.about(1_500, 1.4), ensure_ascii=False)
            yield self.line("response_item", '{"type":"function_call_output","call_id":"%s","output":%s}' % (call, output))
            last = [self.random.randrange(5_000, 90_000), 0, self.random.randrange(1, 900), 0]
            last[1] = last[0] * 9 // 10
            self.total = [a + b for a, b in zip(self.total, last)]
            yield self.line("event_msg", '{"type":"token_count","info":{"total_token_usage":%s,"last_token_usage":%s,"model_context_window":272000}}' % (
                self.usage(self.total), self.usage(last)))


def file_size(quantile):
    for (low, small), (high, large) in zip(FILE_QUANTILES, FILE_QUANTILES[1:]):
        if quantile <= high:
            return small + (large - small) * (quantile - low) / (high - low)
    return FILE_QUANTILES[-1][1]


def parse_size(text):
    return int(float(text[:-1]) * {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[text[-1]]) if text[-1] in "KMG" else int(text)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=pathlib.Path, required=True)
    options.add_argument("--bytes", type=parse_size, default="1G")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tool", choices=["claude", "codex"], default="claude")
    chosen = options.parse_args()
    seeded = random.Random(chosen.seed)
    text = Text(seeded)
    count = max(1, round(chosen.bytes / (1_239 << 20) * 3_142))
    sizes = [file_size((i + .5) / count) for i in range(count)]
    scale = chosen.bytes / sum(sizes)
    seeded.shuffle(sizes)
    kind = {"claude": ClaudeSession, "codex": CodexSession}[chosen.tool]
    folders = ["/home/dev/%s/project-%d" % (seeded.choice(["work", "src"]), i) for i in range(max(1, count // 20))]
    lines = written = 0
    for size in sizes:
        session = kind(seeded, text, seeded.choice(folders), 1_759_276_800 + seeded.random() * 60 * 86_400)
        path = session.path(chosen.out)
        path.parent.mkdir(parents=True, exist_ok=True)
        left = size * scale
        with open(path, "w", encoding="utf-8", buffering=1 << 20) as file:
            while left > 0:
                for line in session.turn():
                    file.write(line + "\n")
                    lines += 1
                    left -= len(line) + 1
                    if left <= 0:
                        break
        written += path.stat().st_size
    print(json.dumps({"files": count, "lines": lines, "bytes": written}))


if __name__ == "__main__":
    main()
