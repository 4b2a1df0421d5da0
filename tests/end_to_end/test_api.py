"""The API against its own description: every route's answers, asked of the real program with a fixture's logs."""
import itertools
import json
import pathlib
import re
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
}
BAD = {
    "/api/v1/stats": ["by=colour", "compare=next", "colour=red"],
    "/api/v1/explain": ["limit=0", "after=x"],
    "/api/v1/timeline": [DAYS, "by=day"],
    "/api/v1/sessions": ["timeout_seconds=1"],
    "/api/v1/heartbeats": ["range=2026-13-01", "preset=wakapi"],
    "/api/v1/export": ["format=xml"],
    "/api/v1/sources/health": ["tz=UTC"],
}


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.home.copy_logs("claude/2.1.329")
        cls.home.copy_logs("codex/0.169.0")
        cls.home.run("run", "--once")
        cls.home.start("serve")
        cls.token = cls.home.json("hub", "token", "new", "test")["token"]
        cls.document = json.loads(cls.ask("/api/openapi.json")[2])
        cls.checker = Checker(cls.document)
        dates = [row["time"][:10] for row in cls.home.export()]
        cls.busiest = max(set(dates), key=dates.count)

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    @classmethod
    def ask(cls, target, method="GET", token=True):
        """Status, content type, body."""
        headers = {"Authorization": f"Bearer {cls.token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{cls.home.port}{target}", method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get_content_type(), error.read().decode()

    def hold_against_description(self, path, method, answer):
        status, kind, body = answer
        responses = self.document["paths"][path][method]["responses"]
        self.assertIn(str(status), responses, body[:300])
        content = self.checker.resolve(responses[str(status)])["content"]
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
            if "get" not in methods or path == "/api/v1/stream":
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
            if "get" in methods and path != "/health":
                with self.subTest(path=path, token=None):
                    answer = self.ask(path, token=False)
                    self.assertEqual(answer[0], 401)
                    self.hold_against_description(path, "get", answer)

    def test_a_ticket_and_an_unsigned_batch_are_answered_as_described(self):
        ticket = self.ask("/api/v1/tickets", "POST")
        self.assertEqual(ticket[0], 201)
        self.hold_against_description("/api/v1/tickets", "post", ticket)
        self.hold_against_description("/api/v1/ingest", "post", self.ask("/api/v1/ingest", "POST"))

    def test_parameters_are_those_described(self):
        every = {name: self.checker.resolve({"$ref": f"#/components/parameters/{name}"}) for name in self.document["components"]["parameters"]}
        samples = {"range": "today", "from": "2026-01-01", "to": "2026-01-02", "tz": "UTC", "preset": "vigil", "timeout_seconds": "600",
                   "by": "app", "compare": "previous", "limit": "5", "format": "csv",
                   "after": None}  # its form is the route's own
        for path in QUESTIONS:
            described = {self.checker.resolve(p)["name"] for p in self.document["paths"][path]["get"]["parameters"]}
            for name in every:
                value = samples.get(name, "x")
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
