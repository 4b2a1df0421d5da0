#include "agent/config/load_config.h"

#include <algorithm>
#include <array>

#include "agent/config/address.h"
#include "agent/config/nearest_name.h"
#include "agent/config/settings.h"
#include "agent/config/toml_document.h"

namespace vigil::agent {
namespace {

std::string at_line(const TomlEntry& entry) {
  return "line " + std::to_string(entry.line);
}

/// Collects the layers, lowest first, and completes the destinations at the end.
class Layers {
 public:
  Result<void> file(std::string_view text, const PathBase& base) {
    for (const TomlEntry& entry : VIGIL_TRY(read_toml(text))) {
      auto done = entry.table.empty() ? top_entry(entry, base) : sink_entry(entry, base);
      if (!done) return std::unexpected(std::move(done).error().within(at_line(entry)));
    }
    return {};
  }

  Result<void> environment(const Environment& environment, const PathBase& base) {
    for (const auto& setting : settings()) {
      if (setting.variable.empty()) continue;
      const auto text = environment.find(setting.variable);
      if (!text) continue;
      VIGIL_TRY(text_value(setting, *text, base, setting.variable, SettingOrigin::environment));
    }
    reads_journal_ = environment.find("JOURNAL_STREAM").has_value();
    return {};
  }

  Result<void> flags(std::span<const FlagSetting> flags, const PathBase& base) {
    for (const FlagSetting& flag : flags) {
      VIGIL_TRY(
          text_value(*find_setting(flag.key), flag.value, base, flag.flag, SettingOrigin::flag));
    }
    return {};
  }

  Result<LoadedConfig> finish() {
    Config& config = loaded_.config;
    if (!config.endpoint.empty()) {
      SinkDraft draft;
      draft.name = "hub";
      draft.url = config.endpoint;
      drafts_.insert(drafts_.begin(), draft);
    }
    // A file's own [[sink]] tables are beside the point when a variable or flag says where to.
    if (said_outside_file("endpoint")) drafts_.resize(1);
    if (drafts_.size() > kSinksMax) return fail(Errc::malformed, "more than 16 [[sink]] tables");
    for (const SinkDraft& draft : drafts_) VIGIL_TRY(add_sink(draft));
    VIGIL_TRY(check_hub());
    if (reads_journal_ && !loaded_.origins.contains("log.format") && config.log.file.empty()) {
      config.log.format = LogFormat::journald;
    }
    return std::move(loaded_);
  }

 private:
  Result<void> top_entry(const TomlEntry& entry, const PathBase& base) {
    const auto* setting = find_setting(entry.key);
    if (setting == nullptr) {
      return fail(Errc::malformed,
                  "unknown key \"" + entry.key + "\"" + suggestion(entry.key, setting_keys()));
    }
    loaded_.origins[setting->key] = SettingOrigin::file;
    return assign(*setting, loaded_.config, entry.value, base);
  }

  Result<void> sink_entry(const TomlEntry& entry, const PathBase& base) {
    if (entry.table != "sink") {
      constexpr std::array<std::string_view, 1> kTables{"sink"};
      return fail(Errc::malformed,
                  "unknown table [[" + entry.table + "]]" + suggestion(entry.table, kTables));
    }
    if (drafts_.size() <= entry.index) drafts_.resize(entry.index + 1);
    if (entry.key.empty()) return {};
    std::vector<std::string_view> keys;
    for (const auto& setting : sink_settings()) {
      if (setting.key == entry.key) {
        auto done = assign(setting, drafts_[entry.index], entry.value, base);
        if (!done) return std::unexpected(std::move(done).error().within("[[sink]]"));
        return {};
      }
      keys.push_back(setting.key);
    }
    return fail(Errc::malformed,
                "unknown key \"" + entry.key + "\" in [[sink]]" + suggestion(entry.key, keys));
  }

  Result<void> text_value(const Setting<Config>& setting, std::string_view text,
                          const PathBase& base, std::string_view name, SettingOrigin origin) {
    loaded_.origins[setting.key] = origin;
    if (assign_text(setting, loaded_.config, text, base)) return {};
    // The text is left out: it could be anything, a password given in the wrong variable too.
    return fail(Errc::malformed, std::string(name) + " must be " + std::string(setting.bounds));
  }

  [[nodiscard]] bool said_outside_file(std::string_view key) const {
    const auto at = loaded_.origins.find(key);
    return at != loaded_.origins.end() && at->second > SettingOrigin::file;
  }

  Result<void> add_sink(const SinkDraft& draft) {
    std::vector<SinkConfig>& sinks = loaded_.config.sinks;
    if (draft.name.empty()) return fail(Errc::malformed, "a [[sink]] has no name");
    if (draft.url.empty()) return fail(Errc::malformed, "sink " + draft.name + " has no url");
    if (std::ranges::find(sinks, draft.name, &SinkConfig::name) != sinks.end()) {
      return fail(Errc::malformed, "two sinks are called " + draft.name +
                                       (draft.name == "hub" ? " (`endpoint` makes one)" : ""));
    }
    const DeliveryConfig& common = loaded_.config.delivery;
    SinkConfig sink;
    sink.name = draft.name;
    sink.type = draft.type;
    sink.url = draft.url;
    const auto own_timer = said_outside_file("delivery.timer") ? std::nullopt : draft.timer;
    const auto url = parse_url(draft.url);
    const auto fallback = url && is_loopback(url->host) ? kLoopbackTimer : kDefaultTimer;
    sink.timer = own_timer.value_or(common.timer.value_or(fallback));
    const bool own_capacity = draft.capacity != 0 && !said_outside_file("delivery.capacity");
    sink.capacity = own_capacity ? draft.capacity : common.capacity;
    sink.ca_file = chosen("delivery.ca_file", draft.ca_file, common.ca_file);
    sink.proxy = chosen("delivery.proxy", draft.proxy, common.proxy);
    sink.hide = draft.hide;
    sinks.push_back(std::move(sink));
    return {};
  }

  [[nodiscard]] std::string chosen(std::string_view key, const std::string& own,
                                   const std::string& common) const {
    return own.empty() || said_outside_file(key) ? common : own;
  }

  [[nodiscard]] Result<void> check_hub() const {
    const HubConfig& hub = loaded_.config.hub;
    if (hub.tls_cert.empty() != hub.tls_key.empty()) {
      return fail(Errc::malformed, "hub.tls_cert and hub.tls_key must be given together");
    }
    const auto address = parse_listen_address(hub.listen);
    if (address && !is_loopback(address->host) && hub.tls_cert.empty() &&
        hub.trusted_proxy.empty()) {
      return fail(Errc::malformed,
                  "hub.listen " + hub.listen +
                      " is not on this machine: give hub.tls_cert and hub.tls_key (--tls-cert, "
                      "--tls-key), or name the proxy in front in hub.trusted_proxy");
    }
    return {};
  }

  LoadedConfig loaded_;
  std::vector<SinkDraft> drafts_;
  bool reads_journal_ = false;  ///< systemd sets JOURNAL_STREAM where it takes our output
};

}  // namespace

std::string_view name_of(SettingOrigin origin) {
  constexpr std::array<std::string_view, 4> kNames{"default", "file", "environment", "flag"};
  return kNames[static_cast<std::size_t>(origin)];
}

Result<Config> parse_config(std::string_view text) {
  Layers layers;
  VIGIL_TRY(layers.file(text, PathBase("/", "/")));
  return VIGIL_TRY(layers.finish()).config;
}

Result<LoadedConfig> layer_config(std::string_view file_text, const Paths& paths,
                                  const Environment& environment,
                                  std::span<const FlagSetting> flags) {
  Layers layers;
  const PathBase outside(environment.directory, paths.home);
  auto in_file =
      layers.file(file_text, PathBase(std::string(parent_path(paths.config_file)), paths.home));
  if (!in_file) return std::unexpected(std::move(in_file).error().within(paths.config_file));
  VIGIL_TRY(layers.environment(environment, outside));
  VIGIL_TRY(layers.flags(flags, outside));
  return layers.finish();
}

Result<LoadedConfig> load_config(const FileSystem& files, const Paths& paths,
                                 const Environment& environment,
                                 std::span<const FlagSetting> flags) {
  auto text = read_file(files, paths.config_file, kConfigMax);
  if (text) return layer_config(*text, paths, environment, flags);
  const bool named = paths.config_file != join_path(paths.config_dir, "config.toml");
  if (text.error().code == Errc::not_found && !named) {
    return layer_config({}, paths, environment, flags);
  }
  return fail(Errc::malformed, std::move(text).error().message);
}

}  // namespace vigil::agent
