"""A TCP and TLS proxy between agent and hub that breaks what it carries, request by request, and counts what it did."""
import collections
import contextlib
import pathlib
import socket
import ssl
import struct
import subprocess
import threading
import time

READ = 65536


def reset(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_message(connection, begun=b""):
    """One HTTP message with a Content-Length, whole; None where the other side went away before its end."""
    data = begun
    while b"\r\n\r\n" not in data:
        more = connection.recv(READ)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = connection.recv(READ)
        if not more:
            return None
        body += more
    return head + b"\r\n\r\n" + body


def certificate(folder):
    """A self-signed certificate for 127.0.0.1; returns the paths of certificate and key."""
    folder = pathlib.Path(folder)
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return cert, key


class Proxy:
    """`choose(n)` names the fault of the n-th request (from 1), with its parameter; None lets it pass."""

    FAULTS = ("refuse", "reset", "cut_request", "cut_answer", "stall", "drop_acknowledgement", "trickle")

    def __init__(self, port, upstream, choose=lambda number: None, tls=None, answer=None):
        self.upstream = upstream
        self.choose = choose
        self.answer = answer or (lambda request: None)  # request -> (status, body) instead of the hub's
        self.fired = collections.Counter()
        self.requests = 0
        self._for_next_connection = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._open = set()
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(64)
        self._listener.settimeout(0.1)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        self._closing.set()
        self._thread.join()
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except socket.timeout:
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _next(self):
        with self._lock:
            self.requests += 1
            return self.choose(self.requests)

    def _fire(self, name):
        with self._lock:
            self.fired[name] += 1

    def _serve(self, connection):
        with self._lock:
            self._open.add(connection)
        try:
            self._serve_requests(connection)
        except (OSError, ssl.SSLError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _serve_requests(self, connection):
        connection.settimeout(60)
        fault = self._for_next_connection or self._next()
        self._for_next_connection = None
        if fault and fault[0] == "refuse":
            self._fire("refuse")
            return reset(connection)
        if self._tls:
            if fault and fault[0] == "handshake":
                self._fire("handshake")
                connection.recv(fault[1])
                return reset(connection)
            connection = self._tls.wrap_socket(connection, server_side=True)
        while not self._closing.is_set():
            if not self._carry(connection, fault):
                return
            fault = self._next()

    def _carry(self, connection, fault):
        """One request and its answer; whether the connection can be used on."""
        kind, parameter = fault or (None, None)
        if kind == "handshake":
            self._for_next_connection = fault
            return False
        if kind == "refuse":  # the connection was there already
            if connection.recv(1):
                self._fire(kind)
                reset(connection)
            return False
        if kind in ("reset", "cut_request"):
            begun = connection.recv(parameter)
            if not begun:
                return False
            connection.settimeout(0.2)
            with contextlib.suppress(socket.timeout):  # a short request is cut behind its end
                while len(begun) < parameter:
                    more = connection.recv(parameter - len(begun))
                    if not more:
                        break
                    begun += more
            self._fire(kind)
            if kind == "reset":
                reset(connection)
            else:  # what has come goes on to the hub, which never sees the rest
                with socket.create_connection(self.upstream) as hub:
                    hub.sendall(begun)
            return False
        request = read_message(connection)
        if request is None:
            return False
        instead = self.answer(request)
        if instead:
            status, body = instead
            connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)
            return True
        if kind == "stall":
            self._fire("stall")
            self._closing.wait(parameter)
            return False
        try:
            with socket.create_connection(self.upstream, timeout=30) as hub:
                hub.sendall(request)
                answer = read_message(hub)
        except OSError:
            answer = None
        if answer is None:
            return False
        if kind == "drop_acknowledgement":
            self._fire(kind)
            return False
        if kind == "cut_answer":
            connection.sendall(answer[:min(parameter, len(answer) - 1)])
            self._fire(kind)
            return False
        if kind == "trickle":
            self._fire(kind)
            for at in range(parameter):
                connection.sendall(answer[at:at + 1])
                if self._closing.wait(1):
                    return False
            return False
        connection.sendall(answer)
        return True
