// What must hold when a run has come to rest. Looks at the databases with SQLite alone.

#include <sqlite3.h>

#include <functional>

#include "base/check.h"
#include "tests/sim/world.h"

namespace vigil::sim {
namespace {

std::string base36(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; value /= 36) {
    out[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
  }
  return out;
}

/// Calls `take` for each row; the error where there is one.
std::string query(const std::string& path, const char* sql,
                  const std::function<void(sqlite3_stmt*)>& take) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string error;
  int code = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  if (code == SQLITE_OK) code = sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) take(statement);
  }
  if (code != SQLITE_DONE) error = path + ": " + sqlite3_errmsg(db);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return error;
}

std::int64_t number_or(sqlite3_stmt* row, int column, std::int64_t otherwise) {
  return sqlite3_column_type(row, column) == SQLITE_NULL ? otherwise
                                                         : sqlite3_column_int64(row, column);
}

}  // namespace

/// queued = delivered + quarantined + waiting + evicted, and nothing was evicted but is counted.
void World::check_accounts() {
  agent::Outbox* outbox = agent_.outbox();
  if (outbox == nullptr) return;
  std::uint64_t settled = 0;
  std::uint64_t evicted = 0;
  auto& fired = outcome_.fired;
  for (const auto lane : agent::kLanes) {
    const auto backlog = outbox->backlog(SinkName("hub"), lane);
    settled += backlog.delivered + backlog.quarantined + backlog.pending + backlog.evicted;
    evicted += backlog.evicted;
    if (backlog.quarantined > 0) fired["event quarantined"] += backlog.quarantined;
  }
  using agent::Counter;
  outcome_.evicted = outbox->counted(Counter::events_evicted);
  if (evicted > 0) fired["event evicted"] += evicted;
  if (agent_.rebuilds() > 0) fired["queue rebuilt"] += agent_.rebuilds();
  if (settled != outbox->counted(Counter::events_queued)) {
    outcome_.faults.push_back("the accounts do not balance: " + std::to_string(settled) + " of " +
                              std::to_string(outbox->counted(Counter::events_queued)) +
                              " queued events have a fate (I6)");
  }
  if (evicted != outcome_.evicted) outcome_.faults.emplace_back("evictions are miscounted (I6)");
  const auto lines = outbox->counted(Counter::lines_derived) +
                     outbox->counted(Counter::lines_ignored) +
                     outbox->counted(Counter::lines_malformed);
  if (lines != outbox->counted(Counter::lines_read)) {
    outcome_.faults.emplace_back("lines read are not derived, ignored or malformed (I6)");
  }
}

void World::check_databases() {
  agent_.stop();
  hub_.stop();
  for (const auto& path : {AgentMachine::queue_path(), HubMachine::store_path()}) {
    const auto error = query(path, "PRAGMA integrity_check", [&](sqlite3_stmt* row) {
      const std::string said(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)));
      if (said != "ok") outcome_.faults.push_back(path + ": " + said);
    });
    if (!error.empty()) outcome_.faults.push_back(error);
  }
}

void World::check_rows() {
  Ledger::Rows rows;
  std::map<std::string, int> submitted;
  constexpr const char* kRows =
      "SELECT id_time, id_hash, rev, tokens_output, prompt_length, ok,"
      " (SELECT text FROM names WHERE id = project) FROM events";
  const auto error = query(HubMachine::store_path(), kRows, [&](sqlite3_stmt* row) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, 6));
    const std::string project(text == nullptr ? "" : text);
    if (project.starts_with("submission-")) {
      ++submitted[project];
      return;
    }
    StoredRow stored;
    stored.revision = static_cast<std::uint32_t>(sqlite3_column_int64(row, 2));
    stored.output_tokens = number_or(row, 3, -1);
    stored.prompt_length = number_or(row, 4, -1);
    stored.ok = static_cast<int>(number_or(row, 5, -1));
    const auto id = "evt_" + base36(static_cast<std::uint64_t>(sqlite3_column_int64(row, 0)), 9) +
                    base36(static_cast<std::uint64_t>(sqlite3_column_int64(row, 1)), 11);
    if (!rows.emplace(id, stored).second) outcome_.faults.push_back("two rows have the id " + id);
  });
  if (!error.empty()) outcome_.faults.push_back(error);
  outcome_.events = ledger_.compare(rows, outcome_.faults);
  std::uint64_t missing = 0;
  for (const auto& [project, submission] : submissions_) {
    if (submission.must && !submitted.contains(project)) ++missing;
    if (submitted[project] > 1) outcome_.faults.push_back(project + " is stored twice");
  }
  if (missing > outcome_.evicted) {
    outcome_.faults.push_back(std::to_string(missing) + " accepted submissions are gone, " +
                              std::to_string(outcome_.evicted) + " were evicted");
  }
}

}  // namespace vigil::sim
