"""A headless Chromium that a script drives: its debugging protocol over a WebSocket, standard library only."""
import base64
import json
import os
import re
import socket
import struct
import time
import urllib.request


class WebSocket:
    """Just enough of RFC 6455 for one local peer: text frames, masked on the way out."""

    def __init__(self, host, port, path):
        self.socket = socket.create_connection((host, port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(4096)
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode(errors="replace"))

    def send(self, text):
        data = text.encode()
        mask = os.urandom(4)
        size = len(data)
        head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0xFE]) + struct.pack(">H", size) if size < 65536 \
            else bytes([0x81, 0xFF]) + struct.pack(">Q", size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))

    def take(self, count):
        while len(self.rest) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError("closed")
            self.rest += piece
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def receive(self):
        whole = b""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.take(8))[0]
            whole += self.take(size)
            if first & 0x80:
                return whole.decode(errors="replace")


class Browser:
    """One page. Keys are pressed as the protocol's key events, so that a page sees what a keyboard makes."""

    def __init__(self, world, program):
        self.process = world.start([program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
                                    "--window-size=1400,900", f"--user-data-dir={world.home}/chromium", "about:blank"])
        log = world.home / (os.path.basename(program) + ".log")
        end = time.monotonic() + 30
        while not (found := re.search(r"ws://([\d.]+):(\d+)/", log.read_text(errors="replace"))):
            if time.monotonic() > end:
                raise TimeoutError("the browser does not answer: " + log.read_text(errors="replace")[-500:])
            time.sleep(0.1)
        host, port = found.group(1), int(found.group(2))
        with urllib.request.urlopen(f"http://{host}:{port}/json", timeout=10) as answer:
            page = next(each for each in json.load(answer) if each["type"] == "page")
        self.socket = WebSocket(host, port, "/" + page["webSocketDebuggerUrl"].split("/", 3)[3])
        self.number = 0

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.receive())
            if answer.get("id") == self.number:
                return answer.get("result", {})

    def open(self, address):
        self.call("Page.enable")
        self.call("Page.navigate", url=address)

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True).get("result", {}).get("value")

    def wait_for(self, expression, seconds=90):
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"the page does not get there: {expression}: {self.value('document.title')}")
            time.sleep(0.2)

    def type(self, text):
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="char", text=letter)
            time.sleep(0.02)

    def press(self, key, code, number, modifiers=0):
        """`modifiers`: 1 Alt, 2 Ctrl, 8 Shift."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number, modifiers=modifiers)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
