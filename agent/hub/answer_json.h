#pragma once

#include <chrono>

#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/stats_query.h"
#include "base/json_text.h"

namespace vigil::agent {

// What answers of several routes have in common.

/// Rounded to milliseconds.
[[nodiscard]] double seconds_of(microseconds time);

/// To the microsecond: parts add up to their whole.
[[nodiscard]] double exact_seconds_of(microseconds time);

/// `"from"` and `"to"`, null where the range is open.
void write_days(JsonText& json, const DayRange& days);

/// `"method":{"preset","timeout_seconds","agent_gap_seconds"}`, the last one null where the preset
/// knows no turns.
void write_method(JsonText& json, Preset preset, const TimeLimits& limits);

/// `"tokens":{"input","cache_read","cache_write","output"}`.
void write_tokens(JsonText& json, const parser::Tokens& tokens);

/// `"source"`, how many heartbeats it has, when it was heard first and last, and what is missing of
/// it.
void write_source(JsonText& json, const SourceSummary& source);

/// A text, or null.
void write_text(JsonText& json, std::string_view name, const std::optional<std::string>& text);

}  // namespace vigil::agent
