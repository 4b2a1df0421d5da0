#include "agent/heartbeat/heartbeat_json.h"

#include <utility>

#include "base/json_text.h"

namespace vigil::agent {
namespace {

// Each writes a member, or nothing where the value is the default.

void put(JsonText& to, std::string_view name, std::string_view value) {
  if (!value.empty()) to.name(name).text(value);
}

void put(JsonText& to, std::string_view name, const std::optional<std::int64_t>& value) {
  if (value) to.name(name).number(*value);
}

void put(JsonText& to, std::string_view name, const std::optional<double>& value) {
  if (value) to.name(name).number(*value);
}

void put(JsonText& to, std::string_view name, const std::optional<bool>& value) {
  if (value) to.name(name).truth(*value);
}

void put(JsonText& to, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  to.name(name).begin_list();
  for (const auto& value : values) to.text(value);
  to.end_list();
}

void put(JsonText& to, std::string_view name, const std::optional<Tokens>& tokens) {
  if (!tokens) return;
  to.name(name).begin_object();
  to.name("input").number(tokens->input);
  to.name("cache_read").number(tokens->cache_read);
  to.name("cache_write").number(tokens->cache_write);
  to.name("output").number(tokens->output);
  if (tokens->reasoning != 0) to.name("reasoning").number(tokens->reasoning);
  to.end_object();
}

void put_all(const Heartbeat& heartbeat, JsonText& to) {
  put(to, "id", heartbeat.id.text());
  if (heartbeat.rev != 0) to.name("rev").number(std::int64_t{heartbeat.rev});
  put(to, "time", format_rfc3339(heartbeat.time));
  put(to, "actor", parser::name_of(heartbeat.actor));
  put(to, "action", parser::name_of(heartbeat.action));
  put(to, "entity", heartbeat.entity);
  put(to, "entity_type", name_of(heartbeat.entity_type));
  put(to, "category", heartbeat.category);
  put(to, "project", heartbeat.project);
  put(to, "branch", heartbeat.branch);
  put(to, "language", heartbeat.language);
  if (heartbeat.is_write) to.name("is_write").truth(true);
  put(to, "lines", heartbeat.lines);
  put(to, "lineno", heartbeat.lineno);
  put(to, "cursorpos", heartbeat.cursorpos);
  put(to, "lines_added", heartbeat.lines_added);
  put(to, "lines_removed", heartbeat.lines_removed);
  put(to, "app", heartbeat.app);
  put(to, "app_version", heartbeat.app_version);
  put(to, "session", heartbeat.session);
  put(to, "parent_session", heartbeat.parent_session);
  put(to, "model", heartbeat.model);
  put(to, "tokens", heartbeat.tokens);
  put(to, "tool", heartbeat.tool);
  if (heartbeat.tool_class != ToolClass::none) {
    put(to, "tool_class", parser::name_of(heartbeat.tool_class));
  }
  put(to, "ok", heartbeat.ok);
  put(to, "machine", heartbeat.machine);
  put(to, "os", heartbeat.os);
  put(to, "timezone", heartbeat.timezone);
  put(to, "prompt_length", heartbeat.prompt_length);
  put(to, "confidence", heartbeat.confidence);
  put(to, "flags", heartbeat.flags);
  put(to, "same_as", heartbeat.same_as);
  put(to, "dependencies", heartbeat.dependencies);
  put(to, "user_agent", heartbeat.user_agent);
  put(to, "project_root_count", heartbeat.project_root_count);
}

}  // namespace

void append_json(const Heartbeat& heartbeat, std::string& out) {
  JsonText json(std::move(out));
  json.begin_object();
  put_all(heartbeat, json);
  json.end_object();
  out = std::move(json).take();
}

std::string to_json(const Heartbeat& heartbeat) {
  std::string out;
  append_json(heartbeat, out);
  return out;
}

}  // namespace vigil::agent
