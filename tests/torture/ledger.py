"""The writers' side of the story: what was meant to be written, what was, what was taken away, and when the program
could have seen it. One JSON object per line, synced before the disk under test is touched. The oracle reads nothing
else but this file and the hub's store."""
import json
import os
import threading
import time


class Ledger:
    def __init__(self, path):
        self.path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def note(self, what, **facts):
        """Returns the moment that was noted. Intents are synced, the rest follows with the next intent."""
        moment = time.monotonic()
        line = json.dumps({"what": what, "at": moment, **facts}).encode() + b"\n"
        with self._lock:
            os.write(self._fd, line)
            if what == "intent":
                os.fdatasync(self._fd)
        return moment

    def close(self):
        os.fsync(self._fd)
        os.close(self._fd)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
