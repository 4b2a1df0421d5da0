#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/result.h"

namespace vigil::watcher {

/// One inotify instance and the thread that empties its queue, which holds 16,384 events: 24 ms of
/// a storm. So the thread does nothing else but hand over what it read.
class InotifyReader {
 public:
  /// Called in the reading thread with whole inotify_event records, under mutex(). Says whether
  /// there is something to take now.
  using TakeIn = std::function<bool(std::string_view records)>;

  /// `unavailable` where the system gives no (more) inotify instances.
  [[nodiscard]] static Result<std::unique_ptr<InotifyReader>> create(TakeIn take_in);
  InotifyReader(const InotifyReader&) = delete;
  InotifyReader& operator=(const InotifyReader&) = delete;
  ~InotifyReader();  ///< nothing is handed over any more

  [[nodiscard]] int inotify_fd() const;
  [[nodiscard]] int wake_fd() const;  ///< readable from take_in()'s yes until quieten()

  /// Guards what take_in() fills.
  [[nodiscard]] std::mutex& mutex();
  void quieten();

  /// Under mutex(): whether everything that has happened was handed over.
  [[nodiscard]] bool caught_up() const;

 private:
  struct State;
  explicit InotifyReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vigil::watcher
