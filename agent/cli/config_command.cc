#include <ostream>

#include "agent/cli/run_command.h"
#include "agent/cli/setting_edit.h"
#include "agent/config/nearest_name.h"
#include "agent/config/settings.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

SettingOrigin origin_of(const CommandContext& context, std::string_view key) {
  const auto at = context.loaded.origins.find(key);
  return at == context.loaded.origins.end() ? SettingOrigin::fallback : at->second;
}

std::unexpected<Failure> no_such_setting(const std::string& key) {
  return std::unexpected(Failure{
      Exit::missing, "no_such_setting",
      "there is no setting \"" + key + "\"" + suggestion(key, setting_keys()), "agent config get"});
}

Outcome print_path(const CommandContext& context) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.config.path/1");
    json.name("config").text(context.paths.config_file);
    json.name("config_dir").text(context.paths.config_dir);
    json.name("data_dir").text(context.paths.data_dir);
    json.name("state_dir").text(context.paths.state_dir);
    context.console.out << std::move(json.end_object()).take() << '\n';
  } else {
    context.console.out << context.paths.config_file << '\n';
  }
  return Exit::done;
}

void add_setting(JsonText& json, const CommandContext& context, const Setting<Config>& setting) {
  // What TOML writes for our kinds of values is JSON too.
  json.begin_object().name("key").text(setting.key);
  json.name("value").raw(show(setting, context.config()));
  json.name("origin").text(name_of(origin_of(context, setting.key)));
  json.end_object();
}

Outcome get_one(const CommandContext& context, const std::string& key) {
  const auto* setting = find_setting(key);
  if (setting == nullptr) return no_such_setting(key);
  if (context.wants_json()) {
    JsonText json;
    add_setting(json, context, *setting);
    context.console.out << std::move(json).take() << '\n';
  } else {
    context.console.out << show(*setting, context.config()) << '\n';
  }
  return Exit::done;
}

Outcome get_all(const CommandContext& context) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.config/1").name("items").begin_list();
    for (const auto& setting : settings()) add_setting(json, context, setting);
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
    return Exit::done;
  }
  Table table({{"key"}, {"value"}, {"from"}});
  for (const auto& setting : settings()) {
    table.add_row({std::string(setting.key), show(setting, context.config()),
                   std::string(name_of(origin_of(context, setting.key)))});
  }
  context.console.out << table.text();
  return Exit::done;
}

std::unexpected<Failure> bad_configuration(Error error) {
  return std::unexpected(
      Failure{Exit::configuration, "configuration", std::move(error).message, {}});
}

Outcome set_one(const CommandContext& context, const ConfigCommand& command) {
  if (auto written = write_setting(context, command.key, command.value); !written) {
    return std::unexpected(written.error());
  }
  if (!context.wants_json()) {
    context.console.err << "written to " << context.paths.config_file << '\n';
  }
  return Exit::done;
}

Outcome validate(const CommandContext& context) {
  auto loaded =
      load_config(context.platform.files, context.paths, context.platform.environment, {});
  if (!loaded) return bad_configuration(std::move(loaded).error());
  if (context.wants_json()) {
    context.console.out << R"({"schema":"agent.config.validate/1","ok":true})" << '\n';
  } else {
    context.console.out << "ok\n";
  }
  return Exit::done;
}

}  // namespace

Outcome run_command(const CommandContext& context, const ConfigCommand& command) {
  switch (command.action) {
    case ConfigCommand::Do::path: return print_path(context);
    case ConfigCommand::Do::get:
      return command.key.empty() ? get_all(context) : get_one(context, command.key);
    case ConfigCommand::Do::set: return set_one(context, command);
    case ConfigCommand::Do::validate: return validate(context);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
