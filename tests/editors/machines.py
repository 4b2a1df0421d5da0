"""What programs do to a project by themselves: nobody's work, however many files change."""
import json
import os
import time

COUNT = 100


def names(world):
    return [f"src/part{number}.py" for number in range(COUNT)]


def write_all(world, text):
    """By one process, as a generator does."""
    script = "import sys\nfor name in sys.argv[2:]:\n    open(name, 'w').write(sys.argv[1])\n"
    world.call(["python3", "-c", script, text, *names(world)])


def prepare(world):
    """Before the agent looks: two branches that differ in many files, and a C program."""
    write_all(world, "value = 1\n")
    (world.project / "Makefile").write_text("all: build/main\nbuild/main: src/main.c\n\tmkdir -p build\n\tcc -c -o build/main.o "
                                            "src/main.c\n\tcc -o build/main build/main.o\n\tdate > src/stamp.h\n")
    (world.project / "src/main.c").write_text("int   main( void ){return 0 ;}\n")
    world.call(["git", "add", "."])
    world.call(["git", "commit", "-qm", "parts"])
    world.call(["git", "checkout", "-qb", "other"])
    write_all(world, "value = 2\n")
    world.call(["git", "commit", "-qam", "changed"])
    world.call(["git", "checkout", "-q", "main"])
    (world.project / "src/only_main.py").write_text("x = 1\n")
    world.call(["git", "add", "."])
    world.call(["git", "commit", "-qm", "main goes on"])


def checkout(world):
    world.call(["git", "checkout", "-q", "other"])
    world.call(["git", "checkout", "-q", "main"])
    return 2 * COUNT


def rebase(world):
    world.call(["git", "checkout", "-q", "other"])
    world.call(["git", "rebase", "-q", "main"])
    return COUNT


def stash(world):
    script = "sed -i s/value/amount/ " + " ".join(names(world))
    world.call(["sh", "-c", script + " && git stash -q && git stash pop -q && git checkout -q ."])
    return 4 * COUNT


def sed(world):
    world.call(["sed", "-i", "s/value/number/", *names(world)])
    return COUNT


def formatter(world):
    world.call(["clang-format", "-i", "src/main.c"])
    script = "import sys\nfor name in sys.argv[1:]:\n    text = open(name).read()\n    open(name, 'w').write(text.rstrip() + '  # x\\n')\n"
    world.call(["python3", "-c", script, *names(world)])
    return COUNT + 1


def build(world):
    world.call(["make", "-s"])
    return 4


def rsync(world):
    other = world.home / "other"
    world.call(["cp", "-r", "src", str(other)])
    world.call(["sh", "-c", f"for f in {other}/*.py; do echo '# y' >> $f; done"])
    world.call(["rsync", "-r", f"{other}/", "src/"])
    return COUNT


def ai_tool(world):
    """One write in the way of Claude Code's, and its session's log which claims it a moment later."""
    log = world.home / ".claude/projects" / str(world.project).replace("/", "-") / "5e550001-0000-4000-8000-000000000000.jsonl"
    path = world.project / "src/main.py"
    now = time.time()

    def line(number, content, kind="assistant"):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (now % 1 * 1000)
        message = {"role": kind, "content": content}
        if kind == "assistant":
            message.update(id=f"msg_01ABCDEFGHJKMNPQRSTV{number:04d}", type="message", model="claude-test-1", stop_reason="tool_use",
                           usage={"input_tokens": 1, "output_tokens": 1})
        return json.dumps({"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": str(world.project),
                           "sessionId": "5e550001-0000-4000-8000-000000000000", "version": "2.1.0", "gitBranch": "main",
                           "type": kind, "uuid": f"5e550001-0000-4000-8000-{number:012d}", "timestamp": stamp,
                           "requestId": f"req_{number}", "message": message}) + "\n"

    temporary = f"{path}.tmp.{os.getpid()}.{int(now * 1000)}"
    call = [{"type": "tool_use", "id": "toolu_01ABCDEFGHJKMNPQRSTVWX", "name": "Write",
             "input": {"file_path": str(path), "content": "first = 2\n"}}]
    result = [{"type": "tool_result", "tool_use_id": "toolu_01ABCDEFGHJKMNPQRSTVWX", "content": "done"}]
    script = ("import os, sys\npath, temporary, log, before, after = sys.argv[1:]\nos.makedirs(os.path.dirname(log), exist_ok=True)\n"
              "open(log, 'a').write(before)\nopen(temporary, 'w').write('first = 2\\n')\nos.rename(temporary, path)\n"
              "open(log, 'a').write(after)\n")
    world.call(["python3", "-c", script, str(path), temporary, str(log), line(1, "do", "user") + line(2, call), line(3, result, "user")])
    return 1


def sed_once(world):
    world.call(["sed", "-i", "s/value/number/", "src/part7.py"])
    return 1


def sed_on_open_file(world):
    world.call(["sed", "-i", "s/first/last/", "src/main.py"])
    return 1


def script_on_open_file(world):
    world.call(["python3", "-c", "open('src/main.py', 'a').write('third = 3\\n')"])
    return 1


def checkout_of_one(world):
    world.call(["sh", "-c", "git checkout -q other -- src/part7.py"])
    return 1


def script_once(world):
    world.call(["python3", "-c", "open('src/part7.py', 'a').write('third = 3\\n')"])
    return 1


def copy_once(world):
    world.call(["cp", "-p", "src/part7.py", "src/copied.py"])
    return 1


MACHINES = [("git checkout", checkout), ("git rebase", rebase), ("git stash", stash), ("sed -i", sed), ("formatter", formatter),
            ("build", build), ("rsync", rsync), ("AI tool", ai_tool), ("sed -i, one file", sed_once), ("sed -i, open file", sed_on_open_file),
            ("script, open file", script_on_open_file), ("script, one file", script_once),
            ("git, one file", checkout_of_one), ("cp -p", copy_once)]
