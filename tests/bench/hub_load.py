"""The hub under load: signed batches against a bare loop of inserts, /health against nginx, and a good client among bad ones."""
import contextlib
import json
import multiprocessing
import re
import shutil
import socket
import subprocess
import time

from measure import BenchHome, Ran, free_port, median

HEALTH_SECONDS = 4
IDLE_CLIENTS, SLOW_CLIENTS = 1_000, 200


@contextlib.contextmanager
def hub(bench):
    """`agent serve` in a home of its own that knows the client's key and limits no source."""
    home = BenchHome(bench.agent, bench.work / "hub")
    folder = home.path / ".config/vigil"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "config.toml").write_text('[hub]\nrequests_per_second = 0\nbytes_per_second = "0B"\n')
    process = home.start("serve")
    try:
        home.run("hub", "allow", Ran([bench.program("hub_bench"), "key"]).output.decode().strip())
        yield home
    finally:
        home.stop(process)


def send(bench, home, rows, batch, in_flight, pause_ms):
    return json.loads(Ran([bench.program("hub_bench"), "send", f"http://127.0.0.1:{home.port}", rows, batch, in_flight, pause_ms]).output)


def bare_rate(bench, rows):
    folder = bench.work / "bare"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    answer = json.loads(Ran([bench.program("hub_bench"), "bare", folder / "hub.db", rows]).output)
    return answer["rows"] / answer["seconds"]


def ingest_rate(bench, rows):
    with hub(bench) as home:
        answer = send(bench, home, rows, batch=1_000, in_flight=2, pause_ms=0)
    return answer["rows"] / answer["seconds"]


def measure_ingest(bench):
    rows = 20_000 if bench.smoke else 200_000
    runs = [(ingest_rate(bench, rows), bare_rate(bench, rows)) for _ in range(bench.pairs)]
    bench.report.add("hub: signed batches of 1,000 against a bare loop", median(a / b for a, b in runs), .3, "ratio", higher_is_better=True,
                     note=f"{median(a for a, _ in runs):,.0f} against {median(b for _, b in runs):,.0f} rows/s")


# ---------------------------------------------------------------- /health

@contextlib.contextmanager
def nginx(bench):
    folder = bench.work / "nginx"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    port = free_port()
    (folder / "conf").write_text(f"""
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{{"status":"ok"}}'; }} }} }}
""")
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "conf", "-p", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for_port(port):
    end = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(.01)


def wrk(port, seconds):
    output = Ran(["wrk", "-t", 1, "-c", 8, "-d", f"{seconds}s", f"http://127.0.0.1:{port}/health"]).output.decode()
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def measure_health(bench):
    seconds = 1 if bench.smoke else HEALTH_SECONDS
    with hub(bench) as home, nginx(bench) as other:
        wrk(home.port, 1), wrk(other, 1)
        runs = [(wrk(home.port, seconds), wrk(other, seconds)) for _ in range(bench.pairs)]
    bench.report.add("hub: GET /health over 8 connections against nginx", median(a / b for a, b in runs), .4, "ratio", higher_is_better=True,
                     note=f"{median(a for a, _ in runs):,.0f} against {median(b for _, b in runs):,.0f} requests/s")


# ---------------------------------------------------------------- a good client among bad ones

HEALTH_REQUEST = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"


class SlowClient:
    """Sends a byte of its head or body a second, and comes again when it is thrown out."""

    def __init__(self, port, number):
        self.port, self.has_body, self.socket, self.sent = port, number % 2 == 1, None, 0

    def text(self):
        if not self.has_body:
            return b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Slow: " % self.port + b"x" * 10_000
        return b"POST /api/v1/ingest HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 9999\r\n\r\n" % self.port + b"x" * 9_998

    def drip(self):
        try:
            if self.socket is None:
                self.socket, self.sent = socket.create_connection(("127.0.0.1", self.port), 5), 40
                self.socket.send(self.text()[:40])
            self.socket.send(self.text()[self.sent:self.sent + 1])
            self.sent += 1
        except OSError:
            self.socket = None


def crowd(port, ready):
    idle = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(IDLE_CLIENTS)]
    for client in idle:
        client.sendall(HEALTH_REQUEST % port)
        client.recv(1_024)
    slow = [SlowClient(port, number) for number in range(SLOW_CLIENTS)]
    while True:
        begun = time.monotonic()
        for client in slow:
            client.drip()
        ready.set()
        time.sleep(max(0, begun + 1 - time.monotonic()))


def measure_crowd(bench):
    count = 200 if bench.smoke else 2_000
    with hub(bench) as home:
        ready = multiprocessing.Event()
        others = multiprocessing.Process(target=crowd, args=(home.port, ready), daemon=True)
        alone = send(bench, home, count * 10, batch=10, in_flight=1, pause_ms=5)
        others.start()
        if not ready.wait(60):
            raise RuntimeError("the crowd did not come in")
        among = send(bench, home, count * 10, batch=10, in_flight=1, pause_ms=5)
        others.terminate()
        others.join()
    bench.report.add("hub: good client's p99 among 1,000 idle and 200 slow", among["p99_ms"], 50, "ms", note=f"alone {alone['p99_ms']:.2f} ms")


def measure_hub(bench):
    measure_ingest(bench)
    measure_health(bench)
    measure_crowd(bench)
