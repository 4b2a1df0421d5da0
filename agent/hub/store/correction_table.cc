#include "agent/hub/store/correction_table.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"

namespace vigil::agent {
namespace {

std::string list_of(const std::set<std::int64_t>& numbers) {
  std::string list;
  for (const std::int64_t number : numbers)
    list += (list.empty() ? "" : ",") + std::to_string(number);
  return list;
}

void mark(SQLite::Database& db, const std::string& condition) {
  db.exec("INSERT OR IGNORE INTO dirty(slot) SELECT DISTINCT " + std::string(kSlotOfTime) +
          " FROM events WHERE " + condition);
}

/// Whatever changes names may change which project an assignment looks for, or whether what it
/// makes of a heartbeat counts.
void mark_assigned(SQLite::Database& db, std::span<const Correction> corrections) {
  for (const auto& correction : corrections) {
    if (correction.kind != CorrectionKind::assign) continue;
    mark(db, "time >= " + std::to_string(unix_ms(*correction.from)) + " AND time < " +
                 std::to_string(unix_ms(*correction.until)));
  }
}

/// The slots of projects that are ignored in one and count in the other.
void mark_ignored(SQLite::Database& db, const Corrections& before, const Corrections& after) {
  std::set<std::int64_t> changed;
  for (const auto* corrections : {&before, &after}) {
    for (const std::int64_t project : corrections->named()) {
      if (before.is_ignored(project) != after.is_ignored(project)) changed.insert(project);
    }
  }
  if (!changed.empty()) mark(db, "project IN (" + list_of(changed) + ")");
}

/// Does `change`, one of `kind`, and marks the slots that count differently for it. Readers notice
/// by the store's revision.
template <class Change>
void with_marks(SQLite::Database& db, Names& names, const Correction& changed, Change change) {
  const Corrections before = corrections_of(db, names);
  if (changed.kind == CorrectionKind::assign) mark_assigned(db, {&changed, 1});
  change();
  db.exec(kRaiseNewestSeq);
  if (changed.kind == CorrectionKind::assign || changed.kind == CorrectionKind::hide) return;
  mark_ignored(db, before, corrections_of(db, names));
  mark_assigned(db, read_corrections(db));
}

/// So that readers, who cannot give numbers, find one for every name that they may have to tell.
void number_names(const Correction& correction, Names& names) {
  if (!correction.to.empty()) (void)names.number_of(correction.to);
  if (correction.kind == CorrectionKind::hide) (void)names.number_of(kHiddenProject);
}

void insert(SQLite::Database& db, const Correction& correction) {
  SQLite::Statement put(
      db,
      "INSERT OR IGNORE INTO corrections(id, kind, project, target, begin, until, "
      "made_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
  if (correction.id != 0) put.bind(1, correction.id);
  put.bind(2, std::string(name_of(correction.kind)));
  put.bind(3, correction.project);
  put.bind(4, correction.to);
  if (correction.from) put.bind(5, unix_ms(*correction.from));
  if (correction.until) put.bind(6, unix_ms(*correction.until));
  put.bind(7, unix_ms(correction.made_at));
  put.exec();
}

std::optional<WallTime> time_in(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return from_unix_ms(column.getInt64());
}

}  // namespace

std::vector<Correction> read_corrections(SQLite::Database& db) {
  SQLite::Statement select(db,
                           "SELECT id, kind, project, target, begin, until, made_at "
                           "FROM corrections ORDER BY id");
  std::vector<Correction> corrections;
  while (select.executeStep()) {
    const auto kind = correction_kind_named(select.getColumn(1).getString());
    if (!kind) continue;  // the schema forbids it
    corrections.push_back({select.getColumn(0).getInt64(), *kind, select.getColumn(2).getString(),
                           select.getColumn(3).getString(), time_in(select.getColumn(4)),
                           time_in(select.getColumn(5)),
                           from_unix_ms(select.getColumn(6).getInt64())});
  }
  return corrections;
}

Corrections corrections_of(SQLite::Database& db, Names& names) {
  return {read_corrections(db), names};
}

Correction add_correction(SQLite::Database& db, Names& names, Correction correction) {
  number_names(correction, names);
  with_marks(db, names, correction, [&] { insert(db, correction); });
  correction.id = db.execAndGet("SELECT max(id) FROM corrections").getInt64();
  return correction;
}

Result<void> remove_correction(SQLite::Database& db, Names& names, std::int64_t id) {
  const auto in_force = read_corrections(db);
  const auto found = std::ranges::find(in_force, id, &Correction::id);
  if (found == in_force.end()) {
    return fail(Errc::not_found, "there is no correction " + std::to_string(id));
  }
  with_marks(db, names, *found, [&] {
    SQLite::Statement remove(db, "DELETE FROM corrections WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
  });
  return {};
}

void copy_corrections(SQLite::Database& db, Names& names, std::span<const Correction> corrections) {
  for (const auto& correction : corrections) {
    number_names(correction, names);
    insert(db, correction);
  }
}

}  // namespace vigil::agent
