#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/context/project_rules.h"
#include "agent/logging/log_settings.h"

namespace vigil::agent {

inline constexpr std::string_view kDefaultListen = "127.0.0.1:4821";
inline constexpr std::chrono::milliseconds kDefaultTimer{60'000};
inline constexpr std::chrono::milliseconds kLoopbackTimer{250};
inline constexpr std::size_t kSinksMax = 16;
inline constexpr std::size_t kRootsMax = 64;
inline constexpr std::size_t kMappedFoldersMax = 256;

/// Whether `agent run` contains a hub. `automatic`: only where no other destination is named.
enum class EmbeddedHub : std::uint8_t { automatic, always, never };

/// A destination, complete: what it does not say itself was taken from `[delivery]`.
struct SinkConfig {
  std::string name;          ///< `[a-z0-9_-]{1,32}`
  std::string type = "hub";  ///< its protocol
  std::string url;           ///< of the hub, without the route: `https://hub.example`
  std::chrono::milliseconds timer = kDefaultTimer;  ///< 0: seal as soon as nothing is in flight
  std::int64_t capacity = 1'000;                    ///< events in a batch
  std::string ca_file;                              ///< PEM; empty: the system's authorities
  std::string proxy;                                ///< URL, or empty: HTTPS_PROXY and so on
  std::vector<std::string> hide;                    ///< beside `privacy.hide`

  friend bool operator==(const SinkConfig&, const SinkConfig&) = default;
};

/// A kind of session log. Empty `roots`: where the tool itself writes (see log_roots.h).
struct SourceConfig {
  bool enabled = true;
  std::vector<std::string> roots;
};

/// What holds for every destination that does not say otherwise.
struct DeliveryConfig {
  std::optional<std::chrono::milliseconds> timer;  ///< nothing: kLoopbackTimer or kDefaultTimer
  std::int64_t capacity = 1'000;
  std::string ca_file;
  std::string proxy;
};

struct HubConfig {
  EmbeddedHub embedded = EmbeddedHub::automatic;
  std::string listen{kDefaultListen};  ///< ADDRESS:PORT
  std::string store;                   ///< path of the database; empty: hub.db in the data folder
  std::vector<std::string> hosts;      ///< names beside the loopback ones that a browser may use
  std::vector<std::string> origins;    ///< web origins that may read the API from a browser
  std::string tls_cert;
  std::string tls_key;
  std::string trusted_proxy;  ///< address of the proxy in front, which then may listen anywhere
  std::int64_t requests_per_second = 100;          ///< per source, burst the same; 0: no limit
  std::int64_t bytes_per_second = 64 * 1'048'576;  ///< per source; 0: no limit
};

struct TimeConfig {
  std::chrono::milliseconds human_timeout = std::chrono::minutes(15);
  std::string zone;  ///< IANA name; empty: the machine's
};

/// How folders become projects, beside what they say themselves.
struct ProjectsConfig {
  std::vector<std::string> map;  ///< FOLDER=NAME
  Submodules submodules = Submodules::own;
  bool watch = true;                 ///< saves in project trees, and editors' traces
  std::vector<std::string> roots;    ///< watched always
  std::vector<std::string> ignored;  ///< folders below which nothing is watched
  std::vector<std::string> aliases;  ///< OLD=NEW
  std::vector<std::string> hidden;   ///< names that no destination is told
  bool learn = true;                 ///< roots from session logs and editors' traces
  std::int64_t watch_share = 20;     ///< percent of the system's watches
};

/// What is not recorded, and what destinations are not told.
struct PrivacyConfig {
  std::vector<std::string> exclude;  ///< regular expressions
  std::vector<std::string> include;  ///< against `exclude`
  std::vector<std::string> hide;     ///< `files`, `branches`, `projects`: from every destination
};

struct QueueConfig {
  std::int64_t max_bytes = 1'073'741'824;
};

/// Every setting of the program with its default. docs/formats/config.md lists them.
struct Config {
  std::string source;    ///< names this installation instead of its identity file
  std::string endpoint;  ///< a remote hub instead of the embedded one; also in `sinks`
  SourceConfig claude_code;
  SourceConfig codex;
  DeliveryConfig delivery;
  HubConfig hub;
  ProjectsConfig projects;
  PrivacyConfig privacy;
  TimeConfig time;
  QueueConfig queue;
  LogSettings log;
  std::vector<SinkConfig> sinks;  ///< the destinations but for the embedded hub
};

/// Whether `agent run` should contain the hub.
[[nodiscard]] bool wants_embedded_hub(const Config& config);

/// The destination that the embedded hub is, once it listens at `url`.
[[nodiscard]] SinkConfig embedded_sink(const Config& config, std::string url);

/// What the configuration says about projects, for the one who finds them.
[[nodiscard]] ProjectRules project_rules(const Config& config);

}  // namespace vigil::agent
