#include "agent/config/settings.h"

#include <algorithm>
#include <array>

#include "agent/config/address.h"
#include "agent/privacy/path_rules.h"
#include "agent/privacy/redaction.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> kEmbedded{"auto", "always", "never"};
constexpr std::array<std::string_view, 5> kLevels{"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 3> kFormats{"text", "json", "journald"};
constexpr std::array<std::string_view, 1> kSinkTypes{"hub"};
constexpr std::array<std::string_view, 2> kSubmodules{"own", "parent"};

constexpr std::int64_t kMebibyte = 1'048'576;
constexpr std::string_view kTimerBounds = R"("now", or "250ms" to "1h")";
constexpr std::string_view kUrlBounds = "an https URL (http only for this machine)";
constexpr std::string_view kPathBounds = "a path of at most 4096 bytes";
constexpr std::string_view kPatternBounds = "a list of at most 256 regular expressions";
constexpr std::string_view kHideBounds = R"(a list of "files", "branches", "projects")";
constexpr std::string_view kProxyBounds = "an http or https URL";

constexpr auto kSettings = std::to_array<Setting<Config>>({
    {"source", "VIGIL_SOURCE", "1 to 64 of A-Z a-z 0-9 . _ : -",
     "Name of this installation, instead of the one made by `agent init`.",
     TextField<Config>{[](Config& c) -> auto& { return c.source; }, is_source_name}},
    {"endpoint", "VIGIL_ENDPOINT", kUrlBounds,
     "Hub on another machine that takes the heartbeats, instead of the embedded one.",
     TextField<Config>{[](Config& c) -> auto& { return c.endpoint; }, is_hub_url}},
    {"sources.claude_code.enabled", "", "true or false", "Read Claude Code's session logs.",
     SwitchField<Config>{[](Config& c) -> auto& { return c.claude_code.enabled; }}},
    {"sources.claude_code.roots", "VIGIL_CLAUDE_ROOTS", "a list of at most 64 folders",
     "Where they are. Empty: `CLAUDE_CONFIG_DIR`, else `~/.claude` and `~/.config/claude`.",
     ListField<Config>{[](Config& c) -> auto& { return c.claude_code.roots; }, kRootsMax,
                       Holds::path}},
    {"sources.codex.enabled", "", "true or false", "Read Codex's session logs.",
     SwitchField<Config>{[](Config& c) -> auto& { return c.codex.enabled; }}},
    {"sources.codex.roots", "VIGIL_CODEX_ROOTS", "a list of at most 64 folders",
     "Where they are. Empty: `CODEX_HOME`, else `~/.codex`.",
     ListField<Config>{[](Config& c) -> auto& { return c.codex.roots; }, kRootsMax, Holds::path}},
    {"delivery.timer", "VIGIL_TIMER", kTimerBounds,
     "How long heartbeats gather before they are sent. Unset: 60 s, 250 ms to this machine.",
     TimerField<Config>{[](Config& c) -> auto& { return c.delivery.timer; }}},
    {"delivery.capacity", "VIGIL_CAPACITY", "1 to 10000",
     "Heartbeats that make a batch full, so that it is sent before the timer.",
     CountField<Config>{[](Config& c) -> auto& { return c.delivery.capacity; }, 1, 10'000}},
    {"delivery.ca_file", "VIGIL_CA_FILE", kPathBounds,
     "PEM file of the authorities that sign the hub's certificate. Empty: the system's.",
     TextField<Config>{[](Config& c) -> auto& { return c.delivery.ca_file; }, nullptr,
                       Holds::path}},
    {"delivery.proxy", "VIGIL_PROXY", kProxyBounds,
     "Proxy to send through. Empty: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.",
     TextField<Config>{[](Config& c) -> auto& { return c.delivery.proxy; }, is_proxy_url}},
    {"hub.embedded", "VIGIL_HUB", R"("auto", "always" or "never")",
     "Whether `agent run` contains the hub; `auto`: unless another destination is named.",
     ChoiceField<Config>{
         kEmbedded, [](const Config& c) { return static_cast<std::size_t>(c.hub.embedded); },
         [](Config& c, std::size_t i) { c.hub.embedded = static_cast<EmbeddedHub>(i); }}},
    {"hub.listen", "VIGIL_LISTEN", "ADDRESS:PORT, such as 127.0.0.1:4821 or [::1]:4821",
     "Where the hub listens. The default moves on to the next free port.",
     TextField<Config>{[](Config& c) -> auto& { return c.hub.listen; }, is_listen_address}},
    {"hub.store", "VIGIL_STORE", kPathBounds,
     "The hub's database. Empty: `hub.db` in the data folder.",
     TextField<Config>{[](Config& c) -> auto& { return c.hub.store; }, nullptr, Holds::path}},
    {"hub.hosts", "VIGIL_HOSTS", "a list of at most 64 host names",
     "Names beside the loopback ones under which the hub may be asked.",
     ListField<Config>{[](Config& c) -> auto& { return c.hub.hosts; }, 64}},
    {"hub.origins", "VIGIL_ORIGINS", "a list of at most 64 origins",
     "Web pages (`https://host`) that may read the hub from a browser.",
     ListField<Config>{[](Config& c) -> auto& { return c.hub.origins; }, 64}},
    {"hub.tls_cert", "VIGIL_TLS_CERT", kPathBounds, "PEM certificate chain of the hub.",
     TextField<Config>{[](Config& c) -> auto& { return c.hub.tls_cert; }, nullptr, Holds::path}},
    {"hub.tls_key", "VIGIL_TLS_KEY", kPathBounds, "PEM private key that belongs to it.",
     TextField<Config>{[](Config& c) -> auto& { return c.hub.tls_key; }, nullptr, Holds::path}},
    {"hub.trusted_proxy", "VIGIL_TRUSTED_PROXY", "an IP address",
     "The proxy in front that ends TLS; the hub may then listen beyond this machine without.",
     TextField<Config>{[](Config& c) -> auto& { return c.hub.trusted_proxy; }, is_ip_address}},
    {"hub.requests_per_second", "", "0 to 1000000",
     "Batches a second, and burst, taken from one source. 0: no limit.",
     CountField<Config>{[](Config& c) -> auto& { return c.hub.requests_per_second; }, 0,
                        1'000'000}},
    {"hub.bytes_per_second", "", R"("0B" to "64GiB")",
     "Bytes a second taken from one source. 0: no limit.",
     SizeField<Config>{[](Config& c) -> auto& { return c.hub.bytes_per_second; }, 0,
                       65'536 * kMebibyte}},
    {"projects.map", "VIGIL_PROJECTS", "a list of at most 256 texts FOLDER=NAME",
     "Names of the projects in these folders, whatever repositories are there.",
     ListField<Config>{
         [](Config& c) -> auto& { return c.projects.map; }, kMappedFoldersMax, Holds::path,
         [](std::string_view text) { return parse_mapped_folder(text).has_value(); }}},
    {"projects.submodules", "", R"("own" or "parent")",
     "Whose project a git submodule is: its own, or that of the repository that holds it.",
     ChoiceField<Config>{
         kSubmodules,
         [](const Config& c) { return static_cast<std::size_t>(c.projects.submodules); },
         [](Config& c, std::size_t i) { c.projects.submodules = static_cast<Submodules>(i); }}},
    {"projects.watch", "VIGIL_WATCH_PROJECTS", "true or false",
     "Whether saves in project trees, and editors' traces, are seen. Session logs always are.",
     SwitchField<Config>{[](Config& c) -> auto& { return c.projects.watch; }}},
    {"projects.roots", "VIGIL_PROJECT_ROOTS", "a list of at most 256 folders",
     "Folders below which saves are seen, whether or not anybody was seen at work there.",
     ListField<Config>{[](Config& c) -> auto& { return c.projects.roots; }, 256, Holds::path}},
    {"projects.learn", "VIGIL_LEARN_PROJECTS", "true or false",
     "Whether projects to which session logs and editors lead are watched too.",
     SwitchField<Config>{[](Config& c) -> auto& { return c.projects.learn; }}},
    {"projects.watch_share", "VIGIL_WATCH_SHARE", "1 to 90",
     "Percent of the system's inotify watches that project trees may take; the rest is polled.",
     CountField<Config>{[](Config& c) -> auto& { return c.projects.watch_share; }, 1, 90}},
    {"projects.ignored", "", "a list of at most 256 folders",
     "Folders below which no saves are seen, whoever leads there.",
     ListField<Config>{[](Config& c) -> auto& { return c.projects.ignored; }, 256, Holds::path}},
    {"projects.aliases", "", "a list of at most 256 texts OLD=NEW",
     "Names under which projects go from now on.",
     ListField<Config>{
         [](Config& c) -> auto& { return c.projects.aliases; }, kMappedFoldersMax, Holds::text,
         [](std::string_view text) { return parse_project_alias(text).has_value(); }}},
    {"projects.hidden", "", "a list of at most 256 names",
     "Projects of which no destination is told a name, a path or a branch.",
     ListField<Config>{[](Config& c) -> auto& { return c.projects.hidden; }, 256}},
    {"privacy.exclude", "VIGIL_EXCLUDE", kPatternBounds,
     "What happens to files, and in folders, whose path one of them matches is not recorded.",
     ListField<Config>{[](Config& c) -> auto& { return c.privacy.exclude; }, kPatternsMax,
                       Holds::text, is_pattern}},
    {"privacy.include", "VIGIL_INCLUDE", kPatternBounds,
     "Paths that are recorded although `privacy.exclude` matches them.",
     ListField<Config>{[](Config& c) -> auto& { return c.privacy.include; }, kPatternsMax,
                       Holds::text, is_pattern}},
    {"privacy.hide", "VIGIL_HIDE", kHideBounds, "Names that no destination is told.",
     ListField<Config>{[](Config& c) -> auto& { return c.privacy.hide; }, 3, Holds::text,
                       is_hideable}},
    {"time.human_timeout", "VIGIL_TIMEOUT", R"("1min" to "1h")",
     "Signs of a person that are closer than this join into one stretch of time.",
     DurationField<Config>{[](Config& c) -> auto& { return c.time.human_timeout; }, 1min, 1h}},
    {"time.zone", "VIGIL_TZ", "an IANA name, such as Europe/Berlin",
     "Time zone in which days begin. Empty: the machine's.",
     TextField<Config>{[](Config& c) -> auto& { return c.time.zone; }}},
    {"queue.max_size", "VIGIL_QUEUE_SIZE", R"("16MiB" to "1024GiB")",
     "Size of the queue at which reading of logs pauses.",
     SizeField<Config>{[](Config& c) -> auto& { return c.queue.max_bytes; }, 16 * kMebibyte,
                       1'048'576 * kMebibyte}},
    {"log.level", "VIGIL_LOG", R"("debug", "info", "warn", "error" or "off")",
     "What is logged: this and what is graver.",
     ChoiceField<Config>{kLevels,
                         [](const Config& c) { return static_cast<std::size_t>(c.log.level); },
                         [](Config& c, std::size_t i) { c.log.level = static_cast<LogLevel>(i); }}},
    {"log.format", "VIGIL_LOG_FORMAT", R"("text", "json" or "journald")",
     "Form of the log. Where systemd reads standard error the default is `journald`.",
     ChoiceField<Config>{
         kFormats, [](const Config& c) { return static_cast<std::size_t>(c.log.format); },
         [](Config& c, std::size_t i) { c.log.format = static_cast<LogFormat>(i); }}},
    {"log.file", "VIGIL_LOG_FILE", kPathBounds,
     "File for the log, kept below 8 MiB with one predecessor. Empty: standard error.",
     TextField<Config>{[](Config& c) -> auto& { return c.log.file; }, nullptr, Holds::path}},
});

constexpr auto kSinkSettings = std::to_array<Setting<SinkDraft>>({
    {"name", "", "1 to 32 of a-z 0-9 _ -", "Its name in `agent queue` and in the log. Required.",
     TextField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.name; }, is_sink_name}},
    {"type", "", R"("hub")", "Its protocol.",
     ChoiceField<SinkDraft>{kSinkTypes, [](const SinkDraft&) { return std::size_t{0}; },
                            [](SinkDraft& s, std::size_t i) { s.type = kSinkTypes[i]; }}},
    {"url", "", kUrlBounds, "Where it is, without a route. Required.",
     TextField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.url; }, is_hub_url}},
    {"timer", "", kTimerBounds, "Instead of `delivery.timer`.",
     TimerField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.timer; }}},
    {"capacity", "", "1 to 10000", "Instead of `delivery.capacity`.",
     CountField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.capacity; }, 1, 10'000}},
    {"ca_file", "", kPathBounds, "Instead of `delivery.ca_file`.",
     TextField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.ca_file; }, nullptr, Holds::path}},
    {"proxy", "", kProxyBounds, "Instead of `delivery.proxy`.",
     TextField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.proxy; }, is_proxy_url}},
    {"hide", "", kHideBounds, "Names that it is not told, beside those of `privacy.hide`.",
     ListField<SinkDraft>{[](SinkDraft& s) -> auto& { return s.hide; }, 3, Holds::text,
                          is_hideable}},
});

constexpr auto kPlainVariables = std::to_array<PlainVariable>({
    {"VIGIL_CONFIG", "Configuration file, instead of `config.toml` in the configuration folder."},
    {"VIGIL_CONFIG_DIR", "Folder of configuration and keys, instead of `$XDG_CONFIG_HOME/vigil`."},
    {"VIGIL_DATA_DIR", "Folder of the hub's database, instead of `$XDG_DATA_HOME/vigil`."},
    {"VIGIL_STATE_DIR", "Folder of queue, lock and socket, instead of `$XDG_STATE_HOME/vigil`."},
    {"VIGIL_KEY", "The signing key's seed (base64 or hex). Overwritten in place at once."},
    {"VIGIL_KEY_FD", "Number of an open file descriptor from which the seed is read."},
    {"VIGIL_CREDENTIALS_DIRECTORY",
     "Folder with a file `vigil-key`; `CREDENTIALS_DIRECTORY` of systemd does the same."},
    {"VIGIL_TOKEN", "Read token for a hub on another machine."},
});

void add_row(std::string& out, std::initializer_list<std::string_view> cells) {
  for (const std::string_view cell : cells) {
    out += "| ";
    out += cell;
    out += cell.empty() ? "" : " ";
  }
  out += "|\n";
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

}  // namespace

std::span<const Setting<Config>> settings() {
  return kSettings;
}

std::span<const Setting<SinkDraft>> sink_settings() {
  return kSinkSettings;
}

std::span<const PlainVariable> plain_variables() {
  return kPlainVariables;
}

const Setting<Config>* find_setting(std::string_view key) {
  const auto* found = std::ranges::find(kSettings, key, &Setting<Config>::key);
  return found == kSettings.end() ? nullptr : found;
}

std::vector<std::string_view> setting_keys() {
  std::vector<std::string_view> keys;
  for (const auto& setting : kSettings) keys.push_back(setting.key);
  return keys;
}

std::string settings_as_markdown() {
  std::string out;
  add_row(out, {"key", "variable", "default", "bounds", "meaning"});
  out += "|---|---|---|---|---|\n";
  for (const auto& setting : kSettings) {
    add_row(out, {code(setting.key), code(setting.variable), code(show(setting, Config{})),
                  setting.bounds, setting.meaning});
  }
  out += "\nIn every `[[sink]]` (at most 16):\n\n";
  add_row(out, {"key", "bounds", "meaning"});
  out += "|---|---|---|\n";
  for (const auto& setting : kSinkSettings) {
    add_row(out, {code(setting.key), setting.bounds, setting.meaning});
  }
  out += "\nVariables that are no settings:\n\n";
  add_row(out, {"variable", "meaning"});
  out += "|---|---|\n";
  for (const auto& variable : kPlainVariables) {
    add_row(out, {code(variable.name), variable.meaning});
  }
  return out;
}

}  // namespace vigil::agent
