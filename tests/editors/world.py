"""A normal user's home, not below /tmp, with the real agent in it.

Both matter: Vim makes no backups below /tmp, nano reads root's home whatever HOME says, and traces of one user's
editors are not shown to another's agent.
"""
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

USER = "vigil-editors"


def normal_user():
    """Who runs the editors: we, or where we are root a user of the tests' own."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--create-home", "--home-dir", f"/var/lib/{USER}", "--shell", "/bin/bash", USER], check=True)
        return pwd.getpwnam(USER)


def wait_until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class World:
    """One home with one repository, `~/code/demo`, and one running agent."""

    def __init__(self, agent, user, name):
        self.user = user
        self.home = pathlib.Path(user.pw_dir) / f"vigil-{name}-{os.getpid()}"
        if str(self.home).startswith("/tmp/"):
            raise SystemExit(f"{self.home}: editors behave otherwise below /tmp; use a user with another home")
        self.project = self.home / "code" / "demo"
        self.agent = self.home / "agent"  # the user may not be able to enter the folder where it was built
        self.processes = []
        self.environment = {
            "HOME": str(self.home), "USER": user.pw_name, "LOGNAME": user.pw_name, "PATH": "/usr/bin:/bin", "TERM": "xterm",
            "LANG": "C.UTF-8", "TZ": "UTC", "XDG_RUNTIME_DIR": str(self.home / "run"), "SHELL": "/bin/sh",
            "VIGIL_LISTEN": f"127.0.0.1:{free_port()}", "VIGIL_PROJECT_ROOTS": str(self.home / "code")}
        self.home.mkdir(mode=0o755)
        for folder in (self.project / "src", self.home / "run", self.home / ".local/share", self.home / ".local/state",
                       self.home / ".config"):
            folder.mkdir(parents=True)
        shutil.copy(agent, self.agent)
        os.chmod(self.home / "run", 0o700)
        (self.project / ".gitignore").write_text("build/\n")
        (self.project / "src" / "main.py").write_text("first = 1\nsecond = 2\n")
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", str(self.home)], check=True)
        for arguments in (["init", "-q", "-b", "main"], ["config", "user.name", "Ada"],
                          ["config", "user.email", "ada@example.com"], ["add", "."], ["commit", "-qm", "first"]):
            self.call(["git", *arguments])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if "VIGIL_KEEP_HOMES" not in os.environ:
            shutil.rmtree(self.home, ignore_errors=True)

    def as_user(self):
        """Arguments that make a child the user's."""
        if os.getuid() != 0:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def call(self, arguments, check=True, **options):
        return subprocess.run([str(each) for each in arguments], env=self.environment, cwd=self.project, check=check,
                              capture_output=True, text=True, timeout=60, **self.as_user(), **options)

    def write(self, path, text):
        """A file of the user's."""
        self.call(["python3", "-c", "import os, sys\nos.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)\n"
                   "open(sys.argv[1], 'w').write(sys.argv[2])", path, text])

    def start(self, arguments, **variables):
        """A program that stays; ends with this world."""
        with open(self.home / (pathlib.Path(str(arguments[0])).name + ".log"), "ab") as log:
            process = subprocess.Popen([str(each) for each in arguments], env={**self.environment, **variables},
                                       cwd=self.project, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.as_user())
        self.processes.append(process)
        return process

    def start_agent(self):
        self.start([self.agent, "run"])
        wait_until(self.is_ready, "the agent watches the project")

    def status(self):
        done = self.call([self.agent, "status", "--json"], check=False)
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {}

    def is_ready(self):
        daemon = self.status().get("daemon") or {}
        trees = (daemon.get("projects") or {}).get("trees", [])
        return trees and all(tree["ready"] for tree in trees)

    def writes(self):
        """What the agent took the writes for that it saw: reason and number."""
        projects = (self.status().get("daemon") or {}).get("projects") or {}
        return {reason: number for reason, number in projects.get("writes", {}).items() if number}

    def heartbeats(self):
        """What the hub has of files, in the order of time."""
        done = self.call([self.agent, "export", "all_time", "--format", "ndjson"])
        all_of_them = [json.loads(line) for line in done.stdout.splitlines()]
        return sorted((each for each in all_of_them if each.get("entity_type", "file") == "file"), key=lambda each: each["time"])

    def human_saves(self):
        return [each for each in self.heartbeats() if each["action"] == "save" and each["actor"] == "human"]

    def wait_for_saves(self, count, seconds=6):
        """Until there are so many, or the time is over; then as long as a further one could still be on its way."""
        try:
            wait_until(lambda: len(self.human_saves()) >= count, "saves", seconds)
        except TimeoutError:
            pass
        time.sleep(1.2)
        return self.human_saves()
