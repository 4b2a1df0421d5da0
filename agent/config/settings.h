#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/setting_value.h"

namespace vigil::agent {

/// All settings outside `[[sink]]`, in the order of the documentation.
[[nodiscard]] std::span<const Setting<Config>> settings();

/// The settings of one `[[sink]]`.
[[nodiscard]] std::span<const Setting<SinkDraft>> sink_settings();

/// Null where there is no such setting.
[[nodiscard]] const Setting<Config>* find_setting(std::string_view key);

/// Every key, for suggestions.
[[nodiscard]] std::vector<std::string_view> setting_keys();

/// Variables that are no settings: folders, secrets, where a token is.
struct PlainVariable {
  std::string_view name;
  std::string_view meaning;
};
[[nodiscard]] std::span<const PlainVariable> plain_variables();

/// The tables of docs/formats/config.md, so that the page and the program cannot differ.
[[nodiscard]] std::string settings_as_markdown();

}  // namespace vigil::agent
