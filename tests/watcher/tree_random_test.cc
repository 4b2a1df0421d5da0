// Whatever is done to a tree, and whatever events are lost, in the end every directory is watched
// (or polled) and every file that was written was told after it was.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/watcher/trees_under_watch.h"

using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;
using namespace std::chrono_literals;

namespace {

/// What a caller would do, and what it must have heard of.
class Player {
 public:
  Player(std::uint32_t seed, TreeLimits limits)
      : dice_(seed),
        moves_folders_(limits.pending_max > 100 && limits.watches_max > 100),
        hears_all_(limits.watches_max > 100),
        tree_(limits) {
    tree_.files.mkdir(kOutside);
    tree_.watcher.add(tree_.root, std::nullopt, [](const std::string&) { return true; });
    tree_.settle();
  }

  void play(int rounds, int overflow_odds) {
    hears_all_ = hears_all_ && overflow_odds == 0;
    for (int round = 0; round < rounds; ++round) {
      act();
      if (roll(4) == 0) tree_.pass(milliseconds(roll(30)));
      if (roll(200) == 0) tree_.pass(milliseconds(roll(20'000)));
      if (roll(3) == 0) hear(1);
      if (roll(50) == 0) hear(1'000'000);
      if (overflow_odds > 0 && roll(overflow_odds) == 0) tree_.source.overflow();
    }
  }

  /// Lets a caller that keeps its times go on until all is quiet.
  void rest() {
    const auto end = tree_.clock.mono_now() + 1min;
    while (tree_.clock.mono_now() < end) {
      hear(1'000'000);
      const auto due = tree_.watcher.deadline().value_or(end) - tree_.clock.mono_now();
      tree_.pass(std::max(std::chrono::ceil<milliseconds>(due), 1ms));
    }
  }

  void check_all(bool has_watches) {
    std::vector<std::string> folders{tree_.root};
    std::size_t count = 0;
    for (; count < folders.size(); ++count) {
      if (has_watches) CHECK(tree_.source.is_watched(folders[count]));
      const auto entries = list(folders[count]);
      for (const auto& entry : entries) {
        const std::string path = join_path(folders[count], entry.name);
        if (entry.kind == FileKind::directory) folders.push_back(path);
        INFO(path);
        if (entry.kind == FileKind::regular) {
          CHECK_FALSE(untold_.contains(tree_.files.stat(path)->inode));
        }
      }
    }
    const TreeStatus status = tree_.watcher.status().front();
    CHECK(status.directories == count);
    CHECK(status.watched + status.polled == count);
    CHECK(tree_.source.watched() == status.watched);
  }

 private:
  static constexpr const char* kOutside = "/home/outside";

  int roll(int sides) { return static_cast<int>(dice_() % static_cast<std::uint32_t>(sides)); }

  std::vector<DirectoryEntry> list(const std::string& path) { return *tree_.files.list(path); }

  /// A directory at random, of the tree or sometimes outside.
  std::string folder() {
    std::string path = roll(8) == 0 ? kOutside : tree_.root;
    while (roll(3) > 0) {
      std::vector<std::string> below;
      const auto entries = list(path);
      for (const auto& entry : entries) {
        if (entry.kind == FileKind::directory) below.push_back(join_path(path, entry.name));
      }
      if (below.empty()) break;
      path = below[static_cast<std::size_t>(roll(static_cast<int>(below.size())))];
    }
    return path;
  }

  std::string name() { return std::string(1, static_cast<char>('a' + roll(6))); }

  void act() {
    const std::string path = join_path(folder(), name());
    const auto stat = tree_.files.stat(path);
    const bool is_folder = stat && stat->kind == FileKind::directory;
    const bool is_file = stat && stat->kind == FileKind::regular;
    switch (roll(8)) {
      case 0:
      case 1:
        if (!stat && path.size() < 100) tree_.make(path);
        break;
      case 2:
      case 3:
      case 4:
        if (stat && !is_file) break;
        tree_.write(path);
        // What was written elsewhere and comes by a move that nobody tells of is no change here.
        if (hears_all_ || path.starts_with(tree_.root)) {
          untold_.insert(tree_.files.stat(path)->inode);
        }
        break;
      case 5:
        if (is_file) tree_.unlink(path);
        if (is_folder && roll(4) == 0) tree_.remove(path);
        break;
      default:
        if (is_file || (is_folder && moves_folders_))
          move(path, join_path(folder(), name()), is_folder);
    }
  }

  void move(const std::string& from, const std::string& to, bool is_folder) {
    if (to.starts_with(from) || from.starts_with(to)) return;
    const auto there = tree_.files.stat(to);
    const bool is_free = !there || (!is_folder && there->kind == FileKind::regular) ||
                         (is_folder && there->kind == FileKind::directory && list(to).empty());
    if (!is_free) return;
    tree_.move(from, to);
    // What left without having been seen comes back as old as it is.
    if (!hears_all_ && !to.starts_with(tree_.root)) forget(to);
  }

  void forget(const std::string& path) {
    const auto stat = tree_.files.stat(path);
    untold_.erase(stat->inode);
    if (stat->kind != FileKind::directory) return;
    const auto entries = list(path);
    for (const auto& entry : entries) forget(join_path(path, entry.name));
  }

  void hear(std::size_t max) {
    do {
      tree_.step();
      for (const auto& change : tree_.watcher.take(max)) {
        const auto stat = tree_.files.stat(join_path(change.directory, change.name));
        if (stat) untold_.erase(stat->inode);
      }
    } while (max > 1 && tree_.watcher.has_more());
  }

  std::mt19937 dice_;
  /// Where changes are taken while others wait, a path may be that of before a move that waits,
  /// too.
  bool moves_folders_;
  bool hears_all_;  ///< every directory is watched and no event gets lost
  MemoryTree tree_;
  std::set<std::uint64_t> untold_;  ///< inodes of files that were written
};

}  // namespace

TEST_CASE("nothing that was written stays untold", "[watcher][unit]") {
  const auto seed = GENERATE(range(1U, 40U));
  INFO("seed " << seed);
  Player player(seed, {.pending_max = seed % 5 == 0 ? 3U : 1'000U});
  player.play(1'500, 0);
  player.rest();
  player.check_all(true);
}

TEST_CASE("nothing that was written stays untold though events are lost", "[watcher][unit]") {
  const auto seed = GENERATE(range(100U, 140U));
  INFO("seed " << seed);
  Player player(seed, {.pending_max = seed % 5 == 0 ? 3U : 1'000U});
  player.play(1'500, 100);
  player.rest();
  player.check_all(true);
}

TEST_CASE("nothing that was written stays untold though watches are few", "[watcher][unit]") {
  const auto seed = GENERATE(range(200U, 240U));
  INFO("seed " << seed);
  Player player(seed, {.watches_max = seed % 10});
  player.play(1'500, seed % 2 == 0 ? 100 : 0);
  player.rest();
  player.check_all(false);
}
