"""What the power left of the writers' files, and what is owed of it."""
from writer import started


def take_stock(writer, ledger):
    """What the writers' files hold after the power came back: what is gone is noted, and what a truncation or a rename
    had taken away may be there again."""
    contents = {path: path.read_bytes() for path in writer.home.rglob("*.jsonl")}
    found = {line.strip(b"\0") for content in contents.values() for line in content.split(b"\n")}
    known = {line for lines in writer.known.values() for line in lines}
    vanished = [line.decode("latin-1") + "\n" for line in known - found if line]
    ledger.note("vanished", lines=vanished)
    news = len(known - found - writer.vanished)
    writer.vanished |= known - found
    for log in list(writer.logs):
        content = contents.get(log.path, b"")
        if content and not content.endswith(b"\n"):
            with open(log.path, "ab") as out:
                out.write(b"\n")
        mine = writer.known.get(log.path, {})
        left = [mine[line] for line in (line.strip(b"\0") for line in content.split(b"\n")) if line in mine]
        if log.path not in contents or (not log.may_shrink and len(left) < len(log.records)):
            # A rollout is a chain of totals: its writer is gone with the machine and begins a new one.
            writer.logs.remove(log)
            if log.path not in contents:
                # Its lines may stand in copies, which do not tell of its start.
                ledger.note("removed", generation=log.generation)
            writer.new_log(codex=not log.may_shrink)
            continue
        left = started(log.path.name.split(".")[0], left)
        before, log.generation = log.generation, writer._next_generation()
        writer._intend(log, left)
        ledger.note("moved", generation=before)
        writer._done(log)
        log.records = left
        log.is_started = any(event.kind == "session_start" and event.key == log.path.name.split(".")[0]
                             for record in left for event in record.events)
    note_others(writer, ledger, contents)
    return news


def note_others(writer, ledger, contents):
    """Files that no writer goes on with: their content may begin elsewhere than it did."""
    mine = {log.path for log in writer.logs}
    anywhere = {line: record for lines in writer.known.values() for line, record in lines.items()}
    for path, content in contents.items():
        if path in mine:
            continue
        here = {**anywhere, **writer.known.get(path, {})}
        before = writer.standing.get(path)
        records = [here[line] for line in (line.strip(b"\0") for line in content.split(b"\n")) if line in here]
        generation = writer._next_generation()
        ledger.note("intent", generation=generation, path=str(path),
                    records=[record.to_json() for record in started(path.name.split(".")[0], records)])
        ledger.note("written", generation=generation)
        if before is None:
            ledger.note("moved", generation=generation)  # only what may be read there is told; what must be, was
        else:
            ledger.note("moved", generation=before)
            writer.standing[path] = generation
    for path in [path for path in writer.standing if path not in contents]:
        ledger.note("removed", generation=writer.standing.pop(path))
