#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "agent/heartbeat/heartbeat.h"

namespace vigil::agent {

class Names;

/// The columns of table `events` that hold a heartbeat, in the order of the table: what accounting
/// reads comes first, what is rare comes last.
enum class Column : std::uint8_t {
  source,
  id_time,
  id_hash,
  rev,
  time,
  actor,
  action,
  tool_class,
  origin,
  session,
  project,
  language,
  model,
  same_as,
  tokens_input,
  tokens_cache_read,
  tokens_cache_write,
  tokens_output,
  tokens_reasoning,
  branch,
  category,
  entity,
  entity_type,
  is_write,
  ok,
  tool,
  parent_session,
  lines_added,
  lines_removed,
  prompt_length,
  flags,
  lines,
  lineno,
  cursorpos,
  dependencies,
  project_root_count,
  confidence,
};

inline constexpr std::array<std::string_view, 37> kColumnNames{"source",
                                                               "id_time",
                                                               "id_hash",
                                                               "rev",
                                                               "time",
                                                               "actor",
                                                               "action",
                                                               "tool_class",
                                                               "origin",
                                                               "session",
                                                               "project",
                                                               "language",
                                                               "model",
                                                               "same_as",
                                                               "tokens_input",
                                                               "tokens_cache_read",
                                                               "tokens_cache_write",
                                                               "tokens_output",
                                                               "tokens_reasoning",
                                                               "branch",
                                                               "category",
                                                               "entity",
                                                               "entity_type",
                                                               "is_write",
                                                               "ok",
                                                               "tool",
                                                               "parent_session",
                                                               "lines_added",
                                                               "lines_removed",
                                                               "prompt_length",
                                                               "flags",
                                                               "lines",
                                                               "lineno",
                                                               "cursorpos",
                                                               "dependencies",
                                                               "project_root_count",
                                                               "confidence"};

/// Stands for NULL; no column ever holds it.
inline constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();

/// A heartbeat as integers: texts are numbers of table `names`, `confidence` is the bits of the
/// double. Since a text has one number, two rows are equal just where their heartbeats are.
struct EventRow {
  std::array<std::int64_t, kColumnNames.size()> values{};

  [[nodiscard]] std::int64_t& operator[](Column column) {
    return values[static_cast<std::size_t>(column)];
  }
  [[nodiscard]] std::int64_t operator[](Column column) const {
    return values[static_cast<std::size_t>(column)];
  }
  friend bool operator==(const EventRow&, const EventRow&) = default;
};

/// `id` must be a valid event id and `source` a number of `names`. Gives numbers to new texts.
[[nodiscard]] EventRow to_row(const Heartbeat& heartbeat, std::int64_t source, Names& names);

/// The heartbeat that to_row() was given, but for its source.
[[nodiscard]] Heartbeat to_heartbeat(const EventRow& row, Names& names);

}  // namespace vigil::agent
