"""Canaries in prompts, code and tool output; where the program connects; what a signature covers."""
import base64
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import unittest

from harness import AGENT, Home, free_port, wait_until

CANARY = "canary-7b1f9d"


def session_with_canaries(home):
    folder = home.path / ".claude/projects/-home-ada-demo"
    folder.mkdir(parents=True)
    session = "5e550001-0000-4000-8000-000000000000"
    common = {"cwd": "/home/ada/demo", "sessionId": session, "version": "2.1.329", "gitBranch": "main", "isSidechain": False}
    usage = {"input_tokens": 1, "output_tokens": 2}

    def line(number, **fields):
        return {**common, "uuid": f"uuid-{number}", "timestamp": f"2026-11-20T10:00:{number:02d}.000Z", **fields}

    def tool(number, call, name, arguments):
        return line(number, type="assistant", requestId=f"req_{number}", message={
            "id": f"msg_{number:020d}", "role": "assistant", "model": "claude-test-1", "usage": usage,
            "content": [{"type": "thinking", "thinking": CANARY}, {"type": "tool_use", "id": call, "name": name, "input": arguments}]})

    records = [
        {"type": "summary", "summary": CANARY, "leafUuid": "x"},
        line(1, type="user", message={"role": "user", "content": f"please {CANARY} this"}),
        tool(2, "toolu_0000000000000000000001", "Edit", {"file_path": "/home/ada/demo/a.py", "old_string": CANARY, "new_string": CANARY}),
        line(3, type="user", toolUseResult={"filePath": "/home/ada/demo/a.py", "oldString": CANARY, "newString": CANARY, "originalFile": CANARY,
                                             "structuredPatch": [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-" + CANARY, "+" + CANARY]}]},
             message={"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_0000000000000000000001", "content": CANARY}]}),
        tool(4, "toolu_0000000000000000000002", "Bash", {"command": CANARY, "description": CANARY}),
        tool(5, "toolu_0000000000000000000003", f"mcp__{CANARY}__{CANARY}", {"query": CANARY}),
        tool(6, "toolu_0000000000000000000004", f"Tool{CANARY}", {"x": CANARY}),
        line(7, type="queue-operation", operation="enqueue", content=CANARY),
        line(8, type="assistant", isApiErrorMessage=True, message={"id": "msg_x", "role": "assistant", "model": "<synthetic>", "usage": usage,
                                                                   "content": [{"type": "text", "text": CANARY}]}),
    ]
    with open(folder / f"{session}.jsonl", "w") as log:
        log.write("".join(json.dumps(record) + "\n" for record in records))
        log.write(CANARY + " is no record\n")
    return folder


class Recorder(http.server.BaseHTTPRequestHandler):
    """Takes batches, acknowledges none of them, and remembers every byte that came."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Privacy(unittest.TestCase):
    def record_one_batch(self, home):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Recorder)
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            home.run("init", "--yes", "--source", "laptop-1", "--endpoint", f"http://127.0.0.1:{server.server_port}", expect=None)
            home.run("run", "--once", "--no-hub", expect=75)
        finally:
            server.shutdown()
            server.server_close()
        batches = [(headers, body) for headers, body in server.seen if b'"events"' in body]
        self.assertTrue(batches)
        return batches

    def test_no_canary_reaches_traffic_databases_exports_or_logs(self):
        with Home() as home:
            logs = session_with_canaries(home)
            for headers, body in self.record_one_batch(home):
                self.assertNotIn(CANARY.encode(), body)
                self.assertNotIn(CANARY, str(headers))
        with Home() as home:
            logs = session_with_canaries(home)
            process = home.start("run", "--log-level", "debug")
            wait_until(lambda: len(home.export()) >= 6, "the session is stored")
            status = home.run("status", "--json") + home.run("doctor", expect=None).stdout
            home.stop(process)
            self.assertNotIn(CANARY, status)
            self.assertIn(CANARY, "".join(path.read_text() for path in logs.glob("*.jsonl")))
            shutil.rmtree(home.path / ".claude")
            for path in home.path.rglob("*"):
                if path.is_file():
                    self.assertNotIn(CANARY.encode(), path.read_bytes(), path)

    def test_an_independent_program_verifies_the_signature_over_the_exact_bytes(self):
        with Home() as home:
            session_with_canaries(home)
            headers, body = self.record_one_batch(home)[0]
            self.assertEqual(headers["X-Source-ID"], "laptop-1")
            public = home.json("keys", "public")["public_key"]
            folder = pathlib.Path(home.path)
            # SubjectPublicKeyInfo of an Ed25519 key: a fixed prefix (RFC 8410) and the 32 bytes.
            (folder / "public.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + base64.b64decode(public))
            (folder / "body").write_bytes(body)
            (folder / "signature").write_bytes(base64.b64decode(headers["X-Signature"]))
            verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "public.der",
                      "-sigfile", "signature", "-in", "body"]
            good = subprocess.run(verify, cwd=folder, capture_output=True, text=True)
            self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
            (folder / "body").write_bytes(body[:-1] + b" ")
            self.assertNotEqual(subprocess.run(verify, cwd=folder, capture_output=True).returncode, 0)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_run_with_default_settings_connects_to_nothing_but_loopback(self):
        with Home() as home:
            session_with_canaries(home)
            trace = home.path / "trace"
            # Root needs no user namespace, and inside a chroot gets none.
            in_network_of_its_own = ["unshare", "-n" if os.geteuid() == 0 else "-rn", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh"]
            command = ["strace", "-f", "-e", "trace=connect,sendto", "-o", str(trace), AGENT, "run", "--once"]
            # A sanitizer's leak check cannot run under strace, which holds the process already.
            environment = {**home.environment, "ASAN_OPTIONS": "detect_leaks=0"}
            done = subprocess.run(in_network_of_its_own + command, env=environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            addresses = re.findall(r"connect\(.*?sin6?_addr(?:=inet_addr\(|.*?\")\"?([0-9a-f.:]+)", trace.read_text())
            self.assertTrue(addresses)
            self.assertTrue(all(address in ("127.0.0.1", "::1") for address in addresses), addresses)


class Forgetting(unittest.TestCase):
    def test_what_is_forgotten_while_the_agent_runs_does_not_come_back_when_its_logs_are_read_again(self):
        with Home() as home:
            home.copy_logs("claude/2.1.329")
            home.copy_logs("codex/0.169.0")
            home.run("run", "--once")
            daemon = home.start("run")
            kept = [row for row in home.export() if row["app"] != "codex"]
            counted = home.json("privacy", "forget", "--where", "app=codex")
            self.assertFalse(counted["erased"])
            self.assertGreater(counted["heartbeats"], 0)
            self.assertGreater(len(kept), 0)
            erased = home.json("privacy", "forget", "--where", "app=codex", "--yes")
            self.assertEqual(erased["heartbeats"], counted["heartbeats"])
            self.assertTrue(erased["erased"])
            self.assertEqual(home.export(), kept)
            home.stop(daemon)
            for file in home.state.glob("agent.db*"):  # how far the logs were read
                file.unlink()
            home.run("run", "--once")
            self.assertEqual(home.export(), kept)
            self.assertEqual(home.run("db", "check").split(":")[0], "sound")


if __name__ == "__main__":
    unittest.main()
