#include "agent/cli/setting_edit.h"

#include <utility>
#include <variant>

#include "agent/cli/daemon_link.h"
#include "agent/config/config_edit.h"
#include "agent/config/nearest_name.h"
#include "agent/config/settings.h"

namespace vigil::agent {
namespace {

std::unexpected<Failure> bad_configuration(Error error) {
  return std::unexpected(
      Failure{Exit::configuration, "configuration", std::move(error).message, {}});
}

/// The file's text with the setting as `config` holds it; checked as a whole before it is written.
std::expected<void, Failure> write(const CommandContext& context, const Setting<Config>& setting,
                                   const Config& config) {
  const Platform& platform = context.platform;
  const std::string& path = context.paths.config_file;
  auto text = read_file(platform.files, path, kConfigMax);
  if (!text && text.error().code != Errc::not_found) return failure_of(std::move(text).error());
  const std::string edited =
      with_setting(text ? *text : std::string(), setting.key, show(setting, config));
  auto parsed = layer_config(edited, context.paths, platform.environment, {});
  if (!parsed) return bad_configuration(std::move(parsed).error());
  const std::string folder(parent_path(path));
  if (auto made = platform.files.make_directories(folder, 0700); !made) {
    return failure_of(std::move(made).error());
  }
  if (auto done = platform.files.replace(path, edited, 0600); !done) {
    return failure_of(std::move(done).error());
  }
  return {};
}

}  // namespace

std::expected<void, Failure> write_setting(const CommandContext& context, const std::string& key,
                                           const std::string& value) {
  const auto* setting = find_setting(key);
  if (setting == nullptr) {
    return std::unexpected(
        Failure{Exit::missing, "no_such_setting",
                "there is no setting \"" + key + "\"" + suggestion(key, setting_keys()),
                "agent config get"});
  }
  Config config;
  const PathBase base(context.platform.environment.directory, context.paths.home);
  auto assigned = assign_text(*setting, config, value, base);
  if (!assigned) return bad_configuration(std::move(assigned).error());
  return write(context, *setting, config);
}

std::expected<bool, Failure> edit_list_setting(
    const CommandContext& context, const std::string& key,
    const std::function<bool(std::vector<std::string>&)>& change) {
  const auto* setting = find_setting(key);
  const auto* list = setting != nullptr ? std::get_if<ListField<Config>>(&setting->field) : nullptr;
  if (list == nullptr) {
    return std::unexpected(Failure{Exit::failed, "no_list", key + " is no list", {}});
  }
  const Environment none;
  auto text = read_file(context.platform.files, context.paths.config_file, kConfigMax);
  if (!text && text.error().code != Errc::not_found) return failure_of(std::move(text).error());
  auto stored = layer_config(text ? *text : std::string(), context.paths, none, {});
  if (!stored) return bad_configuration(std::move(stored).error());
  std::vector<std::string>& values = list->at(stored->config);
  if (!change(values)) return false;
  if (values.size() > list->most) {
    return std::unexpected(Failure{Exit::configuration,
                                   "configuration",
                                   key + " must be " + std::string(setting->bounds),
                                   {}});
  }
  if (auto written = write(context, *setting, stored->config); !written) {
    return std::unexpected(written.error());
  }
  return true;
}

void reload_running(const CommandContext& context) {
  // Nobody there, or it refuses: the next start reads the file.
  (void)ask_running(context, R"({"do":"reload"})");
}

}  // namespace vigil::agent
