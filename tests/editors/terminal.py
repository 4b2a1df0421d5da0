"""A program in a pseudo-terminal whose keys a script presses. Standard library only."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class Terminal:
    """Runs one program in a terminal of 100 x 30. What it draws is read and forgotten (the last of it is kept for
    error messages); questions that programs ask their terminal are answered as a plain xterm would."""

    ANSWERS = {b"\x1b[c": b"\x1b[?62;c", b"\x1b[0c": b"\x1b[?62;c", b"\x1b[>c": b"\x1b[>0;10;1c",
               b"\x1b[6n": b"\x1b[1;1R", b"\x1b[5n": b"\x1b[0n"}

    def __init__(self, arguments, environment, directory, user=None):
        self.drawn = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                if user is not None:
                    os.setgroups([])
                    os.setgid(user.pw_gid)
                    os.setuid(user.pw_uid)
                os.chdir(directory)
                os.execvpe(arguments[0], arguments, environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def watch(self, seconds):
        """Reads what the program draws for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                return
            try:
                piece = os.read(self.fd, 65536)
            except OSError:  # the program has ended
                time.sleep(max(0.0, min(left, 0.01)))
                return
            self.drawn = (self.drawn + piece)[-65536:]
            for question, answer in self.ANSWERS.items():
                if question in piece:
                    os.write(self.fd, answer)

    def watch_until(self, condition, seconds):
        """Reads until `condition()` holds; whether it came to hold."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.watch(0.02)
        return True

    def press(self, keys, pause=0.02):
        """One key after the other, as a person presses them: an escape sequence is one key."""
        for key in keys if isinstance(keys, (list, tuple)) else list(keys):
            os.write(self.fd, key.encode() if isinstance(key, str) else key)
            self.watch(pause)

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def close(self, seconds=5):
        """Waits for the program's end; past that it is killed."""
        if not self.watch_until(self.ended, seconds):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
