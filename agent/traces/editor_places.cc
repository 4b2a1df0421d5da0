#include "agent/traces/editor_places.h"

#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {
namespace {

std::string folder(const Environment& environment, std::string_view variable,
                   const std::string& home, std::string_view usual) {
  const auto value = environment.find(variable);
  if (value && value->starts_with('/')) return normal_path(*value);
  return home.empty() ? std::string() : join_path(home, usual);
}

}  // namespace

EditorPlaces editor_places(const Environment& environment, const Paths& paths, std::uint32_t user) {
  EditorPlaces places;
  places.home = paths.home;
  places.config_home = folder(environment, "XDG_CONFIG_HOME", paths.home, ".config");
  places.data_home = folder(environment, "XDG_DATA_HOME", paths.home, ".local/share");
  places.state_home = folder(environment, "XDG_STATE_HOME", paths.home, ".local/state");
  places.runtime_dir = paths.runtime_dir;
  places.user = user;
  return places;
}

}  // namespace vigil::agent
