"""How each editor is driven, by the keys that a person presses."""
import os
import re
import shutil
import subprocess
import time

from terminal import Terminal

ESCAPE = "\x1b"


def control(letter):
    return chr(ord(letter.upper()) - 64)


def version_of(package):
    """The upstream part of what the package manager says."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return re.sub(r"^\d+:|[-+].*$", "", done.stdout) or "?"


class TerminalEditor:
    """`insert` and `save` are keys; `tells` is what the editor's traces show before the first save: `open`, `edit`,
    both, or nothing."""

    def __init__(self, name, program, package, insert, save, leave, tells, options=(), start=1.5, app=None):
        self.app = app or name
        self.name, self.program, self.package = name, program, package
        self.insert, self.save, self.leave, self.tells = insert, save, leave, tells
        self.options, self.start_time = list(options), start
        self.terminal = None

    def is_installed(self):
        return shutil.which(self.program) is not None

    def open(self, world, file):
        user = world.user if world.as_user() else None
        self.terminal = Terminal([self.program, *self.options, file], world.environment, str(world.project), user)
        self.terminal.watch(self.start_time)

    def type(self, text):
        self.terminal.press([*self.insert(text)])

    def press_save(self):
        self.terminal.press(self.save)

    def wait(self, seconds):
        self.terminal.watch_until(lambda: False, seconds)

    def close(self):
        self.terminal.press(self.leave, pause=0.1)
        self.terminal.close()


def vi_insert(text):
    return ["o", *text, ESCAPE]


def plain_insert(text):
    return [*text]


class DesktopEditor:
    """Under Xvfb, keys by xdotool."""

    insert = staticmethod(plain_insert)

    def __init__(self, name, program, package, tells):
        self.app = name
        self.name, self.program, self.package, self.tells = name, program, package, tells
        self.display = None

    def is_installed(self):
        return all(shutil.which(each) for each in (self.program, "Xvfb", "xdotool", "dbus-run-session"))

    def xdotool(self, *arguments):
        return self.world.call(["xdotool", *arguments], check=False).stdout.split()

    def open(self, world, file):
        self.world = world
        read, write = os.pipe()
        world.processes.append(subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
                                                pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        os.close(write)
        with open(read) as answer:
            number = answer.readline().strip()
        world.environment.update(DISPLAY=f":{number}", NO_AT_BRIDGE="1", GTK_A11Y="none", GSK_RENDERER="cairo")
        self.process = world.start(["dbus-run-session", "--", self.program, file])
        for _ in range(100):
            windows = self.xdotool("search", "--onlyvisible", "--name", ".")  # on a display of its own
            if windows:
                break
            time.sleep(0.1)
        time.sleep(1.5)
        self.xdotool("windowfocus", windows[-1])

    def type(self, text):
        self.xdotool("type", "--delay", "15", text)

    def press_save(self):
        self.xdotool("key", "ctrl+s")

    def wait(self, seconds):
        time.sleep(seconds)

    def close(self):
        self.xdotool("key", "ctrl+q")
        for _ in range(50):
            if self.process.poll() is not None:
                return
            time.sleep(0.1)


EDITORS = [
    TerminalEditor("vim", "vim", "vim", vi_insert, ":w\r", ":q!\r", "open"),
    TerminalEditor("vim, no swap", "vim", "vim", vi_insert, ":w\r", ":q!\r", "", options=["-n"], app="vim"),
    TerminalEditor("vim, in place", "vim", "vim", vi_insert, ":w\r", ":q!\r", "open", options=["-c", "set nowritebackup"], app="vim"),
    TerminalEditor("vim, neither", "vim", "vim", vi_insert, ":w\r", ":q!\r", "", options=["-n", "-c", "set nowritebackup"], app="vim"),
    TerminalEditor("neovim", "nvim", "neovim", vi_insert, ":w\r", ":q!\r", "open"),
    TerminalEditor("emacs", "emacs", "emacs-nox", plain_insert, [control("x"), control("s")], [control("x"), control("c")],
                   "edit", options=["-nw"], start=4),
    TerminalEditor("nano", "nano", "nano", plain_insert, [control("s")], [control("x")], "open", options=["-G"]),
    TerminalEditor("micro", "micro", "micro", plain_insert, [control("s")], [control("q")], "edit", start=2),
    TerminalEditor("joe", "joe", "joe", plain_insert, [control("k"), "d", "\r"], [control("k"), "q"], "edit"),
    TerminalEditor("kakoune", "kak", "kakoune", vi_insert, ":w\r", ":q!\r", ""),
    DesktopEditor("mousepad", "mousepad", "mousepad", "open"),
    DesktopEditor("gedit", "gedit", "gedit", "open"),
    DesktopEditor("gnome-text-editor", "gnome-text-editor", "gnome-text-editor", "open"),
    DesktopEditor("geany", "geany", "geany", ""),
    DesktopEditor("kate", "kate", "kate", "edit"),
]

EXTRA_PACKAGES = ["xvfb", "xdotool", "dbus-x11", "dbus", "git", "rsync", "make", "gcc", "clang-format"]
