#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/file_system.h"
#include "watcher/tree_source.h"

namespace vigil::watcher {

/// inotify(7) for project trees: every event with what it was, repeats merged while they wait.
class InotifyTreeSource final : public TreeSource {
 public:
  /// Events that may wait between two calls of take(), repeats not counted; more are an overflow.
  static constexpr std::size_t kPendingMax = 65'536;

  /// `clock` must outlive it. `unavailable` where the system gives no (more) inotify instances.
  [[nodiscard]] static Result<std::unique_ptr<InotifyTreeSource>> create(
      const Clock& clock, std::size_t pending_max = kPendingMax);
  ~InotifyTreeSource() override;

  [[nodiscard]] Result<std::int32_t> watch(const std::string& directory) override;
  void unwatch(std::int32_t watch) override;
  [[nodiscard]] TreeEvents take() override;
  [[nodiscard]] int wake_fd() const override;

 private:
  struct State;
  explicit InotifyTreeSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Where the system gives no inotify instance: every directory is polled.
class NullTreeSource final : public TreeSource {
 public:
  [[nodiscard]] Result<std::int32_t> watch(const std::string& directory) override;
  void unwatch(std::int32_t /*watch*/) override {}
  [[nodiscard]] TreeEvents take() override;
  [[nodiscard]] int wake_fd() const override { return -1; }
};

/// inotify, or polling alone where there is none.
[[nodiscard]] std::unique_ptr<TreeSource> open_tree_source(const Clock& clock);

/// `share` (0 to 1) of the watches that this user may have, as the kernel says; of 8,192, its
/// smallest default, where it does not say. The limit is shared with every program of the user.
[[nodiscard]] std::size_t share_of_watches(const FileSystem& files, double share);

}  // namespace vigil::watcher
