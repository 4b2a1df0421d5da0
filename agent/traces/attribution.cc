#include "agent/traces/attribution.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace vigil::agent {
namespace {

double confidence_of(How how) {
  switch (how) {
    case How::side_file:
    case How::history:
    case How::backup: return 0.95;
    case How::recent_files: return 0.9;
    case How::save_pattern: return 0.85;
    case How::open_file: return 0.8;
    case How::git_log: return 0.7;
    case How::process: return 0.6;
    case How::only_editor: return 0.4;
    case How::held: return 0.2;
  }
  return 0;
}

constexpr double kOfTwo = 0.7;  // what is left where a second editor has as strong a fact

/// Facts that would be so as well while the editor only has the file open.
bool says_little(How how) {
  return how == How::open_file || how == How::process || how == How::only_editor;
}

/// Without those of editors that are known not to have written the file.
std::vector<Evidence> believable(std::span<const Evidence> evidence) {
  std::vector<Evidence> kept;
  for (const auto& fact : evidence) {
    const bool is_refuted =
        says_little(fact.how) && std::ranges::any_of(evidence, [&](const Evidence& other) {
          return other.how == How::held && other.editor == fact.editor;
        });
    if (!is_refuted) kept.push_back(fact);
  }
  return kept;
}

}  // namespace

std::string_view name_of(How how) {
  switch (how) {
    case How::side_file: return "side_file";
    case How::history: return "history";
    case How::backup: return "backup";
    case How::recent_files: return "recent_files";
    case How::save_pattern: return "save_pattern";
    case How::open_file: return "open_file";
    case How::git_log: return "git_log";
    case How::process: return "process";
    case How::only_editor: return "only_editor";
    case How::held: return "held";
  }
  return "";
}

std::optional<Attribution> attribute(std::span<const Evidence> all) {
  const auto evidence = believable(all);
  const auto facts_for = [&](const std::string& editor) {
    return std::ranges::count(evidence, editor, &Evidence::editor);
  };
  const auto is_better = [&](const Evidence& a, const Evidence& b) {
    return std::tuple(a.how, -facts_for(a.editor), a.apart) <
           std::tuple(b.how, -facts_for(b.editor), b.apart);
  };
  const auto best = std::ranges::min_element(evidence, is_better);
  if (best == evidence.end()) return std::nullopt;
  const bool is_contested = std::ranges::any_of(evidence, [&](const Evidence& other) {
    return other.how == best->how && other.editor != best->editor;
  });
  if (is_contested && best->how == How::only_editor) return std::nullopt;
  Attribution result{best->editor, best->how, confidence_of(best->how), best->pid};
  if (is_contested) result.confidence *= kOfTwo;
  return result;
}

}  // namespace vigil::agent
