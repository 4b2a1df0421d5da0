#include "agent/logging/event_log.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

struct Logged {
  test::TemporaryDirectory folder;
  std::string path = folder.file("agent.log");

  std::unique_ptr<EventLog> open(LogFormat format, LogLevel level = LogLevel::info) {
    LogSettings settings;
    settings.level = level;
    settings.format = format;
    settings.file = path;
    return EventLog::open(settings).value();
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
};

TEST_CASE("an event is one line of text: time, level, name, message", "[logging][io]") {
  Logged logged;
  logged.open(LogFormat::text)->fallback_merged(3);
  REQUIRE(logged.lines().size() == 1);
  const std::string line = logged.lines()[0];
  CHECK(line.substr(23, 1) == "Z");
  CHECK(line.ends_with("info  fallback_merged: 3 heartbeats came back from the fallback file"));
}

TEST_CASE("as JSON each line is an object, whatever a name contains", "[logging][io]") {
  Logged logged;
  logged.open(LogFormat::json)->sink_changed("hub", "denied", "\"quoted\"\n\x1b[31m\xff");
  REQUIRE(logged.lines().size() == 1);
  const auto line = nlohmann::json::parse(logged.lines()[0]);
  CHECK(line.at("level") == "warning");
  CHECK(line.at("event") == "sink_changed");
  CHECK(line.at("message") == R"(hub is denied: "quoted"\x0a\x1b[31m\xff)");
  CHECK(line.contains("time"));
}

TEST_CASE("under systemd the priority goes before, and the journal adds the time",
          "[logging][io]") {
  Logged logged;
  const auto log = logged.open(LogFormat::journald);
  log->queue_unusable("agent.db: full");
  log->queue_at_cap();
  log->settings_reloaded();
  REQUIRE(logged.lines().size() == 3);
  CHECK(logged.lines()[0].starts_with("<3>queue_unusable: agent.db: full; "));
  CHECK(logged.lines()[1].starts_with("<4>queue_at_cap: "));
  CHECK(logged.lines()[2].starts_with("<6>settings_reloaded: "));
}

TEST_CASE("what is below the level is not written", "[logging][io]") {
  Logged logged;
  const auto log = logged.open(LogFormat::text, LogLevel::error);
  log->settings_reloaded();
  log->queue_at_cap();
  CHECK(logged.lines().empty());
  log->queue_lost("agent.db: damaged");
  CHECK(logged.lines().size() == 1);
}

TEST_CASE("a log file is capped, with one before it", "[logging][io]") {
  Logged logged;
  const auto log = logged.open(LogFormat::text);
  const std::string long_name(64 * 1024, 'x');
  for (std::size_t written = 0; written <= 3 * kLogFileMax; written += long_name.size()) {
    log->settings_refused(long_name);
  }
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(logged.folder.path())) {
    bytes += entry.file_size();
  }
  CHECK(bytes <= 2 * kLogFileMax);
}

TEST_CASE("a log file that cannot be made is an error, not silence", "[logging][io]") {
  LogSettings settings;
  settings.file = "/proc/nowhere/agent.log";
  const auto log = EventLog::open(settings);
  REQUIRE_FALSE(log);
  CHECK(log.error().code == Errc::io);
}

}  // namespace
}  // namespace vigil::agent
