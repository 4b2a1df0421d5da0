#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "agent/traces/editor_traces.h"
#include "base/check.h"
#include "parser/editor_trace.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/scripted_watch_source.h"
#include "watcher/shared_watches.h"

namespace vigil::agent::test {

/// A home with editors in it, played on a disk in memory.
struct TracesFixture {
  static constexpr const char* kProject = "/home/ada/demo";

  explicit TracesFixture(TraceLimits limits_in = {}) : limits(limits_in) {
    files.set_time(wall);
    files.mkdir(kProject);
    files.mkdir("/home/ada/.config");
    files.mkdir("/home/ada/.local/share");
    files.mkdir("/home/ada/.local/state");
    files.mkdir("/proc");
  }

  void start() {
    traces.emplace(files, watches, home, limits);
    step();
  }

  /// Tells the hints, as the daemon does, then steps.
  void step() {
    for (const auto& event : source.take()) traces->handle(event);
    traces->step(now, wall);
  }

  void pass(milliseconds time) {
    now += time;
    wall += time;
    files.set_time(wall);
  }

  void run(std::int32_t pid, const std::string& name, const std::string& arguments = "",
           const std::string& directory = "/") {
    const std::string process = "/proc/" + std::to_string(pid);
    files.mkdir(process);
    files.write(process + "/comm", name + "\n");
    files.write(process + "/cmdline", name + '\0' + arguments);
    files.symlink(directory, process + "/cwd");
  }
  void end(std::int32_t pid) { files.remove_tree("/proc/" + std::to_string(pid)); }

  /// A side file in the project changed.
  void beside(const std::string& name) { traces->beside(kProject, name, now, wall); }

  /// The project's file is written now; who it was.
  std::optional<Attribution> save(const std::string& name,
                                  std::vector<parser::SideFile> side_files = {}) {
    const std::string path = std::string(kProject) + "/" + name;
    files.write(path, "x");
    const Save save{path, wall, kProject, std::move(side_files)};
    pass(milliseconds{250});
    return traces->saved_by(save, now);
  }

  std::vector<std::string> taken() {
    std::vector<std::string> words;
    for (const auto& trace : traces->take()) {
      words.push_back(trace.editor + " " + std::string(name_of(trace.kind)) + " " + trace.path);
    }
    return words;
  }

  static std::string fixture(const std::string& name) {
    const std::ifstream file(std::string(VIGIL_FIXTURES) + "/editors/" + name, std::ios::binary);
    check(file.is_open());
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return std::move(bytes).str();
  }

  vigil::test::MemoryFileSystem files;
  vigil::test::ScriptedWatchSource source;
  watcher::SharedWatches watches{source};
  EditorPlaces home{.home = "/home/ada",
                    .config_home = "/home/ada/.config",
                    .data_home = "/home/ada/.local/share",
                    .state_home = "/home/ada/.local/state",
                    .runtime_dir = "/run/user/0"};
  TraceLimits limits;
  MonoTime now{std::chrono::hours(1)};
  WallTime wall = from_unix_ms(1'795'289'871'000);
  std::optional<EditorTraces> traces;
};

using Words = std::vector<std::string>;

}  // namespace vigil::agent::test
