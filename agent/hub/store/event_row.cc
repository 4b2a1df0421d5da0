#include "agent/hub/store/event_row.h"

#include <bit>
#include <charconv>
#include <optional>
#include <vector>

#include "agent/heartbeat/event_id.h"
#include "agent/hub/store/names.h"
#include "base/check.h"

namespace vigil::agent {
namespace {

/// A list as one text, each entry behind its length: `7:clamped8:observed`.
std::string pack(const std::vector<std::string>& list) {
  std::string packed;
  for (const auto& entry : list) {
    packed += std::to_string(entry.size());
    packed += ':';
    packed += entry;
  }
  return packed;
}

std::vector<std::string> unpack(std::string_view packed) {
  std::vector<std::string> list;
  while (!packed.empty()) {
    std::size_t length = 0;
    const auto colon = std::from_chars(packed.data(), packed.data() + packed.size(), length).ptr;
    packed.remove_prefix(static_cast<std::size_t>(colon - packed.data()));
    if (packed.empty() || length >= packed.size()) break;  // written by nobody
    list.emplace_back(packed.substr(1, length));
    packed.remove_prefix(1 + length);
  }
  return list;
}

std::int64_t number(const std::optional<std::int64_t>& value) {
  return value.value_or(kAbsent);
}

std::optional<std::int64_t> optional_number(std::int64_t value) {
  return value == kAbsent ? std::nullopt : std::optional(value);
}

void put_tokens(const std::optional<Tokens>& tokens, EventRow& row) {
  row[Column::tokens_input] = tokens ? tokens->input : kAbsent;
  row[Column::tokens_cache_read] = tokens ? tokens->cache_read : kAbsent;
  row[Column::tokens_cache_write] = tokens ? tokens->cache_write : kAbsent;
  row[Column::tokens_output] = tokens ? tokens->output : kAbsent;
  row[Column::tokens_reasoning] = tokens ? tokens->reasoning : kAbsent;
}

std::optional<Tokens> tokens_of(const EventRow& row) {
  if (row[Column::tokens_input] == kAbsent) return std::nullopt;
  return Tokens{row[Column::tokens_input], row[Column::tokens_cache_read],
                row[Column::tokens_cache_write], row[Column::tokens_output],
                row[Column::tokens_reasoning]};
}

void put_texts(const Heartbeat& heartbeat, Names& names, EventRow& row) {
  const auto put = [&](Column column, std::string_view text) {
    row[column] = text.empty() ? kAbsent : names.number_of(text);
  };
  put(Column::session, heartbeat.session);
  put(Column::project, heartbeat.project);
  put(Column::language, heartbeat.language);
  put(Column::model, heartbeat.model);
  put(Column::same_as, heartbeat.same_as);
  put(Column::branch, heartbeat.branch);
  put(Column::category, heartbeat.category);
  put(Column::entity, heartbeat.entity);
  put(Column::tool, heartbeat.tool);
  put(Column::parent_session, heartbeat.parent_session);
  put(Column::flags, pack(heartbeat.flags));
  put(Column::dependencies, pack(heartbeat.dependencies));
}

void take_texts(const EventRow& row, Names& names, Heartbeat& heartbeat) {
  const auto text = [&](Column column) {
    return row[column] == kAbsent ? std::string() : names.text_of(row[column]);
  };
  heartbeat.session = text(Column::session);
  heartbeat.project = text(Column::project);
  heartbeat.language = text(Column::language);
  heartbeat.model = text(Column::model);
  heartbeat.same_as = text(Column::same_as);
  heartbeat.branch = text(Column::branch);
  heartbeat.category = text(Column::category);
  heartbeat.entity = text(Column::entity);
  heartbeat.tool = text(Column::tool);
  heartbeat.parent_session = text(Column::parent_session);
  heartbeat.flags = unpack(text(Column::flags));
  heartbeat.dependencies = unpack(text(Column::dependencies));
}

void take_origin(const EventRow& row, Names& names, Heartbeat& heartbeat) {
  const Origin origin = names.origin(row[Column::origin]);
  const auto text = [&](OriginPart part) {
    return names.text_of(origin.at(static_cast<std::size_t>(part)));
  };
  heartbeat.machine = text(OriginPart::machine);
  heartbeat.os = text(OriginPart::os);
  heartbeat.timezone = text(OriginPart::timezone);
  heartbeat.user_agent = text(OriginPart::user_agent);
  heartbeat.app = text(OriginPart::app);
  heartbeat.app_version = text(OriginPart::app_version);
}

}  // namespace

EventRow to_row(const Heartbeat& heartbeat, std::int64_t source, Names& names) {
  const auto key = to_event_key(heartbeat.id.text());
  check(key.has_value());
  EventRow row;
  row[Column::source] = source;
  row[Column::id_time] = static_cast<std::int64_t>(key->time_ms);
  row[Column::id_hash] = static_cast<std::int64_t>(key->hash);
  row[Column::rev] = heartbeat.rev;
  row[Column::time] = unix_ms(heartbeat.time);
  row[Column::actor] = static_cast<std::int64_t>(heartbeat.actor);
  row[Column::action] = static_cast<std::int64_t>(heartbeat.action);
  row[Column::tool_class] = static_cast<std::int64_t>(heartbeat.tool_class);
  row[Column::entity_type] = static_cast<std::int64_t>(heartbeat.entity_type);
  row[Column::origin] = names.origin_of(heartbeat);
  row[Column::is_write] = heartbeat.is_write ? 1 : 0;
  row[Column::ok] = heartbeat.ok ? (*heartbeat.ok ? 1 : 0) : kAbsent;
  row[Column::lines] = number(heartbeat.lines);
  row[Column::lineno] = number(heartbeat.lineno);
  row[Column::cursorpos] = number(heartbeat.cursorpos);
  row[Column::lines_added] = number(heartbeat.lines_added);
  row[Column::lines_removed] = number(heartbeat.lines_removed);
  row[Column::prompt_length] = number(heartbeat.prompt_length);
  row[Column::project_root_count] = number(heartbeat.project_root_count);
  // Adding 0 turns -0.0 into 0.0: its bits would read as absent.
  row[Column::confidence] =
      heartbeat.confidence ? std::bit_cast<std::int64_t>(*heartbeat.confidence + 0.0) : kAbsent;
  put_tokens(heartbeat.tokens, row);
  put_texts(heartbeat, names, row);
  return row;
}

Heartbeat to_heartbeat(const EventRow& row, Names& names) {
  Heartbeat heartbeat;
  heartbeat.id = to_event_id({static_cast<std::uint64_t>(row[Column::id_time]),
                              static_cast<std::uint64_t>(row[Column::id_hash])});
  heartbeat.rev = static_cast<std::uint32_t>(row[Column::rev]);
  heartbeat.time = from_unix_ms(row[Column::time]);
  heartbeat.actor = static_cast<Actor>(row[Column::actor]);
  heartbeat.action = static_cast<Action>(row[Column::action]);
  heartbeat.tool_class = static_cast<ToolClass>(row[Column::tool_class]);
  heartbeat.entity_type = static_cast<EntityType>(row[Column::entity_type]);
  heartbeat.is_write = row[Column::is_write] != 0;
  if (row[Column::ok] != kAbsent) heartbeat.ok = row[Column::ok] != 0;
  heartbeat.lines = optional_number(row[Column::lines]);
  heartbeat.lineno = optional_number(row[Column::lineno]);
  heartbeat.cursorpos = optional_number(row[Column::cursorpos]);
  heartbeat.lines_added = optional_number(row[Column::lines_added]);
  heartbeat.lines_removed = optional_number(row[Column::lines_removed]);
  heartbeat.prompt_length = optional_number(row[Column::prompt_length]);
  heartbeat.project_root_count = optional_number(row[Column::project_root_count]);
  if (row[Column::confidence] != kAbsent) {
    heartbeat.confidence = std::bit_cast<double>(row[Column::confidence]);
  }
  heartbeat.tokens = tokens_of(row);
  take_texts(row, names, heartbeat);
  take_origin(row, names, heartbeat);
  return heartbeat;
}

}  // namespace vigil::agent
