#include "agent/cli/heartbeat_input.h"

#include <algorithm>
#include <cmath>

#include "agent/cli/json_value.h"
#include "agent/config/setting_value.h"
#include "agent/config/units.h"

namespace vigil::agent {
namespace {

// 1970 to 9999: what RFC 3339 can say.
constexpr double kSecondsMost = 253'402'300'799.0;

std::optional<WallTime> from_seconds(double seconds) {
  if (!(seconds >= 0 && seconds <= kSecondsMost)) return std::nullopt;
  return from_unix_ms(std::llround(seconds * 1'000));
}

/// `vim/9.0 vim-wakatime/11.1`: editors say themselves first.
void take_plugin(Heartbeat& heartbeat, std::string_view plugin) {
  heartbeat.user_agent = plugin;
  const std::string_view editor = plugin.substr(0, plugin.find(' '));
  const auto slash = editor.find('/');
  heartbeat.app = editor.substr(0, slash);
  std::ranges::transform(heartbeat.app, heartbeat.app.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (slash != std::string_view::npos) heartbeat.app_version = editor.substr(slash + 1);
}

/// What follows from the rest where it was not said.
void settle(Heartbeat& heartbeat, const HeartbeatDefaults& defaults) {
  if (heartbeat.entity_type == EntityType::file) {
    heartbeat.entity = PathBase(defaults.directory, defaults.home).absolute(heartbeat.entity);
  }
  if (heartbeat.category.empty() && heartbeat.entity_type == EntityType::file) {
    heartbeat.category = "coding";
  }
}

Action usual_action(const Heartbeat& heartbeat) {
  if (heartbeat.is_write) return Action::save;
  return heartbeat.entity_type == EntityType::file ? Action::edit : Action::open;
}

Actor usual_actor(const Heartbeat& heartbeat) {
  return heartbeat.category == "ai coding" ? Actor::agent : Actor::human;
}

Result<void> check_lengths(const Heartbeat& heartbeat) {
  for (const std::string* text :
       {&heartbeat.entity, &heartbeat.category, &heartbeat.project, &heartbeat.branch,
        &heartbeat.language, &heartbeat.app, &heartbeat.app_version, &heartbeat.user_agent}) {
    if (text->size() > kFieldMax) return fail(Errc::malformed, "a text is longer than 4,096 bytes");
  }
  if (heartbeat.entity.empty()) return fail(Errc::malformed, "entity is missing");
  return {};
}

Result<void> read_time(const JsonValue& json, Heartbeat& heartbeat) {
  std::optional<WallTime> time = heartbeat.time;
  if (const auto text = json.text("/time")) {
    time = parse_heartbeat_time(*text);
  } else if (const auto seconds = json.number("/time")) {
    time = from_seconds(*seconds);
  }
  if (!time) return fail(Errc::malformed, "time is neither RFC 3339 nor seconds since 1970");
  heartbeat.time = *time;
  return {};
}

Result<void> read_kinds(const JsonValue& json, Heartbeat& heartbeat) {
  const auto type = entity_type_named(json.text("/entity_type").value_or("file"));
  if (!type) return fail(Errc::malformed, "entity_type is none of file, app, domain, url");
  heartbeat.entity_type = *type;
  heartbeat.actor = usual_actor(heartbeat);
  heartbeat.action = usual_action(heartbeat);
  if (const auto name = json.text("/actor")) {
    const auto actor = parser::actor_named(*name);
    if (!actor) return fail(Errc::malformed, "actor is none of human, agent, unknown");
    heartbeat.actor = *actor;
  }
  if (const auto name = json.text("/action")) {
    const auto action = parser::action_named(*name);
    if (!action) return fail(Errc::malformed, "action is not known");
    heartbeat.action = *action;
  }
  return {};
}

void read_counts(const JsonValue& json, Heartbeat& heartbeat) {
  const auto count = [&](const char* pointer) -> std::optional<std::int64_t> {
    const auto value = json.integer(pointer);
    return value && *value >= 0 ? value : std::nullopt;
  };
  heartbeat.lines = count("/lines");
  heartbeat.lineno = count("/lineno");
  heartbeat.cursorpos = count("/cursorpos");
  heartbeat.lines_added = count("/lines_added");
  heartbeat.lines_removed = count("/lines_removed");
}

}  // namespace

std::optional<WallTime> parse_heartbeat_time(std::string_view text) {
  if (const auto time = parse_rfc3339(text)) return time;
  const auto dot = text.find('.');
  const auto whole = parse_integer(text.substr(0, dot));
  if (!whole || *whole < 0 || static_cast<double>(*whole) > kSecondsMost) return std::nullopt;
  std::string fraction =
      dot == std::string_view::npos ? std::string() : std::string(text.substr(dot + 1));
  if (fraction.size() > 9 || fraction.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  fraction.resize(3, '0');  // cut to milliseconds, as everywhere
  return from_unix_ms(*whole * 1'000 + parse_integer(fraction).value_or(0));
}

Result<Heartbeat> heartbeat_of(const HeartbeatCommand& command, const HeartbeatDefaults& defaults) {
  Heartbeat heartbeat;
  heartbeat.time = defaults.now;
  if (!command.time.empty()) {
    const auto time = parse_heartbeat_time(command.time);
    if (!time) return fail(Errc::malformed, "--time is neither RFC 3339 nor seconds since 1970");
    heartbeat.time = *time;
  }
  heartbeat.entity = command.entity;
  heartbeat.entity_type = entity_type_named(command.entity_type).value_or(EntityType::file);
  heartbeat.category = command.category;
  heartbeat.project = command.project;
  heartbeat.branch = command.branch;
  heartbeat.language = command.language;
  heartbeat.is_write = command.write;
  heartbeat.lineno = command.lineno;
  heartbeat.cursorpos = command.cursorpos;
  heartbeat.lines = command.lines;
  if (!command.plugin.empty()) take_plugin(heartbeat, command.plugin);
  settle(heartbeat, defaults);
  heartbeat.actor = usual_actor(heartbeat);
  heartbeat.action = usual_action(heartbeat);
  VIGIL_TRY(check_lengths(heartbeat));
  return heartbeat;
}

Result<Heartbeat> heartbeat_of_line(std::string_view line, const HeartbeatDefaults& defaults) {
  const JsonValue json = VIGIL_TRY(JsonValue::parse(line));
  Heartbeat heartbeat;
  heartbeat.time = defaults.now;
  VIGIL_TRY(read_time(json, heartbeat));
  heartbeat.entity = json.text("/entity").value_or("");
  heartbeat.category = json.text("/category").value_or("");
  heartbeat.project = json.text("/project").value_or("");
  heartbeat.branch = json.text("/branch").value_or("");
  heartbeat.language = json.text("/language").value_or("");
  heartbeat.is_write = json.truth("/is_write").value_or(false);
  if (const auto plugin = json.text("/user_agent")) take_plugin(heartbeat, *plugin);
  if (auto app = json.text("/app")) heartbeat.app = *std::move(app);
  if (auto version = json.text("/app_version")) heartbeat.app_version = *std::move(version);
  read_counts(json, heartbeat);
  VIGIL_TRY(read_kinds(json, heartbeat));
  if (heartbeat.entity.empty()) return fail(Errc::malformed, "entity is missing");
  settle(heartbeat, defaults);
  VIGIL_TRY(check_lengths(heartbeat));
  return heartbeat;
}

}  // namespace vigil::agent
