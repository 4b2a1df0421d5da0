#include "agent/saves/save_tracker.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/agent/saves/changes.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

using parser::Action;
using parser::Actor;
using parser::EditorTrace;
using std::chrono::milliseconds;
using test::at_ms;
using test::kWritten;
using watcher::TreeChange;

const WallTime kStart = *parse_rfc3339("2026-11-01T10:00:00Z");

/// A project folder `/p` in which programs write, with a tracker that is told of it.
class Desk {
 public:
  Desk()
      : tracker_(disk_, {[this](const Save& save, MonoTime) { return saved_by(save); },
                         [](const std::string& path) { return path.starts_with("/p/ignored"); },
                         [](const std::string&, MonoTime) { return std::string("/p"); }}) {}

  /// From now on this editor's traces of the file are found.
  void edit_with(const std::string& path, Attribution editor) {
    editors_[path] = std::move(editor);
  }
  void edit_with_vim(const std::string& path) {
    edit_with(path, {"vim", How::side_file, 0.95, {}});
  }
  void edit_with_kakoune(const std::string& path) {
    edit_with(path, {"kakoune", How::process, 0.6, {}});
  }

  void write(std::int64_t ms, const std::string& name, const std::string& text = "one\ntwo\n",
             std::uint32_t what = kWritten, const std::string& from = {}) {
    disk_.set_time(kStart + milliseconds(ms));
    disk_.write("/p/" + name, text);
    tell(ms, name, what, from);
  }
  void tell(std::int64_t ms, const std::string& name, std::uint32_t what,
            const std::string& from = {}) {
    tracker_.changed(change_(ms, "/p", name, what, from));
  }
  /// As vim writes: with its probe, and the old file as backup for a moment.
  void write_with_vim(std::int64_t ms, const std::string& name, const std::string& text) {
    tell(ms, "4913", TreeChange::created | TreeChange::closed | TreeChange::deleted);
    tell(ms, name + "~", TreeChange::moved_in | TreeChange::deleted, name);
    write(ms, name, text, TreeChange::moved_out | TreeChange::created | kWritten);
  }
  void git(std::int64_t ms, const std::string& name, std::uint32_t what) {
    tracker_.git_changed("/p", change_(ms, "/p/.git", name, what));
  }

  std::vector<FileEvent> at(std::int64_t ms) {
    tracker_.step(at_ms(ms), kStart + milliseconds(ms));
    return tracker_.take();
  }
  [[nodiscard]] std::uint64_t counted(WriteReason reason) const {
    return tracker_.counts().at(static_cast<std::size_t>(reason));
  }
  SaveTracker& tracker() { return tracker_; }
  test::MemoryFileSystem& disk() { return disk_; }

 private:
  std::optional<Attribution> saved_by(const Save& save) const {
    const auto found = editors_.find(save.path);
    if (found == editors_.end()) return std::nullopt;
    return found->second;
  }

  test::MemoryFileSystem disk_;
  test::Changes change_;
  std::map<std::string, Attribution> editors_;
  SaveTracker tracker_;
};

TEST_CASE("A save is one event with its editor, time, lines and language") {
  Desk desk;
  desk.edit_with_vim("/p/a.py");
  desk.write_with_vim(1'000, "a.py", "1\n2\n3\n");
  CHECK(desk.at(1'200).empty());
  const auto first = desk.at(1'250);
  REQUIRE(first.size() == 1);
  CHECK(first[0].action == Action::save);
  CHECK(first[0].actor == Actor::human);
  CHECK(first[0].path == "/p/a.py");
  CHECK(first[0].app == "vim");
  CHECK(first[0].language == "Python");
  CHECK(first[0].time == kStart + milliseconds(1'000));
  CHECK(first[0].lines == 3);
  CHECK_FALSE(first[0].lines_added);
  CHECK_FALSE(first[0].is_observed);

  desk.write_with_vim(2'100, "a.py", "1\nx\ny\n3\n");
  const auto second = desk.at(2'400);
  REQUIRE(second.size() == 1);
  CHECK(second[0].lines_added == 2);
  CHECK(second[0].lines_removed == 1);
  CHECK(second[0].stamp != first[0].stamp);
}

TEST_CASE("A write that nobody is known for is nobody's") {
  Desk desk;
  desk.write(0, "a.py");
  const auto events = desk.at(300);
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor == Actor::unknown);
  CHECK(events[0].app.empty());
  CHECK(events[0].confidence == 0.3);
}

TEST_CASE("The same state of a file is told once, a vanished one never") {
  Desk desk;
  desk.write(0, "a.py");
  CHECK(desk.at(300).size() == 1);
  desk.tell(400, "a.py", kWritten);
  CHECK(desk.at(700).empty());
  desk.write(1'000, "b.py");
  desk.disk().remove_tree("/p/b.py");
  CHECK(desk.at(1'300).empty());
}

TEST_CASE("touch and a try whether one may write are no saves, a mapped write is one") {
  Desk desk;
  desk.edit_with_kakoune("/p/a.py");
  desk.write(0, "a.py", "1\n", TreeChange::closed);
  CHECK(desk.at(300).empty());
  desk.write(5'000, "a.py", "1\n", TreeChange::closed);
  CHECK(desk.at(5'300).empty());
  CHECK(desk.counted(WriteReason::unchanged) == 2);
  desk.write(10'000, "a.py", "2\n", TreeChange::closed);
  CHECK(desk.at(10'300).size() == 1);
}

TEST_CASE("git checkout is nobody's work, not even of a file that is open") {
  Desk desk;
  desk.edit_with_vim("/p/0.py");
  desk.git(0, "index.lock", TreeChange::created);
  for (int i = 0; i < 3; ++i) {
    desk.write(10 + i, std::to_string(i) + ".py", "x\n",
               TreeChange::deleted | TreeChange::created | kWritten);
  }
  desk.git(20, "index.lock", TreeChange::moved_out);
  CHECK(desk.at(400).empty());
  CHECK(desk.counted(WriteReason::git) == 3);
}

TEST_CASE("A save while git refreshes its index is a save") {
  Desk desk;
  desk.edit_with_kakoune("/p/a.py");
  desk.git(0, "index.lock", TreeChange::created | TreeChange::moved_out);
  desk.write(10, "a.py");
  const auto events = desk.at(300);
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor == Actor::human);
}

TEST_CASE("sed, rsync and restored times are tools") {
  Desk desk;
  desk.edit_with_vim("/p/a.py");
  desk.write(0, "a.py", "x\n", TreeChange::moved_in, "sedAb3dEf");
  CHECK(desk.at(300).empty());
  CHECK(desk.counted(WriteReason::tool) == 1);

  desk.write(1'000, "b.py");
  desk.tell(7'000, "b.py", kWritten);  // its time says 1'000
  CHECK(desk.at(7'300).empty());
  CHECK(desk.counted(WriteReason::restored) == 1);
}

TEST_CASE("A burst of files is a machine's, and what began it is taken back") {
  Desk desk;
  for (int i = 0; i < 20; ++i) desk.edit_with_kakoune("/p/" + std::to_string(i) + ".py");
  desk.write(0, "0.py");
  const auto first = desk.at(260);
  REQUIRE(first.size() == 1);
  CHECK(first[0].actor == Actor::human);
  for (int i = 1; i < 20; ++i) desk.write(300 + 10 * i, std::to_string(i) + ".py");
  const auto later = desk.at(2'000);
  REQUIRE(later.size() == 1);
  CHECK(later[0].path == "/p/0.py");
  CHECK(later[0].revision == 2);
  CHECK(later[0].actor == Actor::unknown);
  CHECK(later[0].stamp == first[0].stamp);
  CHECK(desk.counted(WriteReason::burst) == 19);
}

TEST_CASE("An editor that saves many files at once is one person once") {
  Desk desk;
  for (int i = 0; i < 8; ++i) {
    desk.edit_with("/p/" + std::to_string(i) + ".ts", {"vscode", How::history, 0.95, {}});
    desk.write(10 * i, std::to_string(i) + ".ts");
  }
  const auto events = desk.at(500);
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor == Actor::human);
  CHECK(events[0].app == "vscode");
}

TEST_CASE("A formatter after a save is part of it; the next save is not") {
  Desk desk;
  desk.edit_with_vim("/p/a.py");
  desk.write_with_vim(0, "a.py", "a\n");
  CHECK(desk.at(250).size() == 1);
  desk.write(3'200, "x");  // witnesses of the first are gone
  (void)desk.at(3'500);
  desk.write_with_vim(4'000, "a.py", "b\n");
  CHECK(desk.at(4'250).size() == 1);
  desk.write_with_vim(5'000, "a.py", "c\n");
  CHECK(desk.at(5'250).size() == 1);

  desk.edit_with("/p/b.py", {"nano", How::side_file, 0.95, {}});
  desk.write(10'000, "b.py", "1\n");
  CHECK(desk.at(10'250).size() == 1);
  desk.write(10'600, "b.py", "2\n");
  CHECK(desk.at(10'850).empty());
  CHECK(desk.counted(WriteReason::aftermath) == 1);
  desk.write(11'600, "b.py", "3\n");
  CHECK(desk.at(11'850).size() == 1);
}

TEST_CASE("A log in the making is a stream") {
  Desk desk;
  desk.edit_with_kakoune("/p/out.txt");
  std::size_t events = 0;
  for (int ms = 0; ms < 60'000; ms += 500) {
    desk.write(ms, "out.txt", std::to_string(ms));
    events += desk.at(ms + 300).size();
  }
  CHECK(desk.counted(WriteReason::stream) > 20);
  CHECK(events <= 32);
}

TEST_CASE("Ignored, generated, binary and huge files are a machine's") {
  Desk desk;
  desk.write(0, "ignored.txt");
  desk.write(2'000, "yarn.lock");
  desk.write(4'000, "g.go", "// Code generated by x. DO NOT EDIT.\n");
  desk.write(6'000, "b.dat", std::string("a\0b", 3));
  desk.write(8'000, "huge.txt", std::string(SaveTracker::kTextMax + 1, 'x'));
  std::size_t events = 0;
  for (int ms = 250; ms < 9'000; ms += 1'000) events += desk.at(ms).size();
  CHECK(events == 0);
  CHECK(desk.counted(WriteReason::ignored) == 1);
  CHECK(desk.counted(WriteReason::generated) == 2);
  CHECK(desk.counted(WriteReason::binary) == 2);
}

AgentWrite claim(const std::string& path, std::int64_t from_ms, std::int64_t to_ms) {
  return {path,
          kStart + milliseconds(from_ms),
          kStart + milliseconds(to_ms),
          EventId("evt_call"),
          "claude-code",
          "session",
          "model"};
}

TEST_CASE("Beside an AI session a save is nobody's until the log claims it") {
  Desk desk;
  desk.tracker().saw_session("/p", kStart);
  desk.edit_with_vim("/p/a.py");
  desk.write(1'000, "a.py");
  const auto first = desk.at(1'250);
  REQUIRE(first.size() == 1);
  CHECK(first[0].actor == Actor::unknown);

  desk.tracker().claimed(claim("/p/a.py", 900, 1'100));
  const auto second = desk.at(1'500);
  REQUIRE(second.size() == 1);
  CHECK(second[0].revision == 2);
  CHECK(second[0].actor == Actor::agent);
  CHECK(second[0].same_as == EventId("evt_call"));
  CHECK(second[0].app == "claude-code");
  CHECK(desk.at(70'000).empty());
}

TEST_CASE("A claim that came before the save settled is taken at once") {
  Desk desk;
  desk.tracker().saw_session("/p", kStart);
  desk.write(1'000, "a.py");
  desk.tracker().claimed(claim("/p/a.py", 900, 1'100));
  const auto events = desk.at(1'250);
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor == Actor::agent);
  CHECK(events[0].revision == 1);
  desk.write(30'000, "a.py", "again\n");
  const auto later = desk.at(30'250);
  REQUIRE(later.size() == 1);
  CHECK(later[0].actor == Actor::unknown);
}

TEST_CASE("A save that no log claims within a minute is its editor's, or stays nobody's") {
  Desk desk;
  desk.tracker().saw_session("/p", kStart);
  desk.edit_with_vim("/p/a.py");
  desk.write(1'000, "a.py");
  desk.write(2'000, "b.py");
  CHECK(desk.at(2'300).size() == 2);
  CHECK(desk.at(60'999).empty());
  const auto settled = desk.at(62'000);
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].path == "/p/a.py");
  CHECK(settled[0].actor == Actor::human);
  CHECK(settled[0].app == "vim");
  CHECK(settled[0].revision == 2);
}

TEST_CASE("What a look finds is told as observed, bursts by the files' own times") {
  Desk desk;
  desk.write(0, "lone.py", "1\n", TreeChange::found);
  for (int i = 0; i < 6; ++i) {
    desk.write(10'000 + i, std::to_string(i) + ".py", "1\n", TreeChange::found);
  }
  CHECK(desk.at(10'260).empty());
  const auto events = desk.at(20'000);
  REQUIRE(events.size() == 1);
  CHECK(events[0].path == "/p/lone.py");
  CHECK(events[0].is_observed);
  CHECK(events[0].revision == 0);  // replaces nothing that is known better
  CHECK(events[0].actor == Actor::unknown);
}

TEST_CASE("An editor's traces are sights of a person; its first save knows what was there") {
  Desk desk;
  desk.disk().set_time(kStart);
  desk.disk().write("/p/a.py", "1\n2\n");
  EditorTrace trace;
  trace.editor = "vim";
  trace.path = "/p/a.py";
  desk.tracker().traced(trace, false, kStart + milliseconds(10));
  trace.kind = EditorTrace::Kind::edit;
  desk.tracker().traced(trace, false, kStart + milliseconds(20));
  const auto seen = desk.tracker().take();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].action == Action::open);
  CHECK(seen[0].actor == Actor::human);
  CHECK(seen[0].app == "vim");

  desk.edit_with_vim("/p/a.py");
  desk.write(1'000, "a.py", "1\n2\n3\n");
  const auto saved = desk.at(1'250);
  REQUIRE(saved.size() == 1);
  CHECK(saved[0].lines_added == 1);
  CHECK(saved[0].lines_removed == 0);
}

}  // namespace
}  // namespace vigil::agent
