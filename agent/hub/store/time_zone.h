#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

using std::chrono::local_days;
using std::chrono::local_seconds;

/// Longest name of a time zone that is looked up; IANA's longest has 32 bytes.
inline constexpr std::size_t kTimeZoneNameMax = 64;

/// A civil time zone by its IANA name. A small value; thread-safe. The rules come from the
/// system's tzdata, one file per zone, read once per process.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// `malformed` where the text cannot be a zone's name, `not_found` where the system has no rules
  /// for it (no tzdata package, or no such zone); UTC is always there.
  [[nodiscard]] static Result<TimeZone> named(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }

  /// What a clock on the wall shows.
  [[nodiscard]] local_seconds local_time(WallTime time) const;

  /// When a clock on the wall shows this; the first time where it does so twice, the end of the gap
  /// where it never does.
  [[nodiscard]] WallTime time_of(local_seconds time) const;

  /// The first moment of a day: not always 00:00, some zones skip midnight once a year.
  [[nodiscard]] WallTime start_of(local_days day) const;

 private:
  std::string name_ = "UTC";
};

/// The zone that this machine uses: what TZ says (`tz_variable`, nothing where it is unset), else
/// the target of /etc/localtime, else UTC. Gives a name; named() tells whether it is known.
[[nodiscard]] std::string local_zone_name(const FileSystem& files,
                                          const std::optional<std::string>& tz_variable);

}  // namespace vigil::agent
