#include "agent/heartbeat/batch_json.h"

#include <catch2/catch.hpp>

#include "agent/heartbeat/heartbeat_json.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

const SourceId kSource("laptop");

BatchHeader sample_header() {
  return {.source = kSource,
          .instance = "k3x9",
          .lane = "live",
          .batch = BatchId("bat_1"),
          .seq = 7,
          .prev = std::string(64, 'a'),
          .created = from_unix_ms(1'700'000'000'123),
          .split_of = {}};
}

Heartbeat sample(char last) {
  Heartbeat heartbeat;
  heartbeat.id = EventId("evt_0000000000000000000" + std::string(1, last));
  heartbeat.time = from_unix_ms(1'700'000'000'000);
  heartbeat.entity = "a \"quoted\" \xE2\x82\xAC";
  return heartbeat;
}

Result<ReadBatch> read(std::string body) {
  BatchReader reader;
  const std::size_t size = body.size();
  body.append(parser::kLinePadding, 'x');
  return reader.read(std::string_view(body).substr(0, size), kSource);
}

std::string sample_body() {
  BatchWriter writer(sample_header());
  writer.add(to_json(sample('1')));
  writer.add(to_json(sample('2')));
  return std::move(writer).finish();
}

TEST_CASE("a batch is read as it was written", "[heartbeat][unit]") {
  BatchHeader header = sample_header();
  header.split_of = GENERATE(BatchId(), BatchId("bat_0"));
  BatchWriter writer(header);
  writer.add(to_json(sample('1')));
  const std::size_t size = writer.size();
  const std::string body = std::move(writer).finish();
  CHECK(body.size() == size);
  const auto batch = read(body);
  REQUIRE(batch);
  CHECK(batch->header == header);
  CHECK(batch->events == std::vector{sample('1')});
  CHECK(batch->rejected.empty());
}

TEST_CASE("the form of a batch is stable", "[heartbeat][unit]") {
  BatchWriter writer(sample_header());
  CHECK(
      std::move(writer).finish() ==
      R"({"v":1,"source":"laptop","instance":"k3x9","lane":"live","batch":"bat_1","seq":7,"prev":")" +
          std::string(64, 'a') + R"(","created":"2023-11-14T22:13:20.123Z","events":[]})");
}

TEST_CASE("fields may come in any order, and unknown ones are ignored", "[heartbeat][unit]") {
  const auto batch =
      read(R"({"events":[{"id":"evt_00000000000000000001","time":"2023-11-14T22:13:20Z",)"
           R"("actor":"agent","action":"tool","new":{"deep":[1]}}],"later":[{}],"seq":1,)"
           R"("prev":"","lane":"live","created":"2023-11-14T22:13:20Z","batch":"b",)"
           R"("instance":"i","source":"laptop","v":1})");
  REQUIRE(batch);
  CHECK(batch->events.size() == 1);
}

TEST_CASE("a bare array is a batch without an envelope", "[heartbeat][unit]") {
  const auto batch = read("[" + to_json(sample('1')) + "," + to_json(sample('2')) + "]");
  REQUIRE(batch);
  CHECK_FALSE(batch->header);
  CHECK(batch->events.size() == 2);
}

TEST_CASE("no beginning of a batch is a batch", "[heartbeat][unit]") {
  const std::string body = sample_body();
  for (std::size_t length = 0; length < body.size(); ++length) {
    REQUIRE_FALSE(read(body.substr(0, length)));
  }
}

TEST_CASE("flipped bits never bring the reader down", "[heartbeat][unit]") {
  const std::string body = sample_body();
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string torn = body;
      torn[i] = static_cast<char>(static_cast<unsigned char>(torn[i]) ^ (1U << bit));
      (void)read(torn);
    }
  }
  SUCCEED();
}

TEST_CASE("an envelope that is not complete or not of this version is refused",
          "[heartbeat][unit]") {
  const auto [from, to] = GENERATE(table<std::string, std::string>({
      {R"("v":1)", R"("v":2)"},
      {R"("v":1)", R"("v":1,"v":1)"},
      {R"("seq":7)", R"("seq":-7)"},
      {R"("seq":7)", R"("seq":"7")"},
      {R"("lane":"live")", R"("lane":null)"},
      {R"("lane":"live")", R"("lanes":"live")"},
      {R"("batch":"bat_1")", R"("batch":"b at")"},
      {R"("created":"2023)", R"("created":"x2023)"},
      {R"("events":[)", R"("events":[7,)"},
  }));
  std::string body = sample_body();
  body.replace(body.find(from), from.size(), to);
  INFO(body);
  const auto batch = read(body);
  REQUIRE_FALSE(batch);
  CHECK(batch.error().code == Errc::malformed);
}

TEST_CASE("another source is denied, in the envelope and in an event", "[heartbeat][unit]") {
  std::string body = sample_body();
  SECTION("envelope") {
    body.replace(body.find("laptop"), 6, "desk00");
  }
  SECTION("event") {
    body.insert(body.rfind('}', body.size() - 3), R"(,"source":"desk")");
  }
  SECTION("event with an escaped name") {
    body.insert(body.rfind('}', body.size() - 3), R"(,"source":"d\u0065sk")");
  }
  const auto batch = read(body);
  REQUIRE_FALSE(batch);
  CHECK(batch.error().code == Errc::denied);
}

TEST_CASE("ten thousand events pass, one more does not", "[heartbeat][unit]") {
  std::string list = "[{}";
  for (std::size_t i = 1; i < kBatchEventsMax; ++i) list += ",{}";
  const auto full = read(list + "]");
  REQUIRE(full);
  CHECK(full->rejected.size() == kBatchEventsMax);
  CHECK_FALSE(read(list + ",{}]"));
}

}  // namespace
}  // namespace vigil::agent
