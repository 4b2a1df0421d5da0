#include "agent/cli/init_projects.h"

#include <algorithm>
#include <istream>
#include <ostream>
#include <utility>

#include "agent/cli/setting_edit.h"
#include "agent/context/repository_scan.h"
#include "agent/terminal/printable.h"

namespace vigil::agent {
namespace {

/// Shown and taken; others are learnt once somebody works there.
constexpr std::size_t kOfferedMax = 100;

bool is_wanted(const CommandContext& context, const InitCommand& command,
               const OfferedProjects& offered) {
  const Console& console = context.console;
  if (command.yes) return true;
  if (console.in_is != Attached::to_terminal) return false;
  console.err << "Repositories below " << printable(context.paths.home) << ":\n";
  for (const auto& root : offered.found) console.err << "  " << printable(root) << '\n';
  console.err << "See what is saved in them? [Y/n] " << std::flush;
  std::string answer;
  std::getline(console.in, answer);
  return answer.empty() || answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

std::expected<OfferedProjects, Failure> offer_projects(const CommandContext& context,
                                                       const InitCommand& command) {
  OfferedProjects offered;
  const ProjectsConfig& config = context.config().projects;
  const auto home = context.platform.files.canonical(context.paths.home);
  if (!config.watch || context.paths.home.empty() || !home) return offered;
  const auto scan = find_repositories(context.platform.files, context.platform.clock, *home);
  offered.is_complete = scan.is_complete && scan.repositories.size() <= kOfferedMax;
  for (const auto& repository : scan.repositories) {
    const bool is_known =
        std::ranges::find(config.roots, repository.root) != config.roots.end() ||
        std::ranges::find(config.ignored, repository.root) != config.ignored.end();
    if (!is_known && offered.found.size() < kOfferedMax) offered.found.push_back(repository.root);
  }
  if (offered.found.empty() || !is_wanted(context, command, offered)) return offered;
  const auto taken =
      edit_list_setting(context, "projects.roots", [&](std::vector<std::string>& roots) {
        for (const auto& root : offered.found) {
          if (std::ranges::find(roots, root) == roots.end()) roots.push_back(root);
        }
        return true;
      });
  if (!taken) return std::unexpected(taken.error());
  offered.are_taken = true;
  reload_running(context);
  return offered;
}

}  // namespace vigil::agent
