#include <array>
#include <ostream>

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/paths.h"
#include "agent/daemon/confinement.h"
#include "agent/daemon/descriptor_limit.h"
#include "agent/daemon/exit_codes.h"
#include "agent/daemon/hub_options.h"
#include "agent/daemon/run_agent.h"
#include "agent/daemon/signals.h"
#include "agent/daemon/wake_up.h"
#include "agent/hub/hub_server.h"

namespace vigil::agent {
namespace {

constexpr milliseconds kGrace{1'500};

Result<std::unique_ptr<HubServer>> start_hub(const Platform& platform, const Config& config,
                                             const Paths& paths, const std::string& settings,
                                             std::ostream& err) {
  HubOptions options = VIGIL_TRY(hub_options(platform.files, config, paths, platform.environment));
  options.settings = settings;
  const std::string folder(parent_path(options.store_path));
  VIGIL_TRY(platform.files.make_directories(folder, 0700));
  for (const auto& missing : confine(std::array{folder}).missing) {
    err << "agent serve: not confined: " << missing << '\n';
  }
  return HubServer::start(std::move(options), {platform.files, platform.clock, platform.random});
}

}  // namespace

int run_hub(const Platform& platform, const Config& config, const Paths& paths,
            const std::string& settings, std::ostream& out, std::ostream& err) {
  raise_descriptor_limit();
  Signals signals;  // before the hub's threads, which inherit the mask
  auto hub = start_hub(platform, config, paths, settings, err);
  if (!hub) {
    err << "agent serve: " << hub.error().message << '\n';
    return exit_of(hub.error().code);
  }
  out << "hub at " << (*hub)->url() << "\nopen    " << (*hub)->new_login_link() << '\n'
      << std::flush;
  for (;;) {
    const MonoTime now = platform.clock.mono_now();
    const std::array fds{signals.wake_fd()};
    wait_for_wake_up(fds, now, MonoTime::max());
    for (const Signal signal : signals.take()) {
      if (signal == Signal::reload) continue;  // the registry is read anew by itself
      (*hub)->stop(kGrace);
      return 0;
    }
  }
}

}  // namespace vigil::agent
