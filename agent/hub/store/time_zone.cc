#include "agent/hub/store/time_zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>

namespace vigil::agent {
namespace {

using std::chrono::days;
using std::chrono::seconds;

/// The library would also open absolute paths and take `libc:` names: only names pass.
bool is_zone_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= kTimeZoneNameMax && name.front() != '/' &&
         std::ranges::all_of(name, is_allowed);
}

/// The library keeps every zone it has loaded, so this is one look into its table.
cctz::time_zone zone_of(const std::string& name) {
  cctz::time_zone zone = cctz::utc_time_zone();
  cctz::load_time_zone(name, &zone);
  return zone;
}

}  // namespace

Result<TimeZone> TimeZone::named(std::string_view name) {
  if (!is_zone_name(name)) {
    return fail(Errc::malformed, "not the name of a time zone (like Europe/Berlin)");
  }
  TimeZone zone;
  zone.name_ = name;
  cctz::time_zone rules;
  if (!cctz::load_time_zone(zone.name_, &rules)) {
    return fail(Errc::not_found, "this system has no rules for the time zone " + zone.name_ +
                                     " (is the tzdata package installed?)");
  }
  return zone;
}

local_seconds TimeZone::local_time(WallTime time) const {
  const auto whole = std::chrono::floor<seconds>(time);
  const auto offset = zone_of(name_).lookup(whole).offset;
  return local_seconds{whole.time_since_epoch() + seconds{offset}};
}

WallTime TimeZone::start_of(local_days day) const {
  return time_of(day);
}

WallTime TimeZone::time_of(local_seconds time) const {
  const auto clock = cctz::civil_second(1970, 1, 1) + time.time_since_epoch().count();
  const auto found = zone_of(name_).lookup(clock);
  // Where midnight is skipped the day begins at the transition; where it comes twice, at the first.
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
}

std::string local_zone_name(const FileSystem& files,
                            const std::optional<std::string>& tz_variable) {
  constexpr std::string_view kFolder = "/zoneinfo/";
  if (tz_variable) {
    std::string_view text = *tz_variable;
    if (text.starts_with(':')) text.remove_prefix(1);
    return text.empty() ? "UTC" : std::string(text);
  }
  const auto target = files.canonical("/etc/localtime");
  if (!target) return "UTC";
  const auto at = target->find(kFolder);
  return at == std::string::npos ? "UTC" : target->substr(at + kFolder.size());
}

}  // namespace vigil::agent
