#pragma once

#include <string>

#include "agent/hub/store/event_row.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

/// The greatest number that a row ever had, 0 for an empty store.
inline constexpr const char* kNewestSeq =
    "SELECT max(coalesce((SELECT max(seq) FROM events), 0), "
    "coalesce((SELECT value FROM settings WHERE name = 'last_seq'), 0))";

/// Takes the number after that, for a change that stores no row: what is seen of a store has a
/// greater number after every change.
inline constexpr const char* kRaiseNewestSeq =
    "INSERT OR REPLACE INTO settings SELECT 'last_seq', "
    "max(coalesce((SELECT max(seq) FROM events), 0), "
    "coalesce((SELECT value FROM settings WHERE name = 'last_seq'), 0)) + 1";

/// The slot of a row: SQL divides towards 0, slot_of() towards the past.
inline constexpr const char* kSlotOfTime = "(time - ((time % 900000) + 900000) % 900000) / 900000";

/// `source,id_time,...,confidence`.
[[nodiscard]] std::string column_list();

/// Binds all columns of a row from a parameter on, counted from 1.
void bind_row(SQLite::Statement& to, int first_parameter, const EventRow& row);

/// Reads all columns of column_list() from a result's column on, counted from 0.
[[nodiscard]] EventRow read_row(SQLite::Statement& from, int first_column);

}  // namespace vigil::agent
