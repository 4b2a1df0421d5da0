#include "agent/context/project_rules.h"

#include <algorithm>

#include "base/file_system.h"
#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kNameMax = 255;

}  // namespace

std::optional<MappedFolder> parse_mapped_folder(std::string_view text) {
  const auto at = text.find('=');
  if (at == std::string_view::npos) return std::nullopt;
  auto folder = trimmed(text.substr(0, at));
  const auto name = trimmed(text.substr(at + 1));
  while (folder.ends_with('/')) folder.remove_suffix(1);
  const bool has_name = !name.empty() && name.size() <= kNameMax && is_plain_text(name);
  if (!folder.starts_with('/') || !has_name) return std::nullopt;
  return MappedFolder{std::string(folder), std::string(name)};
}

std::optional<ProjectAlias> parse_project_alias(std::string_view text) {
  const auto at = text.rfind('=');
  if (at == std::string_view::npos) return std::nullopt;
  const auto from = trimmed(text.substr(0, at));
  const auto to = trimmed(text.substr(at + 1));
  const auto is_name = [](std::string_view name) {
    return !name.empty() && name.size() <= kNameMax && is_plain_text(name);
  };
  if (!is_name(from) || !is_name(to)) return std::nullopt;
  return ProjectAlias{std::string(from), std::string(to)};
}

const std::string& known_as(const ProjectRules& rules, const std::string& name) {
  const auto found = std::ranges::find(rules.aliases, name, &ProjectAlias::from);
  return found == rules.aliases.end() ? name : found->to;
}

const MappedFolder* mapped_folder(const ProjectRules& rules, std::string_view directory) {
  const MappedFolder* best = nullptr;
  for (const auto& entry : rules.map) {
    if (!is_at_or_below(directory, entry.folder)) continue;
    if (best == nullptr || entry.folder.size() > best->folder.size()) best = &entry;
  }
  return best;
}

}  // namespace vigil::agent
