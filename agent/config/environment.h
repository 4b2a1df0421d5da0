#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::agent {

/// What the process was started with, as a value: nothing but main.cc asks the system for it.
struct Environment {
  std::map<std::string, std::string, std::less<>> variables;
  std::string directory;  ///< working directory: what relative paths of flags and variables mean
  std::string hostname;

  /// The variable's text; nothing when it is unset or empty (POSIX tools treat both alike).
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
    const auto at = variables.find(name);
    if (at == variables.end() || at->second.empty()) return std::nullopt;
    return at->second;
  }
};

}  // namespace vigil::agent
