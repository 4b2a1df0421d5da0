#include "agent/config/paths.h"

#include "base/file_system.h"

namespace vigil::agent {
namespace {

/// A variable that must be an absolute path to count (the XDG specification says to ignore others).
std::string absolute_variable(const Environment& environment, std::string_view name) {
  const auto value = environment.find(name);
  if (!value || !value->starts_with('/')) return {};
  return normal_path(*value);
}

std::string from_working_directory(const Environment& environment, std::string_view path) {
  if (path.starts_with('/')) return normal_path(path);
  return normal_path(join_path(environment.directory, path));
}

struct Folder {
  std::string_view own;       ///< VIGIL_...
  std::string_view xdg;       ///< XDG_...
  std::string_view fallback;  ///< below HOME
};

std::string find_folder(const Environment& environment, const std::string& home,
                        const Folder& folder) {
  if (const auto own = environment.find(folder.own)) {
    return from_working_directory(environment, *own);
  }
  if (auto xdg = absolute_variable(environment, folder.xdg); !xdg.empty()) return xdg + "/vigil";
  if (home.empty()) return {};
  return join_path(home, folder.fallback) + "/vigil";
}

constexpr Folder kConfigFolder{"VIGIL_CONFIG_DIR", "XDG_CONFIG_HOME", ".config"};
constexpr Folder kDataFolder{"VIGIL_DATA_DIR", "XDG_DATA_HOME", ".local/share"};
constexpr Folder kStateFolder{"VIGIL_STATE_DIR", "XDG_STATE_HOME", ".local/state"};

}  // namespace

Result<Paths> find_paths(const Environment& environment, const std::string& config_flag) {
  Paths paths;
  paths.home = absolute_variable(environment, "HOME");
  paths.runtime_dir = absolute_variable(environment, "XDG_RUNTIME_DIR");
  if (!config_flag.empty()) {
    paths.config_file = from_working_directory(environment, config_flag);
  } else if (const auto file = environment.find("VIGIL_CONFIG")) {
    paths.config_file = from_working_directory(environment, *file);
  }
  paths.config_dir = find_folder(environment, paths.home, kConfigFolder);
  if (paths.config_dir.empty() && !paths.config_file.empty()) {
    paths.config_dir = parent_path(paths.config_file);
  }
  paths.data_dir = find_folder(environment, paths.home, kDataFolder);
  paths.state_dir = find_folder(environment, paths.home, kStateFolder);
  if (paths.config_dir.empty() || paths.data_dir.empty() || paths.state_dir.empty()) {
    return fail(Errc::malformed,
                "there is no HOME to keep files in: set VIGIL_CONFIG_DIR (or VIGIL_CONFIG), "
                "VIGIL_DATA_DIR and VIGIL_STATE_DIR");
  }
  if (paths.config_file.empty()) paths.config_file = paths.config_dir + "/config.toml";
  return paths;
}

}  // namespace vigil::agent
