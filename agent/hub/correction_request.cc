#include "agent/hub/correction_request.h"

#include <nlohmann/json.hpp>

namespace vigil::agent {
namespace {

using nlohmann::json;

Result<std::string> text_in(const std::string& name, const json& value) {
  if (!value.is_string()) return fail(Errc::malformed, name + ": is no text");
  return value.get<std::string>();
}

Result<WallTime> time_in(const std::string& name, const json& value) {
  const auto time = parse_rfc3339(VIGIL_TRY(text_in(name, value)));
  if (!time) return fail(Errc::malformed, name + ": is no time as 2026-09-01T08:00:00Z");
  return *time;
}

Result<void> take_member(const std::string& name, const json& value, Correction& correction) {
  if (name == "kind") {
    const auto kind = correction_kind_named(VIGIL_TRY(text_in(name, value)));
    if (!kind) return fail(Errc::malformed, "kind: rename, hide, ignore or assign");
    correction.kind = *kind;
  } else if (name == "project") {
    correction.project = VIGIL_TRY(text_in(name, value));
  } else if (name == "to") {
    correction.to = VIGIL_TRY(text_in(name, value));
  } else if (name == "from") {
    correction.from = VIGIL_TRY(time_in(name, value));
  } else if (name == "until") {
    correction.until = VIGIL_TRY(time_in(name, value));
  } else {
    return fail(Errc::malformed, name + ": no such member");
  }
  return {};
}

}  // namespace

Result<Correction> parse_correction(std::string_view body) {
  const json object = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return fail(Errc::malformed, "body: is no JSON object");
  if (!object.contains("kind")) {
    return fail(Errc::malformed, "kind: rename, hide, ignore or assign");
  }
  Correction correction;
  for (const auto& [name, value] : object.items()) {
    VIGIL_TRY(take_member(name, value, correction));
  }
  return correction;
}

void write_correction(JsonText& json, const Correction& correction) {
  json.begin_object();
  if (correction.id != 0) json.name("id").number(correction.id);
  json.name("kind").text(name_of(correction.kind));
  if (!correction.project.empty()) json.name("project").text(correction.project);
  if (!correction.to.empty()) json.name("to").text(correction.to);
  if (correction.from) json.name("from").text(format_rfc3339(*correction.from));
  if (correction.until) json.name("until").text(format_rfc3339(*correction.until));
  if (correction.id != 0) json.name("made_at").text(format_rfc3339(correction.made_at));
  json.end_object();
}

std::string corrections_json(std::span<const Correction> corrections) {
  JsonText json;
  json.begin_object().name("items").begin_list();
  for (const auto& correction : corrections) write_correction(json, correction);
  return std::move(json.end_list().end_object()).take();
}

}  // namespace vigil::agent
