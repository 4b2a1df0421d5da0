#pragma once

#include <cstddef>
#include <memory>

#include "watcher/watch_source.h"

namespace vigil::watcher {

/// Change hints from inotify(7). A thread of its own does nothing but read the kernel's queue
/// (which holds 16,384 events: 24 ms of a storm) into a merged, bounded set.
class InotifySource final : public WatchSource {
 public:
  /// Changed entries that may wait between two calls of take(); more are an overflow.
  static constexpr std::size_t kPendingMax = 65'536;

  /// `unavailable` where the system gives no (more) inotify instances.
  [[nodiscard]] static Result<std::unique_ptr<InotifySource>> create(
      std::size_t pending_max = kPendingMax);
  ~InotifySource() override;

  Result<void> watch(const std::string& directory) override;
  void unwatch(const std::string& directory) override;
  [[nodiscard]] std::vector<WatchEvent> take() override;
  [[nodiscard]] int wake_fd() const override;

 private:
  struct State;
  explicit InotifySource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// inotify, or polling alone where there is none.
[[nodiscard]] std::unique_ptr<WatchSource> open_watch_source();

}  // namespace vigil::watcher
