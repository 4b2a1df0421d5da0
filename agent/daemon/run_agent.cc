#include "agent/daemon/run_agent.h"

#include <ostream>
#include <utility>

#include "agent/config/paths.h"
#include "agent/daemon/agent_process.h"
#include "agent/daemon/control_client.h"
#include "agent/daemon/descriptor_limit.h"
#include "agent/daemon/exit_codes.h"

namespace vigil::agent {
namespace {

/// `run --once` beside a daemon: that one does the work, and is waited for.
int ask_the_daemon(const Paths& paths, const Error& locked, std::ostream& err) {
  constexpr std::chrono::minutes kPatience{10};
  const auto answer = ask_daemon(control_socket_path(paths.state_dir, paths.runtime_dir),
                                 R"({"do":"catch_up"})", kPatience);
  if (!answer) {
    err << "agent run: " << locked.message << "; it does not answer: " << answer.error().message
        << '\n';
    return kExitLocked;
  }
  return answer->find(R"("pending":0)") != std::string::npos ? 0 : kExitKept;
}

}  // namespace

int run_agent(const Platform& platform, const Config& config, const Paths& paths,
              const RunOptions& options, std::ostream& out, std::ostream& err) {
  raise_descriptor_limit();
  Error error;
  {
    AgentProcess process(platform, config, paths, options, out, err);
    auto started = process.start();
    if (started) return process.run();
    error = std::move(started).error();
  }  // with it goes the hold on signals: waiting for another agent can be interrupted
  if (error.code == Errc::busy && options.mode == RunMode::once) {
    return ask_the_daemon(paths, error, err);
  }
  err << "agent run: " << error.message << '\n';
  return exit_of(error.code);
}

}  // namespace vigil::agent
