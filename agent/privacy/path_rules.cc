#include "agent/privacy/path_rules.h"

#include <re2/re2.h>

#include <utility>
#include <vector>

namespace vigil::agent {
namespace {

/// Of one compiled pattern; a larger one is refused.
constexpr std::int64_t kPatternMemory = 1 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  options.set_encoding(RE2::Options::EncodingLatin1);  // paths are bytes
  return options;
}

using Compiled = std::vector<std::unique_ptr<RE2>>;

Result<Compiled> compile(std::span<const std::string> patterns) {
  Compiled compiled;
  for (const std::string& pattern : patterns) {
    auto made = std::make_unique<RE2>(pattern, options());
    if (!made->ok()) return fail(Errc::malformed, "\"" + pattern + "\": " + made->error());
    compiled.push_back(std::move(made));
  }
  return compiled;
}

const RE2* first_match(const Compiled& patterns, std::string_view path) {
  for (const auto& pattern : patterns) {
    if (RE2::PartialMatch(re2::StringPiece(path.data(), path.size()), *pattern)) {
      return pattern.get();
    }
  }
  return nullptr;
}

}  // namespace

struct PathRules::Patterns {
  Compiled exclude;
  Compiled include;
};

bool is_pattern(std::string_view text) {
  return text.size() <= kPatternMax &&
         RE2(re2::StringPiece(text.data(), text.size()), options()).ok();
}

PathRules::PathRules() = default;
PathRules::PathRules(PathRules&&) noexcept = default;
PathRules& PathRules::operator=(PathRules&&) noexcept = default;
PathRules::~PathRules() = default;

Result<PathRules> PathRules::make(std::span<const std::string> exclude,
                                  std::span<const std::string> include) {
  PathRules rules;
  if (exclude.empty()) return rules;
  rules.patterns_ = std::make_unique<Patterns>(
      Patterns{VIGIL_TRY(compile(exclude)), VIGIL_TRY(compile(include))});
  return rules;
}

std::optional<std::string_view> PathRules::excluding(std::string_view path) const {
  if (!patterns_ || path.empty()) return std::nullopt;
  const RE2* excluded = first_match(patterns_->exclude, path);
  if (excluded == nullptr || first_match(patterns_->include, path) != nullptr) return std::nullopt;
  return std::string_view(excluded->pattern());
}

}  // namespace vigil::agent
