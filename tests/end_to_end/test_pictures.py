"""Cards and badges of the real program: that they are what they claim to be, and cost what they may."""
import json
import os
import pathlib
import struct
import time
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree
import zlib

from harness import AGENT, Home, claude_line

NAMES = ["demo", "مشروع طويل الاسم", "日本語のプロジェクト名前が長い場合", "👩‍👩‍👧 🚀", "x" * 200, "<script>alert(1)</script>"]
SVG = "{http://www.w3.org/2000/svg}"


def decode(data):
    """Width, height, texts and rows of a PNG; every check sum is looked at."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, size, texts, packed, ended = 8, None, {}, b"", False
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        body = data[place + 8:place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length:place + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
            depth, colour = body[8], body[9]
            assert (depth, colour) == (8, 2)
        elif kind == b"iTXt":
            name, rest = body.split(b"\0", 1)
            texts[name.decode()] = rest[4:].decode()
        elif kind == b"IDAT":
            packed += body
        ended = kind == b"IEND"
        place += 12 + length
    raw = zlib.decompress(packed)
    assert ended and len(raw) == (size[0] * 3 + 1) * size[1]
    return size, texts, raw


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        folder = cls.home.path / ".claude/projects/-home-ada-demo"
        folder.mkdir(parents=True)
        now = time.time() - 3600
        for at, name in enumerate(NAMES):
            (cls.home.path / f"p{at}").mkdir()
            (cls.home.path / f"p{at}/.vigil-project").write_text(name + "\n")
            lines = [claude_line(f"session-{at}", number, when=now + number * 60, cwd=str(cls.home.path / f"p{at}")) for number in range(10)]
            (folder / f"session-{at}.jsonl").write_text("".join(lines))
        cls.home.run("run", "--once")
        cls.home.start("serve")
        cls.token = cls.home.json("hub", "token", "new", "test")["token"]

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()

    def ask(self, target, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.home.port}{target}",
                                         headers={"Authorization": f"Bearer {self.token}", **headers})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def test_a_png_is_one(self):
        plain = decode(self.ask("/api/v1/export/image?title=Caf%C3%A9")[2])
        self.assertEqual(plain[0], (1200, 630))
        self.assertEqual(plain[1]["Title"], "Café")
        self.assertEqual(plain[1]["Software"], "Vigil")
        dark = decode(self.ask("/api/v1/export/image?theme=dark&scale=2&w=800&h=420")[2])
        self.assertEqual(dark[0], (1600, 840))
        self.assertEqual(plain[2][1:4], b"\xff\xff\xff")  # the first pixel, behind the filter's byte
        self.assertLess(max(dark[2][1:4]), 64)
        self.assertGreater(len(set(plain[2])), 20)  # something is on it

    def test_an_svg_is_one_and_runs_nothing(self):
        for template in ("week", "year", "ai"):
            status, headers, body = self.ask(f"/api/v1/export/image?format=svg&template={template}&title=%3Cscript%3E")
            self.assertEqual((status, headers.get_content_type()), (200, "image/svg+xml"))
            root = xml.etree.ElementTree.fromstring(body)
            self.assertEqual(root.find(f"{SVG}title").text, "<script>")
            self.assertIn("agents", root.find(f"{SVG}desc").text)
            self.assertLessEqual({element.tag for element in root.iter()}, {SVG + tag for tag in ("svg", "title", "desc", "rect", "text")})
            for rect in root.iter(f"{SVG}rect"):
                self.assertLessEqual(float(rect.get("x")) + float(rect.get("width")), 1200.01)
        texts = [element.text for element in root.iter(f"{SVG}text")]
        self.assertIn("Tools", texts)

    def test_names_are_told_as_wanted(self):
        def card(question):
            return self.ask(f"/api/v1/export/image?format=svg&{question}")[2].decode()

        stored = {item["project"] for item in self.home.json("stats", "last_7_days", "--by", "project")["items"]}
        self.assertEqual(stored, set(NAMES))
        self.assertIn("&lt;script&gt;", card("title=x"))
        redacted = card("redact=names")
        self.assertIn("Project 1", redacted)
        for name in ("demo", "日本", "&lt;script&gt;"):
            self.assertNotIn(name, redacted)
        self.assertNotIn("Projects", card("redact=all"))
        self.assertIn(">demo<", card("template=project&project=demo"))

    def test_what_makes_no_sense_is_refused(self):
        for question in ("theme=sepia", "scale=5", "w=319", "h=4097", "w=4096&h=4096&scale=2", "title=" + "x" * 65, "format=gif", "template=cat",
                         "redact=some", "from=2026-02-30", "by=app", "colour=red"):
            with self.subTest(question=question):
                status, _, body = self.ask(f"/api/v1/export/image?{question}")
                self.assertEqual(status, 400)
                self.assertRegex(json.loads(body)["error"]["message"], r"^[a-z_]+: ")
        self.assertEqual(self.ask("/api/v1/export/image?title=" + "%C3%A9" * 64)[0], 200)

    def test_a_tag_saves_drawing_again(self):
        target = "/api/v1/export/image?range=last_7_days"
        tag = self.ask(target)[1]["ETag"]
        status, headers, body = self.ask(target, **{"If-None-Match": tag})
        if headers["ETag"] == tag:  # unless a quarter of an hour ended between the two
            self.assertEqual((status, body), (304, b""))
        self.assertNotEqual(self.ask(target + "&theme=dark")[1]["ETag"], tag)
        self.assertEqual(self.ask(target, **{"If-None-Match": '"x"'})[0], 200)

    def test_badges(self):
        status, headers, body = self.ask("/api/v1/badge/agent.svg?range=all_time")
        self.assertEqual((status, headers.get_content_type()), (200, "image/svg+xml"))
        root = xml.etree.ElementTree.fromstring(body)
        told = json.loads(self.ask("/api/v1/badge/agent.json?range=all_time&project=demo&label=%3Cb%3E")[2])
        self.assertEqual((told["schemaVersion"], told["label"]), (1, "<b>"))
        self.assertRegex(told["message"], r"^\d+ (s|min|h \d+ min)$")
        self.assertTrue(root.find(f"{SVG}title").text.startswith("agent time: "))
        for name in ("agent", "robot.svg", "agent.png", ".svg"):
            self.assertEqual(self.ask(f"/api/v1/badge/{name}")[0], 404)

    def processor_seconds(self):
        """Of the hub so far: what others do on this machine meanwhile does not count."""
        fields = pathlib.Path(f"/proc/{self.home.processes[0].pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_card_costs_a_tenth_of_a_second(self):
        self.ask("/api/v1/export/image")  # which loads the libraries
        cards = 20
        begin, before = time.monotonic(), self.processor_seconds()
        for number in range(cards):
            self.assertEqual(self.ask(f"/api/v1/export/image?title=card{number}")[0], 200)
        spent = (self.processor_seconds() - before) / cards
        print(f"a card: {spent * 1000:.0f} ms of the processor, {(time.monotonic() - begin) / cards * 1000:.0f} ms in all")
        if not any(kind in AGENT for kind in ("asan", "tsan")):
            self.assertLess(spent, 0.1)

    def test_by_command(self):
        home = self.home
        out = home.path / "card.png"
        home.run("card", "png", "last_7_days", "--theme", "dark", "--title", "Mine", "--out", out)
        self.assertEqual(decode(out.read_bytes())[1]["Title"], "Mine")
        svg = home.run("card", "svg", "last_30_days", "--template", "year", "--redact", "names")
        self.assertEqual(xml.etree.ElementTree.fromstring(svg).tag, f"{SVG}svg")
        self.assertIn("No tracked activity", home.run("card", "svg", "2001-01-01"))
        home.run("card", "png", "--title", "x" * 65, "--out", out, expect=2)
        home.run("card", "png", "--theme", "sepia", expect=2)
        with Home() as empty:
            empty.run("card", "svg", expect=10)
        findings = json.loads(home.run("doctor", "--json", expect=None).stdout)["findings"]
        pictures = [finding for finding in findings if finding["subject"] == "pictures"]
        self.assertEqual(len(pictures), 1)
        self.assertEqual(pictures[0]["state"], "ok")

    def test_starting_loads_nothing_for_it(self):
        """Whoever asks for no picture pays for none."""
        with Home() as fresh:
            process = fresh.start("serve")
            self.assertNotIn("libpango", pathlib.Path(f"/proc/{process.pid}/maps").read_text())
            self.assertNotIn("libcairo", pathlib.Path(f"/proc/{process.pid}/maps").read_text())


if __name__ == "__main__":
    unittest.main()
