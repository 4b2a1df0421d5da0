"""Machines without a terminal, a configuration file, perhaps without a home: everything by VIGIL_* variables."""
import base64
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from harness import AGENT, Home, claude_line, free_port


class Headless(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vigil-headless-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_bare(self, *arguments, **variables):
        return subprocess.run([AGENT, *arguments], env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd="/")

    def test_without_a_home_exit_78_names_the_three_variables(self):
        done = self.run_bare("run", "--once")
        self.assertEqual(done.returncode, 78)
        for name in ("VIGIL_CONFIG_DIR", "VIGIL_DATA_DIR", "VIGIL_STATE_DIR"):
            self.assertIn(name, done.stderr)

    def test_everything_can_be_said_by_variables_and_the_seed_is_wiped_from_the_environment(self):
        logs = self.folder / "claude/projects/p"
        logs.mkdir(parents=True)
        session = "5e550001-0000-4000-8000-000000000000"
        (logs / f"{session}.jsonl").write_text("".join(claude_line(session, n) for n in range(30)))
        seed = base64.b64encode(b"s" * 32).decode()
        variables = dict(VIGIL_CONFIG_DIR=str(self.folder / "c"), VIGIL_DATA_DIR=str(self.folder / "d"), VIGIL_STATE_DIR=str(self.folder / "s"),
                         VIGIL_CLAUDE_ROOTS=str(self.folder / "claude"), VIGIL_CODEX_ROOTS=str(self.folder / "none"), VIGIL_SOURCE="ci-1",
                         VIGIL_KEY=seed, VIGIL_LISTEN=f"127.0.0.1:{free_port()}")
        done = self.run_bare("run", "--once", **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        exported = self.run_bare("export", "all_time", "--format", "ndjson", **variables)
        self.assertEqual(exported.stdout.count('"action":"reply"'), 30)

        process = subprocess.Popen([AGENT, "run"], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        try:
            time.sleep(0.5)
            self.assertNotIn(seed.encode(), pathlib.Path(f"/proc/{process.pid}/environ").read_bytes())
        finally:
            process.terminate()
            process.wait(timeout=5)

    def test_a_start_loads_no_library_that_only_repositories_need(self):
        listed = self.run_bare("--version", LD_TRACE_LOADED_OBJECTS="1").stdout
        self.assertIn("libc.so", listed)
        for name in ("libgit2", "libkrb5", "libmbedtls"):
            self.assertNotIn(name, listed)

    def test_the_key_may_come_by_file_descriptor(self):
        read, write = os.pipe()
        os.write(write, b"k" * 32)
        os.close(write)
        done = subprocess.run([AGENT, "keys", "public"], pass_fds=[read], capture_output=True, text=True, timeout=20,
                              env=dict(HOME=str(self.folder), VIGIL_KEY_FD=str(read), VIGIL_SOURCE="ci-2"))
        os.close(read)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ci-2:", done.stdout)

    def test_a_key_that_cannot_be_used_stops_what_needs_one_but_no_question_about_the_program(self):
        for variables in (dict(VIGIL_KEY="not a key"), dict(VIGIL_KEY_FD="99")):
            with self.subTest(variables):
                variables["HOME"] = str(self.folder)
                self.assertEqual(self.run_bare("--version", **variables).returncode, 0)
                self.assertIn("agent run", self.run_bare("--help", **variables).stdout)
                refused = self.run_bare("keys", "public", **variables)
                self.assertEqual(refused.returncode, 78)
                self.assertIn(next(iter(variables)), refused.stderr)
                self.assertNotIn("not a key\n", refused.stderr)

    def test_a_loose_key_file_is_refused_and_queueing_goes_on(self):
        with Home() as home:
            home.run("init", "--yes")
            folder = home.path / ".claude/projects/p"
            folder.mkdir(parents=True)
            session = "5e550001-0000-4000-8000-000000000000"
            (folder / f"{session}.jsonl").write_text("".join(claude_line(session, n) for n in range(10)))
            (home.config / "key").chmod(0o644)
            done = home.run("run", "--once", expect=75)
            self.assertGreaterEqual(home.pending(), 10)
            (home.config / "key").chmod(0o600)
            home.run("run", "--once")
            self.assertEqual(sum(event["action"] == "reply" for event in home.export()), 10)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "needs root for a process namespace")
    def test_as_process_one_it_works_and_ends_on_sigterm(self):
        with Home() as home:
            process = subprocess.Popen(["unshare", "-p", "-f", "--kill-child", AGENT, "run"], env=home.environment, cwd="/",
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            try:
                end = time.monotonic() + 10
                while not home.hub_answers() and time.monotonic() < end:
                    time.sleep(0.02)
                self.assertTrue(home.hub_answers())
                children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                begun = time.monotonic()
                os.kill(int(children[0]), signal.SIGTERM)
                self.assertEqual(process.wait(timeout=5), 0)
                self.assertLess(time.monotonic() - begun, 2.0)
            finally:
                process.kill()
                process.wait()
                process.stderr.close()


if __name__ == "__main__":
    unittest.main()
