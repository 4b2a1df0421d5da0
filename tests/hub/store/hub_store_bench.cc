// Measures the store in CPU time: ingest against a bare loop of the same inserts, and queries.
//
//   hub_store_bench [heartbeats]      (default 250000)

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "agent/heartbeat/event_id.h"
#include "agent/hub/store/event_row.h"
#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/hub_store.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/store_database.h"
#include "base/posix_file_system.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace vigil;
using namespace vigil::agent;

constexpr std::size_t kBatch = 1'000;

/// CPU time of the process: machines that are shared make wall time useless.
class Stopwatch {
 public:
  [[nodiscard]] double ms() const {
    return static_cast<double>(std::clock() - start_) * 1'000.0 / CLOCKS_PER_SEC;
  }

 private:
  std::clock_t start_ = std::clock();
};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

double rate(std::size_t rows, const Stopwatch& watch) {
  return static_cast<double>(rows) / watch.ms() * 1'000;
}

/// The same tables, indexes and rows, without looking for anything.
double bare_loop(const std::string& path, const std::vector<Heartbeat>& heartbeats) {
  PosixFileSystem files;
  auto db = must(open_store_for_writing(path, files));
  std::vector<EventRow> rows;
  {
    SQLite::Transaction transaction(*db);
    Names names(*db);
    for (const auto& heartbeat : heartbeats) rows.push_back(to_row(heartbeat, 1, names));
    transaction.commit();
  }
  std::string sql = "INSERT INTO events(seq,batch," + column_list() + ") VALUES (?,?";
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) sql += ",?";
  SQLite::Statement insert(*db, sql + ") ON CONFLICT DO NOTHING");
  const Stopwatch watch;
  std::int64_t seq = 0;
  for (std::size_t i = 0; i < rows.size(); i += kBatch) {
    SQLite::Transaction transaction(*db);
    for (std::size_t j = i; j < std::min(rows.size(), i + kBatch); ++j) {
      insert.reset();
      insert.bind(1, ++seq);
      insert.bind(2, std::int64_t{1});
      bind_row(insert, 3, rows[j]);
      insert.exec();
    }
    transaction.commit();
  }
  return rate(rows.size(), watch);
}

double ingest(HubStore& store, std::span<const Heartbeat> heartbeats) {
  double ms = 0;
  for (std::size_t i = 0; i < heartbeats.size(); i += kBatch) {
    // A hub has just parsed a batch when it stores it: it is in the processor's cache.
    const auto part = heartbeats.subspan(i, std::min(kBatch, heartbeats.size() - i));
    const std::vector<Heartbeat> fresh(part.begin(), part.end());
    const auto batch = sample_batch(fresh);
    const Stopwatch watch;
    for (auto& outcome : must(store.ingest({&batch, 1}))) must(std::move(outcome));
    ms += watch.ms();
  }
  return static_cast<double>(heartbeats.size()) / ms * 1'000;
}

void query(const std::string& path, const char* what, std::vector<Dimension> by) {
  StatsQuery query;
  query.zone = must(TimeZone::named("Europe/Berlin"));
  query.by = std::move(by);
  const Stopwatch watch;
  const auto reader = must(HubReader::open(path));
  const auto stats = must(reader->stats(query));
  std::printf("stats by %-22s %8.2f ms, %zu items\n", what, watch.ms(), stats.items.size());
}

/// What a page asks for, over and over, of a store that is rolled up: 95 of 100 answers take no
/// longer.
void query_range(const std::string& path, int days, std::vector<Dimension> by) {
  constexpr std::size_t kTimes = 100;
  const auto reader = must(HubReader::open(path));
  StatsQuery query;
  query.zone = must(TimeZone::named("Europe/Berlin"));
  query.by = std::move(by);
  const auto last = std::chrono::local_days{std::chrono::days{20'717 + 300}};
  query.days = {last - std::chrono::days{days - 1}, last};
  std::vector<double> times;
  for (std::size_t i = 0; i < kTimes; ++i) {
    const Stopwatch watch;
    (void)must(reader->stats(query));
    times.push_back(watch.ms());
  }
  std::ranges::sort(times);
  std::printf("stats of %3d days            %8.2f ms p95, %.2f ms median\n", days,
              times[kTimes * 95 / 100], times[kTimes / 2]);
}

/// What a correction costs whoever makes it, and the question right after it.
void correct(HubStore& store, const std::string& path, const char* what, Correction correction) {
  const Stopwatch making;
  const auto made = must(store.correct(std::move(correction), from_unix_ms(1)));
  std::printf("correct: %-18s %8.2f ms\n", what, making.ms());
  query(path, "project (corrected)", {Dimension::project});
  const Stopwatch rolling;
  while (must(store.roll_up(WallTime::max())) != 0) {
  }
  std::printf("roll up              %10.0f ms\n", rolling.ms());
  (void)store.undo_correction(made.id);
  while (must(store.roll_up(WallTime::max())) != 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  SampleShape shape;
  shape.count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 250'000;
  shape.span = std::chrono::hours{24 * 366};
  shape.sessions = 2'600;
  shape.projects = 130;
  const auto heartbeats = sample_heartbeats(1, shape);
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");

  const double bare = bare_loop(folder.file("bare.db"), heartbeats);
  auto store = must(HubStore::open(path));
  const double stored = ingest(*store, heartbeats);
  std::printf("bare loop   %10.0f rows/s\ningest      %10.0f rows/s (%.2f)\n", bare, stored,
              stored / bare);
  query(path, "model,day (no rollup)", {Dimension::model, Dimension::day});
  std::printf("duplicates  %10.0f rows/s\n", ingest(*store, heartbeats));
  const Stopwatch rolling;
  std::size_t calls = 1;
  while (must(store->roll_up(WallTime::max())) != 0) ++calls;
  std::printf("roll up     %10.0f ms in %zu calls\n", rolling.ms(), calls);
  for (int i = 0; i < (argc > 2 ? 200 : 3); ++i)
    query(path, "model,day", {Dimension::model, Dimension::day});
  for (const int days : {1, 30, 366}) query_range(path, days, {Dimension::project});
  for (const int days : {1, 30, 366}) {
    query_range(path, days, {Dimension::project, Dimension::day});
  }
  query(path, "project,hour", {Dimension::project, Dimension::hour});
  query(path, "tool_class", {Dimension::tool_class});
  query(path, "entity", {Dimension::entity});
  const Stopwatch exporting;
  std::size_t count = 0;
  const auto reader = must(HubReader::open(path));
  const auto exported =
      reader->export_heartbeats({}, [&](const ExportedHeartbeat&) -> Result<void> {
        ++count;
        return {};
      });
  if (!exported) std::puts(exported.error().message.c_str());
  const auto begin = shape.begin + std::chrono::hours{24 * 100};
  using enum CorrectionKind;
  correct(*store, path, "rename", {.kind = rename, .project = "project1", .to = "project2"});
  correct(*store, path, "hide", {.kind = hide, .project = "project1"});
  correct(
      *store, path, "assign a day",
      {.kind = assign, .to = "project2", .from = begin, .until = begin + std::chrono::hours{24}});
  correct(*store, path, "ignore", {.kind = ignore, .project = "project1"});
  std::printf("export      %10.0f rows/s\n", rate(count, exporting));
}
