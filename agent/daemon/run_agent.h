#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/result.h"

namespace vigil::crypto {
class SecretBytes;
}  // namespace vigil::crypto

namespace vigil::agent {

struct Config;       // agent/config/config.h
struct Environment;  // agent/config/environment.h
struct Paths;        // agent/config/paths.h

/// The real world, built once in main.cc and handed down.
struct Platform {
  Clock& clock;
  FileSystem& files;
  Random& random;
  const Environment& environment;
  const crypto::SecretBytes* seed;  ///< of the key, on machines that keep none in a file; else null
  std::string seed_failure;         ///< why the seed that was given cannot be used; mostly empty
  MonoTime started;                 ///< when main() began
};

enum class RunMode : std::uint8_t {
  forever,  ///< until SIGTERM or SIGINT
  once,     ///< read what there is, deliver it, exit
};

enum class HubMode : std::uint8_t { embedded, none };

struct RunOptions {
  RunMode mode = RunMode::forever;
  HubMode hub = HubMode::embedded;
  std::function<Result<Config>()> reload;   ///< the settings as they are now (SIGHUP)
  std::function<std::string()> settings{};  ///< those that were read last, for the hub to tell
};

/// `agent run`: watches, derives, queues, delivers; with the embedded hub unless told otherwise.
/// Messages and the dashboard's link go to `out`, progress to `err` when it is a terminal.
/// Returns the process's exit code (0; 1; 11 another agent has the state directory; 75 the queue
/// keeps some after `once`; 78 configuration; 130/143 only where a signal cut `once` short).
[[nodiscard]] int run_agent(const Platform& platform, const Config& config, const Paths& paths,
                            const RunOptions& options, std::ostream& out, std::ostream& err);

/// `agent serve`: the hub alone, which tells that it runs with these `settings`.
[[nodiscard]] int run_hub(const Platform& platform, const Config& config, const Paths& paths,
                          const std::string& settings, std::ostream& out, std::ostream& err);

}  // namespace vigil::agent
