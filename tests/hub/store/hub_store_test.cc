#include "agent/hub/store/hub_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/store/hub_reader.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

struct Counts {
  std::size_t stored = 0;
  std::size_t duplicate = 0;
  std::size_t revised = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};

class Hub {
 public:
  Hub() : path_(folder_.file("hub.db")), store_(std::move(*HubStore::open(path_))) {}

  Result<IngestOutcome> ingest(const IngestBatch& batch) {
    auto outcomes = store_->ingest({&batch, 1});
    REQUIRE(outcomes);
    return std::move(outcomes->front());
  }

  Counts put(std::span<const Heartbeat> heartbeats, const std::string& source = "laptop") {
    const auto outcome = ingest(sample_batch(heartbeats, source));
    REQUIRE(outcome);
    CHECK(outcome->changes.size() == outcome->stored + outcome->revised);
    return {outcome->stored, outcome->duplicate, outcome->revised};
  }

  Counts put(const Heartbeat& heartbeat) { return put(std::span(&heartbeat, 1)); }

  std::vector<Heartbeat> content() {
    std::vector<Heartbeat> all;
    const auto reader = HubReader::open(path_);
    REQUIRE(reader);
    REQUIRE(
        (*reader)->export_heartbeats({}, [&](const ExportedHeartbeat& exported) -> Result<void> {
          all.push_back(exported.heartbeat);
          return {};
        }));
    return all;
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  HubStore& store() { return *store_; }

 private:
  test::TemporaryDirectory folder_;
  std::string path_;
  std::unique_ptr<HubStore> store_;
};

std::vector<Heartbeat> in_export_order(std::vector<Heartbeat> heartbeats) {
  std::ranges::sort(heartbeats, {}, [](const Heartbeat& heartbeat) {
    return std::pair(heartbeat.time, heartbeat.id.text());
  });
  return heartbeats;
}

IngestBatch numbered(std::span<const Heartbeat> heartbeats, std::uint64_t seq,
                     const std::optional<Digest>& prev) {
  IngestBatch batch = sample_batch(heartbeats);
  batch.id = BatchId("batch-" + std::to_string(seq));
  batch.instance = "instance";
  batch.lane = "live";
  batch.seq = seq;
  batch.prev = prev;
  batch.digest = sha256(batch.id.text());
  return batch;
}

}  // namespace

TEST_CASE("a heartbeat comes out of the store as it went in, every field of it", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(1, {.count = 1'500});
  CHECK(hub.put(samples) == Counts{1'500, 0, 0});
  CHECK(hub.content() == in_export_order(samples));
}

TEST_CASE("heartbeats sent again change nothing", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(2, {.count = 300});
  hub.put(samples);
  CHECK(hub.put(samples) == Counts{0, 300, 0});
  CHECK(hub.content().size() == 300);
}

TEST_CASE("two sources may use the same id", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(3, {.count = 3});
  hub.put(samples, "laptop");
  CHECK(hub.put(samples, "desktop") == Counts{3, 0, 0});
}

TEST_CASE("a higher revision replaces, a lower one is a duplicate", "[hub][io]") {
  Hub hub;
  Heartbeat heartbeat = sample_heartbeats(4, {.count = 1}).front();
  heartbeat.rev = 1;
  hub.put(heartbeat);
  Heartbeat later = heartbeat;
  later.rev = 2;
  later.tokens = Tokens{1, 2, 3, 4, 5};
  CHECK(hub.put(later) == Counts{0, 0, 1});
  CHECK(hub.put(heartbeat) == Counts{0, 1, 0});
  CHECK(hub.content() == std::vector{later});
}

TEST_CASE("of two heartbeats that differ at one revision the greater digest stays", "[hub][io]") {
  Heartbeat one = sample_heartbeats(5, {.count = 1}).front();
  Heartbeat other = one;
  other.project = "another";
  if (sha256(to_json(other)) < sha256(to_json(one))) std::swap(one, other);
  Hub rising;
  CHECK(rising.put(one) == Counts{1, 0, 0});
  CHECK(rising.put(other) == Counts{0, 0, 1});
  Hub falling;
  CHECK(falling.put(other) == Counts{1, 0, 0});
  CHECK(falling.put(one) == Counts{0, 1, 0});
  CHECK(rising.content() == falling.content());
}

TEST_CASE("revisions and repeats in any order and grouping leave the same content", "[hub][io]") {
  auto versions = sample_heartbeats(6, {.count = 150});
  for (std::size_t i = 0; i < 150; ++i) {
    Heartbeat next = versions[i];
    next.rev = static_cast<std::uint32_t>(i % 3);
    next.time += std::chrono::minutes{i % 40};
    next.lines = static_cast<std::int64_t>(i);
    versions.push_back(next);
    versions.push_back(next);
  }
  Hub first;
  first.put(versions);
  const auto expected = first.content();
  CHECK(expected.size() == 150);

  std::mt19937_64 random(GENERATE(range(1U, 6U)));
  std::ranges::shuffle(versions, random);
  Hub hub;
  for (std::size_t i = 0; i < versions.size();) {
    const auto count = std::min<std::size_t>(versions.size() - i, 1 + random() % 90);
    hub.put(std::span(versions).subspan(i, count));
    i += count;
  }
  CHECK(hub.content() == expected);
}

TEST_CASE("what is stored or revised gets numbers that only grow", "[hub][io]") {
  Hub hub;
  auto samples = sample_heartbeats(7, {.count = 3});
  hub.put(samples);
  samples[1].rev = 1;
  const auto outcome = hub.ingest(sample_batch(samples));
  REQUIRE(outcome);
  REQUIRE(outcome->changes.size() == 1);
  CHECK(outcome->changes[0].index == 1);
  CHECK(outcome->changes[0].seq == 4);

  const auto reader = std::move(*HubReader::open(hub.path()));
  CHECK(*reader->revision() == 4);
  const auto news = reader->stored_after(3, 10);
  REQUIRE(news->size() == 1);
  CHECK(news->front().heartbeat == samples[1]);
  CHECK(news->front().source == SourceId("laptop"));
}

TEST_CASE("a batch that comes again gets the answer of the first time", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(8, {.count = 20});
  const auto batch = numbered(samples, 1, std::nullopt);
  hub.put(std::span(samples).first(5));
  const auto first = hub.ingest(batch);
  const auto again = hub.ingest(batch);
  CHECK_FALSE(first->is_replay);
  CHECK(again->is_replay);
  CHECK(again->stored == 15);
  CHECK(again->duplicate == 5);
  CHECK(again->changes.empty());
}

TEST_CASE("a batch id with another digest is refused, and the batches beside it are stored",
          "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(9, {.count = 3});
  REQUIRE(hub.ingest(numbered(std::span(samples).first(1), 1, std::nullopt)));
  auto forged = numbered(std::span(samples).subspan(1, 1), 1, std::nullopt);
  forged.digest = sha256("other");
  const std::vector batches{forged, numbered(std::span(samples).last(1), 2, std::nullopt)};
  const auto outcomes = hub.store().ingest(batches);
  REQUIRE(outcomes);
  CHECK(outcomes->at(0).error().code == Errc::exists);
  CHECK(outcomes->at(1)->stored == 1);
  CHECK(hub.content().size() == 2);
}

TEST_CASE("a heartbeat without a valid id stores nothing of its batch", "[hub][io]") {
  Hub hub;
  auto samples = sample_heartbeats(10, {.count = 2});
  samples[1].id = EventId("evt_short");
  const auto outcome = hub.ingest(sample_batch(samples));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::malformed);
  CHECK(hub.content().empty());
}

TEST_CASE("a transaction that fails stores nothing, and the next one works", "[hub][io]") {
  Hub hub;
  auto samples = sample_heartbeats(13, {.count = 50});
  samples.back().rev = 99;
  SQLite::Database other(hub.path(), SQLite::OPEN_READWRITE);
  other.exec(
      "CREATE TRIGGER fault BEFORE INSERT ON events WHEN NEW.rev = 99 "
      "BEGIN SELECT RAISE(ABORT, 'fault'); END");
  const auto batch = sample_batch(samples);
  REQUIRE_FALSE(hub.store().ingest({&batch, 1}));
  CHECK(hub.content().empty());
  other.exec("DROP TRIGGER fault");
  CHECK(hub.put(samples) == Counts{50, 0, 0});
  CHECK(hub.content() == in_export_order(samples));
}

TEST_CASE("gaps between batches and broken chains are counted", "[hub][io]") {
  Hub hub;
  const auto put = [&](std::uint64_t seq, const char* prev) {
    REQUIRE(hub.ingest(numbered({}, seq, sha256(prev))));
  };
  put(1, "");
  put(2, "batch-1");
  put(5, "batch-4");         // 3 and 4 are missing
  put(3, "batch-2");         // one of them came late
  put(6, "something else");  // not what was stored as number 5
  const auto sources = (*HubReader::open(hub.path()))->sources();
  REQUIRE(sources);
  REQUIRE(sources->size() == 1);
  CHECK(sources->front().source == SourceId("laptop"));
  CHECK(sources->front().missing == 1);
  CHECK(sources->front().breaks == 1);
}

TEST_CASE("pages of an export join to the whole, in bounded pieces", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(11, {.count = 2'500});
  hub.put(samples);
  const auto reader = std::move(*HubReader::open(hub.path()));
  std::vector<Heartbeat> joined;
  std::optional<ExportCursor> after;
  do {
    const auto page = reader->export_page({}, after, kExportPageMax + 1);
    REQUIRE(page);
    CHECK(page->heartbeats.size() <= kExportPageMax);
    for (const auto& exported : page->heartbeats) joined.push_back(exported.heartbeat);
    after = page->next;
  } while (after);
  CHECK(joined == in_export_order(samples));
}

TEST_CASE("an export of days has what lies between their ends", "[hub][io]") {
  Hub hub;
  const auto samples = sample_heartbeats(12, {.count = 200});
  hub.put(samples);
  const auto reader = std::move(*HubReader::open(hub.path()));
  const auto day = *parse_day("2026-09-22");
  const auto zone = *TimeZone::named("Asia/Kathmandu");
  const auto page = reader->export_page({{day, day}, zone}, std::nullopt);
  const auto expected = std::ranges::count_if(samples, [&](const Heartbeat& heartbeat) {
    return heartbeat.time >= zone.start_of(day) &&
           heartbeat.time < zone.start_of(day + std::chrono::days{1});
  });
  REQUIRE(expected > 0);
  CHECK(std::ssize(page->heartbeats) == expected);
}

}  // namespace vigil::agent
