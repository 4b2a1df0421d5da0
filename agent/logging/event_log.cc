#include "agent/logging/event_log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <nlohmann/json.hpp>

#include "agent/terminal/printable.h"

namespace vigil::agent {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

int journald_priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return 7;
    case LogLevel::info: return 6;
    case LogLevel::warn: return 4;
    default: return 3;
  }
}

const char* pattern_of(LogFormat format) {
  switch (format) {
    case LogFormat::text: return "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";
    case LogFormat::json: return R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v)";
    case LogFormat::journald: return "%v";
  }
  return "%v";
}

}  // namespace

struct EventLog::Sink {
  spdlog::logger logger;
  LogFormat format;
};

EventLog::EventLog(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(const LogSettings& settings) {
  try {
    spdlog::sink_ptr target;
    if (settings.file.empty()) {
      target = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
    } else {
      target =
          std::make_shared<spdlog::sinks::rotating_file_sink_mt>(settings.file, kLogFileMax, 1);
    }
    auto sink =
        std::make_unique<Sink>(Sink{spdlog::logger("agent", std::move(target)), settings.format});
    sink->logger.set_level(level_of(settings.level));
    sink->logger.flush_on(spdlog::level::info);
    sink->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        pattern_of(settings.format), spdlog::pattern_time_type::utc));
    return std::unique_ptr<EventLog>(new EventLog(std::move(sink)));  // private constructor
  } catch (const spdlog::spdlog_ex& error) {
    return fail(Errc::io, settings.file + ": " + error.what());
  }
}

void EventLog::write(LogLevel level, std::string_view event, const std::string& message) {
  const auto spd = level_of(level);
  if (!sink_->logger.should_log(spd)) return;
  std::string line;
  switch (sink_->format) {
    case LogFormat::text: line = std::string(event) + ": " + printable(message); break;
    case LogFormat::journald:
      line = "<" + std::to_string(journald_priority(level)) + ">" + std::string(event) + ": " +
             printable(message);
      break;
    case LogFormat::json:
      line = nlohmann::json{{"level", spdlog::level::to_string_view(spd).data()},
                            {"event", event},
                            {"message", printable(message)}}
                 .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                 .substr(1);  // the pattern opens the object with its time
      break;
  }
  sink_->logger.log(spd, "{}", line);
}

void EventLog::started(std::string_view state_dir, std::size_t sinks) {
  write(LogLevel::info, "started",
        "delivering to " + std::to_string(sinks) + " destinations, state in " +
            std::string(state_dir));
}

void EventLog::hub_listening(std::string_view address) {
  write(LogLevel::info, "hub_listening", std::string(address));
}

void EventLog::store_is_new(std::string_view sink) {
  write(LogLevel::warn, "store_is_new",
        std::string(sink) + " has another store than before: all that the logs hold is sent again");
}

void EventLog::stopping(std::string_view why) {
  write(LogLevel::info, "stopping", std::string(why));
}

void EventLog::stopped(std::uint64_t rows_kept) {
  write(LogLevel::info, "stopped", std::to_string(rows_kept) + " heartbeats kept in the queue");
}

void EventLog::queue_rebuilt(std::string_view moved_to, std::string_view why) {
  write(LogLevel::warn, "queue_rebuilt",
        std::string(why) + "; moved aside to " + std::string(moved_to) +
            ", every log is read again (nothing is doubled)");
}

void EventLog::queue_unusable(std::string_view why) {
  write(LogLevel::error, "queue_unusable",
        std::string(why) + "; reading stops until it can be written again, make room or mend it");
}

void EventLog::queue_usable_again() {
  write(LogLevel::info, "queue_usable_again", "reading goes on");
}

void EventLog::queue_lost(std::string_view why) {
  write(LogLevel::error, "queue_lost", std::string(why) + "; stopping, look at the disk");
}

void EventLog::queue_at_cap() {
  write(LogLevel::warn, "queue_at_cap",
        "the queue is full; logs are left unread until some is delivered");
}

void EventLog::fallback_merged(std::size_t heartbeats) {
  write(LogLevel::info, "fallback_merged",
        std::to_string(heartbeats) + " heartbeats came back from the fallback file");
}

void EventLog::fallback_damaged(std::uint64_t bytes) {
  write(LogLevel::warn, "fallback_damaged",
        std::to_string(bytes) + " bytes of the fallback file belong to no whole heartbeat: lost");
}

void EventLog::fallback_unreadable(std::string_view why) {
  write(LogLevel::error, "fallback_unreadable", std::string(why));
}

void EventLog::watch_limited(std::size_t directories_polled) {
  write(LogLevel::warn, "watch_limited",
        std::to_string(directories_polled) +
            " folders are polled, since the system's watch limit is reached; raise "
            "fs.inotify.max_user_watches");
}

void EventLog::polling_only() {
  write(LogLevel::warn, "polling_only",
        "no inotify instance could be had, all folders are polled; raise "
        "fs.inotify.max_user_instances");
}

void EventLog::events_lost(std::uint64_t times) {
  write(LogLevel::warn, "events_lost",
        "the kernel dropped change hints (" + std::to_string(times) +
            " times so far); everything is looked at again");
}

void EventLog::sink_changed(std::string_view sink, std::string_view state, std::string_view why) {
  const bool good = state == "delivering" || state == "idle";
  write(good ? LogLevel::info : LogLevel::warn, "sink_changed",
        std::string(sink) + " is " + std::string(state) + (why.empty() ? "" : ": ") +
            std::string(why));
}

void EventLog::key_unusable(std::string_view why) {
  write(LogLevel::error, "key_unusable", std::string(why) + "; heartbeats are queued unsent");
}

void EventLog::unconfined(std::string_view what) {
  write(LogLevel::warn, "unconfined", std::string(what));
}

void EventLog::settings_reloaded() {
  write(LogLevel::info, "settings_reloaded", "in force now");
}

void EventLog::settings_refused(std::string_view why) {
  write(LogLevel::error, "settings_refused", std::string(why) + "; the old settings stay in force");
}

}  // namespace vigil::agent
