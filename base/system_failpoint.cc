#include "base/failpoint.h"

#ifdef VIGIL_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace vigil {
namespace {

struct Armed {
  std::string name;
  std::uint64_t pass = 0;
  int signal = SIGKILL;
};

int signal_of(std::string_view action) {
  if (action == "term") return SIGTERM;
  if (action == "stop") return SIGSTOP;
  return SIGKILL;
}

Armed read_armed() {
  const char* text = ::getenv("VIGIL_FAILPOINT");
  const std::string_view spec = text != nullptr ? text : "";
  const auto colon = spec.find(':');
  if (colon == std::string_view::npos) return {};
  const auto rest = spec.substr(colon + 1);
  const auto second = rest.find(':');
  const auto action = second == std::string_view::npos ? "" : rest.substr(second + 1);
  return {std::string(spec.substr(0, colon)),
          std::strtoull(std::string(rest.substr(0, second)).c_str(), nullptr, 10),
          signal_of(action)};
}

}  // namespace

void failpoint(std::string_view name) {
  static const Armed armed = read_armed();
  static std::atomic<std::uint64_t> passes = 0;
  if (name != armed.name || ++passes != armed.pass) return;
  ::kill(::getpid(), armed.signal);
  while (armed.signal == SIGKILL) ::pause();  // not one more instruction of the caller's
}

}  // namespace vigil

#endif
