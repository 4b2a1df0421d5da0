"""The API against its own description: every route's answers, asked of the real program with a fixture's logs."""
import itertools
import json
import pathlib
import re
import time
import unittest
import urllib.error
import urllib.request

from harness import Home
from schema_checker import Checker

ROUTES = pathlib.Path(__file__).resolve().parents[2] / "agent/hub/routes.cc"
DAYS = "range=all_time&tz=Europe/Berlin"

# What is asked of each route that takes parameters; the first of a list is the plain question.
QUESTIONS = {
    "/api/v1/stats": ["", DAYS, f"{DAYS}&by=project,day", f"{DAYS}&by=week,weekday,hour", f"{DAYS}&by=action,tool,entity_type,os",
                      f"{DAYS}&by=session,branch,category,entity", f"{DAYS}&by=month,tool_class,machine,source",
                      f"{DAYS}&app=claude-code&app=codex&actor=agent", "range=month&compare=previous&by=language",
                      f"{DAYS}&preset=wakapi&timeout_seconds=120", f"{DAYS}&model="],
    "/api/v1/explain": ["", DAYS, f"{DAYS}&limit=3", f"{DAYS}&actor=human&preset=wakatime"],
    "/api/v1/timeline": ["", "by=app"],
    "/api/v1/sessions": ["", DAYS, f"{DAYS}&limit=1", f"{DAYS}&app=codex"],
    "/api/v1/heartbeats": ["", DAYS, f"{DAYS}&limit=2&app=claude-code"],
    "/api/v1/export": ["", "format=json", "format=csv", DAYS],
    "/api/v1/export/image": ["", f"{DAYS}&format=svg&theme=dark", "template=year&redact=names&scale=2&w=600&h=400"],
}
# These say what is wrong in Timecode's form, and take parameters of their own.
TIMECODE = ["/api/v1/stats/summary", "/api/v1/stats/languages", "/api/v1/stats/projects", "/api/v1/stats/timeline",
            "/api/v1/stats/daily-totals", "/api/v1/stats/project-daily", "/api/v1/stats/weekday", "/api/v1/leaderboard"]
BAD = {
    "/api/v1/stats": ["by=colour", "compare=next", "colour=red"],
    "/api/v1/explain": ["limit=0", "after=x"],
    "/api/v1/timeline": [DAYS, "by=day"],
    "/api/v1/sessions": ["timeout_seconds=1"],
    "/api/v1/heartbeats": ["range=2026-13-01", "preset=wakapi"],
    "/api/v1/export": ["format=xml"],
    "/api/v1/export/image": ["format=csv", "theme=sepia"],
    "/api/v1/sources/health": ["tz=UTC"],
}


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.copy_logs("claude/2.1.329")
        cls.home.copy_logs("codex/0.169.0")
        cls.home.run("run", "--once")
        cls.home.start("serve", VIGIL_PROXY="http://proxy.example:8080")
        cls.token = cls.home.json("hub", "token", "new", "test", "--write")["token"]
        cls.document = json.loads(cls.ask("/api/openapi.json")[2])
        cls.checker = Checker(cls.document)
        dates = [row["time"][:10] for row in cls.home.export()]
        cls.busiest = max(set(dates), key=dates.count)

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    @classmethod
    def ask(cls, target, method="GET", token=True, body=None):
        """Status, content type, body. The token may write, unless another is given."""
        headers = {"Authorization": f"Bearer {cls.token if token is True else token}"} if token else {}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{cls.home.port}{target}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get_content_type(), error.read().decode()

    def hold_against_description(self, path, method, answer):
        status, kind, body = answer
        responses = self.document["paths"][path][method]["responses"]
        self.assertIn(str(status), responses, body[:300])
        content = self.checker.resolve(responses[str(status)]).get("content")
        if content is None:
            self.assertEqual(body, "")
            return []
        self.assertIn(kind, content)
        if kind == "application/json":
            values = [json.loads(body)]
        elif kind == "application/x-ndjson":
            values = [json.loads(line) for line in body.splitlines()]
        else:
            values = [body]
        for value in values:
            problems = list(itertools.islice(self.checker.problems(value, content[kind]["schema"]), 10))
            self.assertEqual(problems, [])
        return values

    def test_every_route_is_described_and_nothing_else(self):
        served = set(re.findall(r'\{"(/(?:api/|health)[^"]*)", "(\w+)"', ROUTES.read_text()))
        described = {(path, method.upper()) for path, methods in self.document["paths"].items() for method in methods}
        self.assertEqual(served, described)
        self.assertGreater(len(served), 10)

    def test_every_answer_is_as_described(self):
        asked = 0
        for path, methods in self.document["paths"].items():
            if "get" not in methods or path == "/api/v1/stream" or "{" in path:
                continue
            day = f"range={self.busiest}"
            for question in [*QUESTIONS.get(path, [""]), *([day] if path in BAD and path in QUESTIONS else [])]:
                with self.subTest(path=path, question=question):
                    answer = self.ask(f"{path}?{question}" if question else path)
                    self.assertEqual(answer[0], 200, answer[2][:300])
                    self.hold_against_description(path, "get", answer)
                    asked += 1
        self.assertGreater(asked, 30)

    def test_answers_hold_something(self):
        """Else a schema would be held against empty lists."""
        for target, name in ((f"/api/v1/stats?{DAYS}&by=app", "items"), (f"/api/v1/explain?{DAYS}", "intervals"),
                             (f"/api/v1/explain?{DAYS}", "heartbeats"), (f"/api/v1/sessions?{DAYS}", "sessions"),
                             (f"/api/v1/timeline?range={self.busiest}", "lanes"), (f"/api/v1/heartbeats?{DAYS}", "heartbeats"),
                             ("/api/v1/sources/health", "sources"), ("/api/v1/status", "sources")):
            with self.subTest(target=target):
                self.assertTrue(json.loads(self.ask(target)[2])[name])

    def test_refusals_are_as_described(self):
        for path, questions in BAD.items():
            for question in questions:
                with self.subTest(path=path, question=question):
                    answer = self.ask(f"{path}?{question}")
                    self.assertEqual(answer[0], 400)
                    error = self.hold_against_description(path, "get", answer)[0]["error"]
                    self.assertRegex(error["message"], r"^[a-z_]+: ")
        for path, methods in self.document["paths"].items():
            if "get" in methods and path not in ("/health", "/api/v1/health"):
                with self.subTest(path=path, token=None):
                    answer = self.ask(path, token=False)
                    self.assertEqual(answer[0], 401)
                    self.hold_against_description(path, "get", answer)

    def test_a_ticket_and_an_unsigned_batch_are_answered_as_described(self):
        ticket = self.ask("/api/v1/tickets", "POST")
        self.assertEqual(ticket[0], 201)
        self.hold_against_description("/api/v1/tickets", "post", ticket)
        self.hold_against_description("/api/v1/ingest", "post", self.ask("/api/v1/ingest", "POST"))

    def test_corrections_are_made_and_undone_as_described(self):
        path = "/api/v1/corrections"
        project = max(json.loads(self.ask(f"/api/v1/stats?{DAYS}&by=project")[2])["items"], key=lambda item: item["heartbeats"])
        name, whole = project["project"], json.loads(self.ask(f"/api/v1/stats?{DAYS}")[2])
        ids = []
        for body in ({"kind": "rename", "project": name, "to": "\u0645\u0634\u0631\u0648\u0639"},
                     {"kind": "assign", "to": "book", "from": "2000-01-01T00:00:00Z", "until": "2000-01-02T00:00:00+02:00"},
                     {"kind": "hide", "project": "nobody's"}, {"kind": "ignore", "project": "nobody's"}):
            answer = self.ask(path, "POST", body=body)
            self.assertEqual(answer[0], 201, answer[2])
            ids.append(self.hold_against_description(path, "post", answer)[0]["id"])
        listed = self.hold_against_description(path, "get", self.ask(path))[0]["items"]
        self.assertEqual([item["id"] for item in listed], ids[::-1])
        renamed = json.loads(self.ask(f"/api/v1/stats?{DAYS}&by=project")[2])
        self.assertIn("\u0645\u0634\u0631\u0648\u0639", {item["project"] for item in renamed["items"]})
        self.assertEqual(renamed["total"], whole["total"])
        self.assertIn(name, {row.get("project") for row in self.home.export()})  # which stays as it was
        reader = self.home.json("hub", "token", "new", "reader")["token"]
        for method, target, token, body, status in (("POST", path, True, {"kind": "hide"}, 400), ("POST", path, reader, {"kind": "hide"}, 403),
                                                    ("POST", path, False, {"kind": "hide"}, 401), ("DELETE", f"{path}/999", True, None, 404),
                                                    ("DELETE", f"{path}/1", reader, None, 403), ("DELETE", f"{path}/1", False, None, 401)):
            with self.subTest(method=method, status=status):
                answer = self.ask(target, method, token, body)
                self.assertEqual(answer[0], status)
                described = path if method == "POST" else path + "/{id}"
                self.hold_against_description(described, method.lower(), answer)
        for number in ids:
            answer = self.ask(f"{path}/{number}", "DELETE")
            self.assertEqual(answer[0], 204)
            self.hold_against_description(path + "/{id}", "delete", answer)
        self.assertEqual(json.loads(self.ask(f"/api/v1/stats?{DAYS}")[2]), whole)
        self.assertEqual(json.loads(self.ask(path)[2])["items"], [])

    def test_settings_are_those_that_the_process_runs_with(self):
        items = {item["key"]: item for item in json.loads(self.ask("/api/v1/settings")[2])["items"]}
        told = {item["key"]: item for item in self.home.json("config", "get")["items"]}
        self.assertEqual(set(items), set(told))
        self.assertEqual(items["hub.listen"]["value"], f"127.0.0.1:{self.home.port}")
        self.assertEqual(items["hub.listen"]["set_by"], "environment")
        self.assertEqual(items["delivery.proxy"]["value"], "http://proxy.example:8080")
        self.assertEqual(items["time.human_timeout"]["set_by"], "default")

    def test_timecode_sends_and_asks_as_described(self):
        event = {"id": "e1", "machineId": "desk", "os": "linux", "editor": "vscode", "projectName": "demo", "projectPath": None, "filePath": None,
                 "language": "typescript", "startedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60)),
                 "endedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 30)), "durationSeconds": 30, "isWrite": False}
        path = "/api/v1/events"
        body = {"events": [event, {"id": "e2"}]}
        self.assertEqual(self.ask(path, "POST", token=False, body=body)[0], 401)
        self.home.run("hub", "allow-unsigned", "timecode")
        self.home.run("hub", "allow-unsigned", "telnet", expect=10)
        taken = self.hold_against_description(path, "post", self.ask(path, "POST", token=False, body=body))[0]
        self.assertEqual((taken["accepted"], taken["rejected"], taken["errors"][0]["code"]), (1, 1, "schema"))
        again = self.hold_against_description(path, "post", self.ask(path, "POST", token=False, body=body))[0]
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 1))
        for wrong, status in (({}, 400), ({"events": [0] * 501}, 413)):
            answer = self.ask(path, "POST", token=False, body=wrong)
            self.assertEqual(answer[0], status)
            self.hold_against_description(path, "post", answer)
        today = json.loads(self.ask("/api/v1/stats/daily-totals", token=False)[2])
        self.assertGreaterEqual(sum(item["seconds"] for item in today["items"]), 30)
        for route in TIMECODE:
            dates = [row["time"][:10] for row in self.home.export()]
            for question in (f"from={min(dates)}&to={min(dates)}", "tz=Asia/Tokyo&machineId=desk"):
                with self.subTest(route=route, question=question):
                    answer = self.ask(f"{route}?{question}")
                    self.assertEqual(answer[0], 200, answer[2])
                    self.hold_against_description(route, "get", answer)
            with self.subTest(route=route):
                answer = self.ask(f"{route}?from=2026-02-30")
                self.assertEqual(answer[0], 400)
                self.hold_against_description(route, "get", answer)
        self.home.run("hub", "refuse-unsigned", "timecode")
        self.assertEqual(self.ask(path, "POST", token=False, body=body)[0], 401)

    def test_badges_are_as_described(self):
        path = "/api/v1/badge/{id}"
        for name, status in (("human.svg", 200), ("total.json", 200), ("cat.svg", 404)):
            answer = self.ask(f"/api/v1/badge/{name}?{DAYS}")
            self.assertEqual(answer[0], status)
            self.hold_against_description(path, "get", answer)

    def test_parameters_are_those_described(self):
        every = {name: self.checker.resolve({"$ref": f"#/components/parameters/{name}"}) for name in self.document["components"]["parameters"]}
        samples = {"range": "today", "from": "2026-01-01", "to": "2026-01-02", "tz": "UTC", "preset": "vigil", "timeout_seconds": "600",
                   "by": "app", "compare": "previous", "limit": "5", "format": "csv",
                   "after": None}  # its form is the route's own
        for path in QUESTIONS:
            described = {self.checker.resolve(p)["name"] for p in self.document["paths"][path]["get"]["parameters"]}
            for name in every:
                value = samples.get(name, "x")
                if (path, name) == ("/api/v1/export/image", "format"):
                    value = "svg"
                if value is None:
                    continue
                with self.subTest(path=path, parameter=name):
                    # from and to belong together where a range must have two ends.
                    question = "from=2026-01-01&to=2026-01-02" if name in ("from", "to") else f"{name}={value}"
                    status = self.ask(f"{path}?{question}")[0]
                    self.assertEqual(status, 200 if name in described else 400)

    def test_the_checker_finds_what_is_wrong(self):
        stats = json.loads(self.ask(f"/api/v1/stats?{DAYS}&by=app")[2])
        schema = self.document["paths"]["/api/v1/stats"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertEqual(list(self.checker.problems(stats, schema)), [])
        for spoil in (lambda s: s.pop("total"), lambda s: s.update(extra=1), lambda s: s["method"].update(preset="toggl"),
                      lambda s: s["items"][0].update(heartbeats=1.5), lambda s: s["items"][0].update(app=3),
                      lambda s: s["total"].update(seconds=-1), lambda s: s.update({"from": "yesterday"})):
            spoilt = json.loads(json.dumps(stats))
            spoil(spoilt)
            self.assertEqual(len(list(self.checker.problems(spoilt, schema))), 1)


if __name__ == "__main__":
    unittest.main()
