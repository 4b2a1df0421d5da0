#include "agent/cli/answer_text.h"

#include <cmath>

#include "agent/terminal/printable.h"
#include "base/time.h"

namespace vigil::agent {

std::string span_at(const JsonValue& value, const std::string& pointer) {
  return format_span(std::llround(value.number(pointer).value_or(0)));
}

std::string count_at(const JsonValue& value, const std::string& pointer) {
  return format_count(value.integer(pointer).value_or(0));
}

std::string local_text(const JsonValue& value, const std::string& pointer, const TimeZone& zone) {
  const auto text = value.text(pointer);
  const auto time = text ? parse_rfc3339(*text) : std::nullopt;
  if (!time) return "-";
  const auto local = zone.local_time(*time).time_since_epoch();
  return format_rfc3339(WallTime{local}).substr(5, 14).replace(5, 1, " ");
}

TimeZone zone_in(const JsonValue& answer) {
  return TimeZone::named(answer.text("/tz").value_or("UTC")).value_or(TimeZone{});
}

}  // namespace vigil::agent
