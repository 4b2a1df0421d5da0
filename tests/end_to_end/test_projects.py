"""Saves in project trees: whose they are, what is not anybody's, and what destinations are told of them."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from harness import Home, wait_until

QUIET = 1.2  # longer than a write takes to settle and to be stored


class Project:
    """A repository below a home, and programs that write in it."""

    def __init__(self, home, name="demo", commit=True):
        self.home = home
        self.path = home.path / "src" / name
        self.path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.email", "ada@example.com")
        self.git("config", "user.name", "Ada")
        (self.path / "README.md").write_text("demo\n")
        if commit:
            self.git("add", ".")
            self.git("commit", "-qm", "first")

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.path, env={**self.home.environment, "GIT_CONFIG_NOSYSTEM": "1"},
                       check=True, capture_output=True)

    def save_as_vim(self, name, text):
        """What Vim does by default: a probe, the old file as backup, the new one, and the backup's end."""
        path = self.path / name
        probe = self.path / "4913"
        probe.touch()
        probe.unlink()
        backup = path.with_name(path.name + "~")
        if path.exists():
            path.rename(backup)
        path.write_text(text)
        backup.unlink(missing_ok=True)

    def open_in_vim(self, name):
        """A swap file as Vim writes it, of a process that lives and is called vim."""
        path = self.path / name
        program = self.home.path / "vim"
        shutil.copy("/usr/bin/sleep", program)
        vim = subprocess.Popen([program, "120"])
        self.home.processes.append(vim)
        # The kernel tells Popen that the program runs a moment before it gives it its name.
        name_file = pathlib.Path(f"/proc/{vim.pid}/comm")
        wait_until(lambda: name_file.read_text() == "vim\n", "the program has its name")
        head = bytearray(4096)
        head[0:2] = b"b0"
        head[2:9] = b"VIM 9.0"
        head[12:16] = (4096).to_bytes(4, "little")
        stat = path.stat()
        head[16:20] = int(stat.st_mtime).to_bytes(4, "little")
        head[20:24] = (stat.st_ino & 0xFFFFFFFF).to_bytes(4, "little")
        head[24:28] = vim.pid.to_bytes(4, "little")
        head[108:108 + len(os.fsencode(path))] = os.fsencode(path)
        head[1008:1016] = (0x30313233).to_bytes(8, "little")
        (self.path / f".{name}.swp").write_bytes(head)


class Projects(unittest.TestCase):
    def setUp(self):
        self.home = Home(VIGIL_LEARN_PROJECTS="false")
        self.addCleanup(self.home.__exit__)
        self.project = Project(self.home)
        self.home.environment["VIGIL_PROJECT_ROOTS"] = str(self.home.path / "src")

    def start(self):
        agent = self.home.start("run")
        wait_until(lambda: all(tree["ready"] for tree in self.trees()) and self.trees(), "the tree is ready")
        return agent

    def trees(self):
        return self.home.daemon().get("projects", {}).get("trees", [])

    def writes(self):
        return self.home.daemon()["projects"]["writes"]

    def saves(self):
        return [event for event in self.home.export() if event["action"] == "save"]

    def expect(self, count, what):
        wait_until(lambda: len(self.saves()) >= count, what)
        time.sleep(QUIET)
        saves = self.saves()
        self.assertEqual(len(saves), count, saves)
        return saves

    def humans(self):
        return [event for event in self.saves() if event["actor"] == "human"]

    def test_a_save_is_one_heartbeat_with_all_that_is_known(self):
        self.start()
        self.project.save_as_vim("main.py", "a\nb\n")
        first = self.expect(1, "the first save")[0]
        self.assertEqual((first["entity"], first["project"], first["branch"], first["language"], first["lines"]),
                         ("main.py", "demo", "main", "Python", 2))
        self.assertTrue(first["is_write"])
        self.assertEqual(first["category"], "coding")
        self.project.save_as_vim("main.py", "a\nb\nc\n")
        second = self.expect(2, "the second save")[-1]
        self.assertEqual((second["lines_added"], second["lines_removed"]), (1, 0))

    def test_what_git_and_tools_write_is_nobodys(self):
        names = [f"f{i}.py" for i in range(200)]
        for name in names:
            (self.project.path / name).write_text("one\n")
        self.project.git("add", ".")
        self.project.git("commit", "-qm", "second")
        self.project.git("checkout", "-qb", "other")
        for name in names:
            (self.project.path / name).write_text("two\n")
        self.project.git("commit", "-qam", "third")
        self.start()
        self.project.git("checkout", "-q", "main")
        self.project.git("checkout", "-q", "other")
        time.sleep(QUIET)
        subprocess.run(["sed", "-i", "s/two/three/", *names[:100]], cwd=self.project.path, check=True)
        time.sleep(QUIET)
        for name in names:  # a formatter: in place, one after the other
            (self.project.path / name).write_text("four\n")
        time.sleep(QUIET)
        self.project.git("stash", "-q")
        time.sleep(QUIET)
        os.utime(self.project.path / "f0.py")
        shutil.copy2(self.project.path / "README.md", self.project.path / "copied.md")
        time.sleep(QUIET)
        self.assertEqual(self.saves(), [])
        writes = self.writes()
        self.assertGreaterEqual(writes["git"], 400, writes)
        self.assertGreaterEqual(writes["tool"], 90)  # of sed's random names some look like words
        self.assertGreaterEqual(writes["burst"], 190)

    def test_a_restart_tells_of_what_changed_meanwhile_once(self):
        agent = self.start()
        self.project.save_as_vim("seen.py", "1\n")
        self.expect(1, "the save that is seen")
        self.home.stop(agent, signal.SIGKILL)
        (self.project.path / "missed.py").write_text("1\n")
        time.sleep(0.1)
        agent = self.start()
        saves = self.expect(2, "the save that was missed")
        missed = [event for event in saves if event["entity"] == "missed.py"]
        self.assertEqual(missed[0]["flags"], ["observed"])
        seen = [event for event in saves if event["entity"] == "seen.py"]
        self.assertNotIn("flags", seen[0])
        self.home.stop(agent)
        self.start()
        self.expect(2, "nothing more")

    def test_a_first_look_tells_nothing(self):
        for i in range(50):
            (self.project.path / f"old{i}.py").write_text("1\n")
        self.start()
        time.sleep(QUIET)
        self.assertEqual(self.saves(), [])

    def test_a_save_that_an_ai_tool_claims_is_the_agents_and_counts_once(self):
        self.start()
        folder = self.home.path / ".claude/projects/-demo"
        folder.mkdir(parents=True)
        session = "5e550001-0000-4000-8000-000000000000"
        common = {"cwd": str(self.project.path), "sessionId": session, "version": "2.1.329", "isSidechain": False}

        def stamp():
            now = time.time()
            return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (now % 1 * 1000)

        def write(**record):
            with open(folder / f"{session}.jsonl", "a") as log:
                log.write(json.dumps({**common, "timestamp": stamp(), **record}) + "\n")

        target = self.project.path / "made.py"
        write(type="user", uuid="u1", message={"role": "user", "content": "make it"})
        time.sleep(0.3)
        write(type="assistant", uuid="a1", requestId="req_1", message={
            "id": "msg_00000000000000000001", "role": "assistant", "model": "claude-test-1", "usage": {"input_tokens": 1, "output_tokens": 1},
            "content": [{"type": "tool_use", "id": "toolu_00000000000000000001", "name": "Write",
                         "input": {"file_path": str(target), "content": "x"}}]})
        target.write_text("x\n")
        wait_until(lambda: self.saves(), "the save is seen")
        self.assertEqual(self.saves()[0]["actor"], "unknown")
        write(type="user", uuid="u2", toolUseResult={"type": "create", "filePath": str(target), "structuredPatch": [], "content": "x\n"},
              message={"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_00000000000000000001", "content": "ok"}]})
        claimed = wait_until(lambda: [event for event in self.saves() if event["actor"] == "agent"], "the log claims it")[0]
        call = [event for event in self.home.export() if event.get("tool_class") == "write"][0]
        self.assertEqual(claimed["same_as"], call["id"])
        self.assertEqual(len(self.saves()), 1)
        self.assertEqual(self.humans(), [])

    def test_a_swap_file_says_who_saved(self):
        (self.project.path / "main.py").write_text("1\n")
        self.start()
        self.project.open_in_vim("main.py")
        wait_until(lambda: any(event["action"] == "open" for event in self.home.export()), "the file is seen open")
        self.project.save_as_vim("main.py", "2\n")
        save = self.expect(1, "the save")[0]
        self.assertEqual((save["actor"], save["app"]), ("human", "vim"))

    def test_hidden_names_reach_no_store(self):
        self.home.environment["VIGIL_HIDE"] = "files,branches,projects"
        self.start()
        self.project.save_as_vim("secret_plan.py", "1\n")
        save = self.expect(1, "the save")[0]
        self.assertEqual(save["entity"], "HIDDEN.py")
        self.assertNotIn("branch", save)
        self.assertTrue(save["project"].startswith("project-"))
        shown = self.home.json("privacy", "preview", str(self.project.path / "secret_plan.py"))
        self.assertEqual(len(shown["sinks"]), 1)
        body = json.loads(shown["sinks"][0]["body"])
        self.assertEqual((body["entity"], body["project"]), (save["entity"], save["project"]))

    def test_excluded_paths_and_pauses_leave_nothing(self):
        self.home.environment["VIGIL_EXCLUDE"] = "/secret/"
        (self.project.path / "secret").mkdir()
        self.start()
        (self.project.path / "secret/a.py").write_text("1\n")
        time.sleep(QUIET)
        self.home.run("pause", "1h")
        (self.project.path / "paused.py").write_text("1\n")
        time.sleep(QUIET)
        self.assertTrue(self.home.daemon()["paused"])
        self.home.run("resume")
        (self.project.path / "open.py").write_text("1\n")
        saves = self.expect(1, "the save after the pause")
        self.assertEqual(saves[0]["entity"], "open.py")

    def test_projects_are_added_named_hidden_and_removed(self):
        del self.home.environment["VIGIL_PROJECT_ROOTS"]
        other = Project(self.home, "other")
        self.home.start("run")
        self.assertEqual(self.home.json("project", "list")["items"], [])
        self.home.run("project", "add", other.path)
        wait_until(lambda: any(tree["ready"] for tree in self.trees()), "the added tree is ready")
        self.home.run("project", "alias", "other", "known")
        wait_until(lambda: all(tree["ready"] for tree in self.trees()), "the tree is ready again")
        other.save_as_vim("a.py", "1\n")
        self.assertEqual(self.expect(1, "a save in it")[0]["project"], "known")
        shown = self.home.json("project", "show", "known")["items"]
        self.assertEqual((shown[0]["root"], shown[0]["branch"], shown[0]["why"]), (str(other.path), "main", "configured"))
        self.home.run("project", "hide", "known")
        self.assertTrue(self.home.json("project", "show", "known")["items"][0]["hidden"])
        self.home.run("project", "unhide", "known")
        self.home.run("project", "unhide", "known", expect=10)
        self.home.run("project", "remove", "known")
        self.assertEqual(self.trees(), [])
        self.home.run("project", "show", "nobody", expect=10)


if __name__ == "__main__":
    unittest.main()
