#include "agent/config/log_roots.h"

#include <algorithm>

#include "agent/config/setting_value.h"
#include "base/file_system.h"

namespace vigil::agent {
namespace {

void add_once(std::vector<std::string>& roots, std::string root) {
  if (roots.size() == kRootsMax || root.empty()) return;
  if (std::ranges::find(roots, root) == roots.end()) roots.push_back(std::move(root));
}

}  // namespace

std::vector<std::string> claude_roots(const Config& config, const Environment& environment,
                                      const Paths& paths) {
  if (!config.claude_code.enabled) return {};
  const PathBase base(environment.directory, paths.home);
  std::vector<std::string> named = config.claude_code.roots;
  if (const auto list = environment.find("CLAUDE_CONFIG_DIR"); list && named.empty()) {
    for (std::string& entry : split_list(*list)) named.push_back(base.absolute(entry));
  }
  std::vector<std::string> roots;
  for (const std::string& entry : named) {
    add_once(roots, file_name(entry) == "projects" ? std::string(parent_path(entry)) : entry);
  }
  if (!roots.empty()) return roots;
  const auto xdg = environment.find("XDG_CONFIG_HOME");
  if (!paths.home.empty()) add_once(roots, join_path(paths.home, ".claude"));
  if (xdg && xdg->starts_with('/')) {
    add_once(roots, normal_path(join_path(*xdg, "claude")));
  } else if (!paths.home.empty()) {
    add_once(roots, join_path(paths.home, ".config/claude"));
  }
  return roots;
}

std::vector<std::string> codex_roots(const Config& config, const Environment& environment,
                                     const Paths& paths) {
  if (!config.codex.enabled) return {};
  std::vector<std::string> roots;
  for (const std::string& entry : config.codex.roots) add_once(roots, entry);
  if (!roots.empty()) return roots;
  const PathBase base(environment.directory, paths.home);
  if (const auto home = environment.find("CODEX_HOME")) {
    add_once(roots, base.absolute(*home));
  } else if (!paths.home.empty()) {
    add_once(roots, join_path(paths.home, ".codex"));
  }
  return roots;
}

}  // namespace vigil::agent
