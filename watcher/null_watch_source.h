#pragma once

#include "watcher/watch_source.h"

namespace vigil::watcher {

/// Where the system gives no inotify instance: every directory is polled.
class NullWatchSource final : public WatchSource {
 public:
  Result<void> watch(const std::string& directory) override {
    return fail(Errc::unavailable, directory + ": no inotify instance");
  }
  void unwatch(const std::string& /*directory*/) override {}
  [[nodiscard]] std::vector<WatchEvent> take() override { return {}; }
  [[nodiscard]] int wake_fd() const override { return -1; }
};

}  // namespace vigil::watcher
