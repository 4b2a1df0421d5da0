#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "parser/activity.h"

namespace vigil::agent {

using parser::Action;
using parser::Actor;
using parser::Tokens;
using parser::ToolClass;

enum class EntityType : std::uint8_t { file, app, domain, url };
[[nodiscard]] std::string_view name_of(EntityType type);
[[nodiscard]] std::optional<EntityType> entity_type_named(std::string_view name);

/// Longest text that any one field may have, in bytes; a heartbeat with a longer one is refused.
inline constexpr std::size_t kFieldMax = 4096;

/// "At this time, this actor touched this entity": the one event type of the system. What each
/// field means is on `docs/formats/heartbeat.md`. Empty strings and absent optionals are omitted
/// from the JSON form.
struct Heartbeat {
  EventId id;
  std::uint32_t rev = 0;
  WallTime time{};
  Actor actor = Actor::unknown;
  Action action = Action::tool;
  std::string entity;
  EntityType entity_type = EntityType::app;
  std::string category;
  std::string project;
  std::string branch;
  std::string language;
  bool is_write = false;
  std::optional<std::int64_t> lines;
  std::optional<std::int64_t> lineno;
  std::optional<std::int64_t> cursorpos;
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_removed;
  std::string app;
  std::string app_version;
  std::string session;         ///< keyed hash, 16 hex digits
  std::string parent_session;  ///< keyed hash, 16 hex digits
  std::string model;
  std::optional<Tokens> tokens;
  std::string tool;
  ToolClass tool_class = ToolClass::none;
  std::optional<bool> ok;
  std::string machine;
  std::string os;
  std::string timezone;  ///< IANA name
  std::optional<std::int64_t> prompt_length;
  std::optional<double> confidence;  ///< 0 to 1
  std::vector<std::string> flags;
  std::string same_as;
  std::vector<std::string> dependencies;
  std::string user_agent;
  std::optional<std::int64_t> project_root_count;

  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

}  // namespace vigil::agent
