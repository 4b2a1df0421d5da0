#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace vigil::agent {

/// A value as the file has it.
using SettingValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// One `key = value` of a configuration file.
struct TomlEntry {
  std::string key;        ///< dotted: `hub.listen`; below `[[sink]]` without that prefix: `url`
  std::string table;      ///< name of the array of tables it lies in, else empty
  std::size_t index = 0;  ///< which element of that array
  std::size_t line = 0;   ///< from 1
  SettingValue value;
};

/// Longest configuration file, in bytes.
inline constexpr std::size_t kConfigMax = 65'536;

/// Reads TOML 1.0 into its entries, in the order of the file. `malformed` names the line: not
/// TOML, or a value that no setting can have (numbers with a fraction, dates, mixed lists). An
/// empty
/// `[[table]]` gives an entry with an empty key, so that it is seen.
[[nodiscard]] Result<std::vector<TomlEntry>> read_toml(std::string_view text);

/// A text as a TOML basic string, quoted.
[[nodiscard]] std::string toml_quoted(std::string_view text);

}  // namespace vigil::agent
