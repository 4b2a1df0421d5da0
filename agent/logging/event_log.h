#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/logging/log_settings.h"
#include "base/result.h"

namespace vigil::agent {

/// What the running program tells its operator: one function per event. INFO: what was asked for
/// happened; WARN: recovered alone; ERROR: a person must act. Nothing here can be given a record,
/// a key or a token; control characters in names are escaped. Thread-safe.
class EventLog {
 public:
  /// `io`, `denied`: the log file cannot be opened.
  [[nodiscard]] static Result<std::unique_ptr<EventLog>> open(const LogSettings& settings);
  ~EventLog();

  void started(std::string_view state_dir, std::size_t sinks);
  void hub_listening(std::string_view address);
  void stopping(std::string_view why);
  void stopped(std::uint64_t rows_kept);

  void queue_rebuilt(std::string_view moved_to, std::string_view why);
  void queue_unusable(std::string_view why);
  void queue_usable_again();
  void queue_lost(std::string_view why);  ///< the program ends
  void queue_at_cap();
  void fallback_merged(std::size_t heartbeats);
  void fallback_damaged(std::uint64_t bytes);
  void fallback_unreadable(std::string_view why);

  void watch_limited(std::size_t directories_polled);
  void polling_only();
  void events_lost(std::uint64_t times);

  void store_is_new(std::string_view sink);
  void sink_changed(std::string_view sink, std::string_view state, std::string_view why);
  void key_unusable(std::string_view why);

  void unconfined(std::string_view what);

  void settings_reloaded();
  void settings_refused(std::string_view why);

 private:
  struct Sink;
  explicit EventLog(std::unique_ptr<Sink> sink);
  void write(LogLevel level, std::string_view event, const std::string& message);

  std::unique_ptr<Sink> sink_;
};

}  // namespace vigil::agent
