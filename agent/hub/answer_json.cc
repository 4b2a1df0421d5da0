#include "agent/hub/answer_json.h"

namespace vigil::agent {
namespace {

std::optional<std::string> day_text(const std::optional<std::chrono::local_days>& day) {
  if (!day) return std::nullopt;
  return format_day(*day);
}

}  // namespace

double seconds_of(microseconds time) {
  const auto ms = std::chrono::round<milliseconds>(time);
  return static_cast<double>(ms.count()) / 1'000.0;
}

double exact_seconds_of(microseconds time) {
  return static_cast<double>(time.count()) / 1'000'000.0;
}

void write_days(JsonText& json, const DayRange& days) {
  write_text(json, "from", day_text(days.first));
  write_text(json, "to", day_text(days.last));
}

void write_method(JsonText& json, Preset preset, const TimeLimits& limits) {
  json.name("method").begin_object();
  json.name("preset").text(name_of(preset));
  json.name("timeout_seconds").number(seconds_of(limits.human));
  json.name("agent_gap_seconds");
  if (preset == Preset::vigil) {
    json.number(seconds_of(limits.agent));
  } else {
    json.null();
  }
  json.end_object();
}

void write_tokens(JsonText& json, const parser::Tokens& tokens) {
  json.name("tokens").begin_object();
  json.name("input").number(tokens.input);
  json.name("cache_read").number(tokens.cache_read);
  json.name("cache_write").number(tokens.cache_write);
  json.name("output").number(tokens.output);
  json.end_object();
}

void write_source(JsonText& json, const SourceSummary& source) {
  json.name("source").text(source.source.text());
  json.name("heartbeats").number(source.heartbeats);
  json.name("first_received").text(format_rfc3339(source.first_received));
  json.name("last_received").text(format_rfc3339(source.last_received));
  json.name("last_time").text(format_rfc3339(source.last_time));
  json.name("missing_batches").number(source.missing);
  json.name("chain_breaks").number(source.breaks);
}

void write_text(JsonText& json, std::string_view name, const std::optional<std::string>& text) {
  json.name(name);
  if (text) {
    json.text(*text);
  } else {
    json.null();
  }
}

}  // namespace vigil::agent
