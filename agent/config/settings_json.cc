#include "agent/config/settings_json.h"

#include "agent/config/settings.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

void write_setting(JsonText& json, const Setting<Config>& setting, const LoadedConfig& loaded) {
  static const Config defaults;
  const auto origin = loaded.origins.find(setting.key);
  json.begin_object().name("key").text(setting.key);
  // What TOML writes for our kinds of values is JSON too.
  json.name("value").raw(show(setting, loaded.config));
  json.name("default").raw(show(setting, defaults));
  json.name("set_by").text(
      name_of(origin == loaded.origins.end() ? SettingOrigin::fallback : origin->second));
  json.name("command").text("agent config set " + std::string(setting.key) + " VALUE");
  json.name("help").text(setting.meaning);
  json.end_object();
}

}  // namespace

std::string settings_json(const LoadedConfig& loaded) {
  JsonText json;
  json.begin_object().name("items").begin_list();
  for (const auto& setting : settings()) write_setting(json, setting, loaded);
  return std::move(json.end_list().end_object()).take();
}

}  // namespace vigil::agent
