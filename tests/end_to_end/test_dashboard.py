"""The dashboard as the real program serves it: whole, packed, and asked for again only where it must be."""
import gzip
import re
import unittest
import urllib.error
import urllib.request

from harness import Home


class Dashboard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.__exit__)  # also when all is skipped
        cls.home.run("init", "--yes")
        cls.home.start("serve")
        cls.token = cls.home.json("hub", "token", "new", "test")["token"]
        cls.index = cls.ask("/")[2]
        if b"built without the dashboard" in cls.index:
            raise unittest.SkipTest("built without the dashboard")

    @classmethod
    def ask(cls, path, token=True, **headers):
        """Status, headers, body."""
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            asked["Authorization"] = f"Bearer {cls.token}"
        request = urllib.request.Request(f"http://127.0.0.1:{cls.home.port}{path}", headers=asked)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def assets(self):
        return sorted(set(re.findall(rb'"?(/assets/[\w.-]+)', self.index)))

    def test_all_that_the_index_names_is_served_and_may_be_kept_for_ever(self):
        self.assertGreaterEqual(len(self.assets()), 2)
        for path in self.assets():
            status, headers, plain = self.ask(path.decode())
            self.assertEqual(status, 200)
            self.assertIn("immutable", headers["Cache-Control"])
            packed = self.ask(path.decode(), Accept_Encoding="gzip")
            self.assertEqual(packed[1]["Content-Encoding"], "gzip")
            self.assertEqual(gzip.decompress(packed[2]), plain)
            brotli = self.ask(path.decode(), Accept_Encoding="gzip, br")
            self.assertEqual(brotli[1]["Content-Encoding"], "br")
            self.assertLess(len(brotli[2]), len(plain))
            self.assertEqual(len({headers["ETag"], packed[1]["ETag"], brotli[1]["ETag"]}), 3)

    def test_the_first_view_is_small(self):
        forms = [self.ask(path, Accept_Encoding="br")[2] for path in ("/", *(each.decode() for each in self.assets()))]
        self.assertLess(sum(map(len, forms)), 70 * 1024)

    def test_every_address_of_the_page_is_the_index_and_nothing_below_api_or_assets(self):
        for path in ("/timeline", "/project?name=x", "/no/such/page"):
            self.assertEqual(self.ask(path)[2], self.index)
        for path in ("/api", "/api/v1/nothing", "/assets/vigil-000000000000.js", "/assets/"):
            self.assertEqual(self.ask(path)[0], 404, path)

    def test_what_a_browser_has_is_not_sent_again(self):
        status, headers, _ = self.ask("/", Accept_Encoding="br")
        again = self.ask("/", Accept_Encoding="br", If_None_Match=headers["ETag"])
        self.assertEqual((again[0], again[2]), (304, b""))
        self.assertEqual(again[1]["Content-Security-Policy"], headers["Content-Security-Policy"])
        self.assertIsNone(again[1]["Content-Length"])
        self.assertEqual(self.ask("/", Accept_Encoding="br", If_None_Match='"other"')[0], 200)

    def test_strangers_see_neither_page_nor_script(self):
        for path in ("/", "/timeline", self.assets()[0].decode()):
            status, headers, body = self.ask(path, token=False)
            self.assertEqual(status, 401)
            self.assertIn(b"agent open", body)
            self.assertEqual(headers["Cache-Control"], "no-store")


if __name__ == "__main__":
    unittest.main()
