#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigil::agent {

/// Longest pattern, and most of them in one list.
inline constexpr std::size_t kPatternMax = 1024;
inline constexpr std::size_t kPatternsMax = 256;

/// Whether RE2 takes the pattern.
[[nodiscard]] bool is_pattern(std::string_view text);

/// Which paths are recorded: regular expressions (RE2's, so matching takes time in proportion to
/// the path whatever the pattern is) that are searched for anywhere in an absolute path. A path
/// that one of `include` matches is recorded; else one that `exclude` matches is not.
class PathRules {
 public:
  PathRules();  ///< records everything

  /// `malformed` names the pattern and what is wrong with it.
  [[nodiscard]] static Result<PathRules> make(std::span<const std::string> exclude,
                                              std::span<const std::string> include);
  PathRules(PathRules&&) noexcept;
  PathRules& operator=(PathRules&&) noexcept;
  ~PathRules();

  /// The pattern for which a path is not recorded; nothing where it is.
  [[nodiscard]] std::optional<std::string_view> excluding(std::string_view path) const;

 private:
  struct Patterns;
  std::unique_ptr<Patterns> patterns_;  ///< null: none
};

}  // namespace vigil::agent
