#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "watcher/watch_source.h"

namespace vigil::test {

/// Change hints as a test writes them. Hints for directories that nobody watches are lost, as
/// they are in the kernel; past `pending_max` everything becomes one overflow.
class ScriptedWatchSource final : public watcher::WatchSource {
 public:
  Result<void> watch(const std::string& directory) override;
  void unwatch(const std::string& directory) override;
  [[nodiscard]] std::vector<watcher::WatchEvent> take() override;
  [[nodiscard]] int wake_fd() const override { return -1; }

  /// Something happened to the entry with this path.
  void touch(const std::string& path);
  void directory_gone(const std::string& directory);
  void overflow();

  /// From now on watch() of a new directory fails this way; nothing = works again.
  void refuse(std::optional<Errc> code) { refusal_ = code; }
  /// watch() fails with `full` when this many directories are watched.
  void set_watches_max(std::size_t count) { watches_max_ = count; }
  void set_pending_max(std::size_t count) { pending_max_ = count; }

  [[nodiscard]] const std::set<std::string>& watched() const { return watched_; }

 private:
  void push(watcher::WatchEvent event);

  std::set<std::string> watched_;
  std::vector<watcher::WatchEvent> pending_;
  std::optional<Errc> refusal_;
  std::size_t watches_max_ = 1'000'000;
  std::size_t pending_max_ = 65'536;
};

}  // namespace vigil::test
