#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/paths.h"
#include "base/file_system.h"
#include "base/result.h"

namespace vigil::agent {

/// Who had the last word about a setting.
enum class SettingOrigin : std::uint8_t { fallback, file, environment, flag };

/// `default`, `file`, `environment`, `flag`.
[[nodiscard]] std::string_view name_of(SettingOrigin origin);

/// A setting that was given on the command line.
struct FlagSetting {
  std::string_view flag;  ///< for messages: `--listen`
  std::string_view key;   ///< `hub.listen`
  std::string value;
};

struct LoadedConfig {
  Config config;
  std::map<std::string_view, SettingOrigin> origins;  ///< by key; absent: fallback
};

/// The configuration of one file and nothing else. `malformed` names line, key and bounds, and for
/// an unknown key the nearest one.
[[nodiscard]] Result<Config> parse_config(std::string_view text);

/// Flags over VIGIL_* variables over the file's text over defaults. Pure.
[[nodiscard]] Result<LoadedConfig> layer_config(std::string_view file_text, const Paths& paths,
                                                const Environment& environment,
                                                std::span<const FlagSetting> flags);

/// The same with the file read. No file is a valid configuration, unless it was named
/// (VIGIL_CONFIG, `--config`). Every error is `malformed` and begins with the file's path where the
/// file is to blame: exit 78.
[[nodiscard]] Result<LoadedConfig> load_config(const FileSystem& files, const Paths& paths,
                                               const Environment& environment,
                                               std::span<const FlagSetting> flags);

}  // namespace vigil::agent
