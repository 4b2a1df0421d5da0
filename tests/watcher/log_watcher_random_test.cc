// Random writers, rotations and truncations against a model, with hints that get lost. Every line
// that was on the disk when the watcher looked must come out at least once and in order; exactly
// once where the file was only ever appended to.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace vigil::test;
using vigil::watcher::WatchLimits;

namespace {

class Simulation {
 public:
  explicit Simulation(unsigned seed)
      : dice_(seed),
        files_(WatchLimits{.line_max = 2'000,
                           .slice_size = 200 + dice_() % 500,
                           .open_files_max = 2 + dice_() % 6}) {
    deliver();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) act();
    for (auto& [path, text] : open_lines_) write(path, "\n");
    open_lines_.clear();
    files_.watcher().request_reconcile();
    deliver();
    for (int i = 0; i < 8; ++i) {
      files_.clock.advance(20min);
      deliver();
    }
  }

  void check() const {
    for (const auto& line : observable_) {
      INFO(line);
      const auto found = times_.find(line);
      REQUIRE(found != times_.end());
      if (!rewritten_.contains(line)) CHECK(found->second == 1);
    }
    CHECK(out_of_order_ == 0);
  }

 private:
  unsigned roll(unsigned sides) { return static_cast<unsigned>(dice_()) % sides; }
  std::string any_path() {
    return "/logs/" + std::to_string(roll(3)) + "/" + std::to_string(roll(4)) + ".jsonl";
  }
  bool exists(const std::string& path) { return files_.disk.stat(path).has_value(); }

  void write(const std::string& path, const std::string& text) {
    files_.disk.add(path, text);
    if (roll(10) != 0) hint(path);
  }
  void hint(const std::string& path) {
    files_.hints.touch(path.substr(0, path.rfind('/')));
    files_.hints.touch(path);
  }

  std::string new_line(const std::string& path) {
    const std::string line = "{\"n\":" + std::to_string(1'000'000 + next_++) + ",\"fill\":\"" +
                             std::string(roll(20) == 0 ? roll(1'500) : roll(60), 'x') + "\"}";
    content_[path].push_back(line);
    return line;
  }

  void append(const std::string& path) {
    const std::string line = new_line(path);
    if (const auto open = open_lines_.extract(path); !open.empty()) write(path, "\n");
    const std::size_t cut = roll(4) == 0 ? roll(static_cast<unsigned>(line.size())) : line.size();
    write(path, line.substr(0, cut));
    if (cut < line.size() && roll(2) == 0) deliver();
    write(path, line.substr(cut));
    if (roll(5) == 0) {
      open_lines_[path] = line;
    } else {
      write(path, "\n");
    }
  }

  /// Everything of a file has been read and is given up by its writer.
  void truncate(const std::string& path) {
    settle(path);
    files_.write(path, "");
    content_[path].clear();
  }

  void rotate(const std::string& path) {
    settle(path);
    const std::string to = path + ".1";
    if (exists(to)) files_.remove(to);
    files_.disk.move(path, to);
    hint(path);
    hint(to);
    content_[path].clear();
  }

  void rewrite(const std::string& path) {
    settle(path);
    std::string text = "{\"new\":" + std::to_string(next_++) + "}\n";
    for (const auto& line : content_[path]) {
      rewritten_.insert(line);
      text += line + "\n";
    }
    files_.write(path, text);
  }

  void settle(const std::string& path) {
    if (const auto open = open_lines_.extract(path); !open.empty()) write(path, "\n");
    files_.watcher().request_reconcile();
    deliver();
  }

  void act() {
    const std::string path = any_path();
    const unsigned choice = roll(100);
    if (choice < 60 || !exists(path)) return append(path);
    if (choice < 75) return deliver();
    if (choice < 79) return truncate(path);
    if (choice < 83) return rotate(path);
    if (choice < 86) return rewrite(path);
    if (choice < 88) return files_.hints.overflow();
    if (choice < 93) return restart();
    files_.clock.advance(vigil::milliseconds{roll(10'000)});
  }

  void restart() {
    deliver();
    files_.restart();
    last_.clear();  // its numbers begin anew
  }

  /// What a daemon does; now and then its store fails and all comes again.
  void deliver() {
    for (const auto& [path, lines] : content_) {
      for (const auto& line : lines) {
        if (!open_lines_.contains(path) || line != lines.back()) observable_.insert(line);
      }
    }
    files_.disk.set_time(files_.clock.wall_now());
    files_.watcher().step(files_.clock.mono_now(), files_.clock.wall_now());
    std::vector<KeptSlice> uncommitted;
    while (const auto slice = files_.watcher().next_slice(files_.clock.mono_now())) {
      uncommitted.push_back(keep(*slice));
      if (roll(8) == 0) {
        files_.watcher().rollback();
        uncommitted.clear();
      } else if (roll(4) == 0) {
        accept(uncommitted);
      }
    }
    accept(uncommitted);
  }

  void accept(std::vector<KeptSlice>& slices) {
    files_.watcher().commit();
    for (const auto& slice : slices) {
      files_.stored[slice.position.inode] = slice.position;
      if (slice.from_start) last_[slice.file].clear();
      for (const auto& line : slice.lines) {
        if (!line.starts_with("{\"n\":")) continue;
        ++times_[line];
        if (line.substr(0, 12) <= last_[slice.file]) ++out_of_order_;
        last_[slice.file] = line.substr(0, 12);
      }
    }
    slices.clear();
  }

  std::mt19937 dice_;
  FilesUnderWatch files_;
  int next_ = 0;
  std::map<std::string, std::vector<std::string>> content_;  ///< whole lines now in each log
  std::map<std::string, std::string> open_lines_;            ///< last lines that lack their LF
  std::set<std::string> observable_;
  std::set<std::string> rewritten_;
  std::map<std::string, int> times_;
  std::map<std::uint64_t, std::string> last_;
  int out_of_order_ = 0;
};

}  // namespace

TEST_CASE("whatever writers do, every observable line is delivered, in order, and once",
          "[watcher][unit]") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Simulation simulation(seed);
    simulation.run(400);
    simulation.check();
  }
}
