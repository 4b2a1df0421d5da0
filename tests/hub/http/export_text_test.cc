#include "agent/hub/export_text.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "agent/heartbeat/heartbeat_json.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent {
namespace {

std::string written(ExportFormat format, const std::vector<Heartbeat>& heartbeats) {
  ExportWriter writer(format);
  std::string out;
  writer.begin(out);
  for (const auto& heartbeat : heartbeats) writer.add(heartbeat, out);
  writer.end(out);
  return out;
}

TEST_CASE("an export of nothing is valid in every format", "[hub][unit]") {
  CHECK(written(ExportFormat::ndjson, {}).empty());
  CHECK(nlohmann::json::parse(written(ExportFormat::json, {})).empty());
  CHECK(std::ranges::count(written(ExportFormat::csv, {}), '\n') == 1);
}

TEST_CASE("lines of an export are canonical heartbeats", "[hub][unit]") {
  const auto heartbeats = sample_heartbeats(3, {.count = 2});
  CHECK(written(ExportFormat::ndjson, heartbeats) ==
        to_json(heartbeats[0]) + "\n" + to_json(heartbeats[1]) + "\n");
  CHECK(nlohmann::json::parse(written(ExportFormat::json, heartbeats)).size() == 2);
}

TEST_CASE("every line of a table has as many columns as its head", "[hub][unit]") {
  auto heartbeats = sample_heartbeats(3, {.count = 50});
  for (auto& heartbeat : heartbeats) heartbeat.branch = "main";
  const std::string text = written(ExportFormat::csv, heartbeats);
  const auto columns = std::ranges::count(text.substr(0, text.find('\n')), ',');
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    CHECK(std::ranges::count(text.substr(at, text.find('\n', at) - at), ',') == columns);
  }
}

TEST_CASE("commas, quotes and line ends are quoted in a table", "[hub][unit]") {
  Heartbeat heartbeat;
  heartbeat.entity = "a,\"b\"\r\nc";
  CHECK(written(ExportFormat::csv, {heartbeat}).contains("\"a,\"\"b\"\"\r\nc\""));
}

}  // namespace
}  // namespace vigil::agent
