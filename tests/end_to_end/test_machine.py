"""What the program takes up from the machine around it: keys that change, limits, proxies."""
import resource
import select
import shutil
import socket
import sqlite3
import subprocess
import threading
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


class TunnelProxy:
    """Takes CONNECT and makes every tunnel end at `target`, a port of this machine; without one answers 502 and closes."""

    def __init__(self, target=None):
        self.target = target

    def __enter__(self):
        self.lines = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()
        return self

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self.serve, args=[client]))
            self.threads[-1].start()

    def serve(self, client):
        client.settimeout(10)
        with client, client.makefile("rb") as head:
            self.lines.append(head.readline().decode().strip())
            while head.readline().strip():
                pass
            if self.target is None:
                client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self.target), timeout=10) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.carry(client, server)

    @staticmethod
    def carry(client, server):
        while True:
            ready, _, _ = select.select([client, server], [], [], 10)
            if not ready:
                return
            for end in ready:
                data = end.recv(65536)
                if not data:
                    return
                (server if end is client else client).sendall(data)

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join()


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

    def test_a_proxy_that_refuses_is_an_error_and_not_the_end(self):
        with Home(VIGIL_ENDPOINT="https://hub.test", VIGIL_TOKEN="vigil_x") as home, TunnelProxy() as proxy:
            home.environment["HTTPS_PROXY"] = proxy.url
            home.run("init", "--source", "laptop", "--yes", expect=None)
            for command in (["stats", "today", "--json"], ["export", "today"]):
                home.run(*command, expect=5, timeout=20)
            log = home.path / f".claude/projects/p/{SESSION}.jsonl"
            log.parent.mkdir(parents=True)
            log.write_text(claude_line(SESSION, 1))
            home.run("run", "--once", expect=75, timeout=60)
            self.assertEqual(set(proxy.lines), {"CONNECT hub.test:443 HTTP/1.1"})

    @unittest.skipUnless(shutil.which("openssl"), "needs openssl for a certificate")
    def test_sending_and_reading_go_through_the_proxy_of_the_environment(self):
        with Home(VIGIL_HOSTS="hub.test") as hub, TunnelProxy(hub.port) as proxy:
            certificate, key = hub.path / "cert.pem", hub.path / "key.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=hub",
                            "-addext", "subjectAltName=DNS:hub.test", "-days", "1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
            hub.environment |= {"VIGIL_TLS_CERT": str(certificate), "VIGIL_TLS_KEY": str(key)}
            hub.start("serve", wait=False)
            wait_until(lambda: (hub.data / "registry.json").exists(), "the hub has its registry")
            token = hub.json("hub", "token", "new", "reader")["token"]
            with Home(VIGIL_ENDPOINT=f"https://hub.test:{hub.port}", VIGIL_TOKEN=token, VIGIL_CA_FILE=str(certificate),
                      HTTPS_PROXY=proxy.url) as home:
                home.run("init", "--source", "laptop", "--yes")
                hub.run("hub", "allow", home.run("keys", "public").strip())
                log = home.path / f".claude/projects/p/{SESSION}.jsonl"
                log.parent.mkdir(parents=True)
                log.write_text("".join(claude_line(SESSION, number) for number in range(20)))
                home.run("run", "--once")
                self.assertEqual(sum(event["action"] == "reply" for event in home.export()), 20)
            self.assertGreaterEqual(len(proxy.lines), 2)
            self.assertEqual(set(proxy.lines), {f"CONNECT hub.test:{hub.port} HTTP/1.1"})


if __name__ == "__main__":
    unittest.main()
