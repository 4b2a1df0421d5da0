#include "agent/context/project_rules.h"

#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kNameMax = 255;

bool holds(std::string_view folder, std::string_view path) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

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

const MappedFolder* mapped_folder(const ProjectRules& rules, std::string_view directory) {
  const MappedFolder* best = nullptr;
  for (const auto& entry : rules.map) {
    if (!holds(entry.folder, directory)) continue;
    if (best == nullptr || entry.folder.size() > best->folder.size()) best = &entry;
  }
  return best;
}

}  // namespace vigil::agent
