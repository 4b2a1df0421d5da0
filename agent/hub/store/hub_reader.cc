#include "agent/hub/store/hub_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/event_export.h"
#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/explain_reader.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/session_reader.h"
#include "agent/hub/store/stats_reader.h"
#include "agent/hub/store/store_database.h"

namespace vigil::agent {
namespace {

/// The items of a breakdown by several dimensions, by one of them alone.
std::vector<StatsItem> folded(const std::vector<StatsItem>& items, std::size_t dimension) {
  std::vector<StatsItem> by_one;
  for (const auto& item : items) {
    const auto& key = item.keys.at(dimension);
    const auto found = std::ranges::find_if(
        by_one, [&](const StatsItem& known) { return known.keys.front() == key; });
    if (found != by_one.end()) {
      found->figures += item.figures;
    } else {
      by_one.push_back({{key}, item.figures});
    }
  }
  sort_by_keys(by_one);
  return by_one;
}

std::pair<dev_t, ino_t> file_at(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return {};
  return {file.st_dev, file.st_ino};
}

}  // namespace

struct HubReader::State {
  explicit State(std::string store_path) : path(std::move(store_path)) {}

  Result<void> open() {
    names.reset();
    db.reset();
    file = file_at(path);
    auto opened = VIGIL_TRY(open_store_for_reading(path));
    return with_store_errors(path, [&]() -> Result<void> {
      names.emplace(*opened);
      db = std::move(opened);
      return {};
    });
  }

  /// Everything that `work` reads is of one moment.
  Result<void> in_snapshot(const std::function<Result<void>()>& work) {
    // A damaged store may have given way to another.
    if (!db || file != file_at(path)) VIGIL_TRY(open());
    auto done = with_store_errors(path, [&]() -> Result<void> {
      const SQLite::Transaction snapshot(*db);
      return work();  // nothing was written, so that ending it by a rollback is as good
    });
    if (done || done.error().code != Errc::damaged) return done;
    found_damage = true;
    names.reset();
    db.reset();
    return done;
  }

  /// What `read` makes of one moment of the store.
  template <class Answer, class Read>
  Result<Answer> read(Read read) {
    Answer answer;
    VIGIL_TRY(in_snapshot([&]() -> Result<void> {
      answer = VIGIL_TRY(read(*db, *names));
      return {};
    }));
    return answer;
  }

  std::string path;
  std::pair<dev_t, ino_t> file;
  std::unique_ptr<SQLite::Database> db;
  std::optional<Names> names;
  bool found_damage = false;
};

HubReader::HubReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
HubReader::~HubReader() = default;

Result<std::unique_ptr<HubReader>> HubReader::open(const std::string& path) {
  auto state = std::make_unique<State>(path);
  VIGIL_TRY(state->open());
  return std::unique_ptr<HubReader>(new HubReader(std::move(state)));
}

bool HubReader::take_damage() {
  return std::exchange(state_->found_damage, false);
}

Result<Stats> HubReader::stats(const StatsQuery& query) {
  return state_->read<Stats>(
      [&](SQLite::Database& db, Names& names) { return read_stats(db, names, query); });
}

Result<Explanation> HubReader::explain(const ExplainQuery& query) {
  return state_->read<Explanation>(
      [&](SQLite::Database& db, Names& names) { return read_explanation(db, names, query); });
}

Result<Timeline> HubReader::timeline(const StatsQuery& query) {
  return state_->read<Timeline>(
      [&](SQLite::Database& db, Names& names) { return read_timeline(db, names, query); });
}

Result<Sessions> HubReader::sessions(const StatsQuery& query) {
  return state_->read<Sessions>(
      [&](SQLite::Database& db, Names& names) { return read_sessions(db, names, query); });
}

Result<DaySummary> HubReader::summary_of(std::chrono::local_days day, const TimeZone& zone) {
  StatsQuery query;
  query.days = {day, day};
  query.zone = zone;
  query.by = {Dimension::project, Dimension::language, Dimension::app, Dimension::model};
  const auto whole = VIGIL_TRY(stats(query));
  return DaySummary{day,
                    whole.total,
                    folded(whole.items, 0),
                    folded(whole.items, 1),
                    folded(whole.items, 2),
                    folded(whole.items, 3)};
}

Result<ExportPage> HubReader::export_page(const ExportQuery& query,
                                          const std::optional<ExportCursor>& after,
                                          std::size_t limit) {
  ExportPage page;
  VIGIL_TRY(state_->in_snapshot([&]() -> Result<void> {
    EventExport events(*state_->db, *state_->names);
    page = events.page(query, after, std::clamp<std::size_t>(limit, 1, kExportPageMax));
    return {};
  }));
  return page;
}

Result<void> HubReader::export_heartbeats(
    const ExportQuery& query, const std::function<Result<void>(const ExportedHeartbeat&)>& visit) {
  return state_->in_snapshot([&]() -> Result<void> {
    EventExport events(*state_->db, *state_->names);
    std::optional<ExportCursor> after;
    do {
      const auto page = events.page(query, after, kExportPageMax);
      for (const auto& heartbeat : page.heartbeats) VIGIL_TRY(visit(heartbeat));
      after = page.next;
    } while (after);
    return {};
  });
}

Result<std::vector<ExportedHeartbeat>> HubReader::stored_after(std::int64_t seq,
                                                               std::size_t limit) {
  std::vector<ExportedHeartbeat> heartbeats;
  VIGIL_TRY(state_->in_snapshot([&]() -> Result<void> {
    EventExport events(*state_->db, *state_->names);
    heartbeats = events.stored_after(seq, std::clamp<std::size_t>(limit, 1, kExportPageMax));
    return {};
  }));
  return heartbeats;
}

Result<std::vector<SourceSummary>> HubReader::sources() {
  std::vector<SourceSummary> sources;
  VIGIL_TRY(state_->in_snapshot([&]() -> Result<void> {
    SQLite::Statement select(
        *state_->db,
        "SELECT text, events, first_received, last_received, last_time, "
        "(SELECT coalesce(sum(missing), 0) FROM streams WHERE streams.source = sources.source), "
        "(SELECT coalesce(sum(breaks), 0) FROM streams WHERE streams.source = sources.source) "
        "FROM sources JOIN names ON names.id = sources.source ORDER BY text");
    const auto number = [&select](int column) { return select.getColumn(column).getInt64(); };
    while (select.executeStep()) {
      sources.push_back({SourceId(select.getColumn(0).getString()), number(1),
                         from_unix_ms(number(2)), from_unix_ms(number(3)), from_unix_ms(number(4)),
                         number(5), number(6)});
    }
    return {};
  }));
  return sources;
}

Result<std::vector<Correction>> HubReader::corrections() {
  return state_->read<std::vector<Correction>>(
      [](SQLite::Database& db, Names&) -> Result<std::vector<Correction>> {
        auto corrections = read_corrections(db);
        std::ranges::reverse(corrections);
        return corrections;
      });
}

Result<std::size_t> HubReader::count(const ForgetQuery& query) {
  return state_->read<std::size_t>([&](SQLite::Database& db, Names& names) -> Result<std::size_t> {
    return count_events(db, names, query);
  });
}

Result<std::int64_t> HubReader::revision() {
  std::int64_t revision = 0;
  VIGIL_TRY(with_store_errors(state_->path, [&]() -> Result<void> {
    revision = state_->db->execAndGet(kNewestSeq).getInt64();
    return {};
  }));
  return revision;
}

}  // namespace vigil::agent
