#include "agent/cli/console.h"

#include "agent/config/environment.h"

namespace vigil::agent {

std::string CommandContext::painted(std::string_view sgr, std::string_view text) const {
  const Environment& environment = platform.environment;
  if (console.out_is != Attached::to_terminal || environment.find("NO_COLOR") ||
      environment.find("TERM") == "dumb") {
    return std::string(text);
  }
  std::string out = "\x1b[";
  (((out += sgr) += 'm') += text) += "\x1b[0m";
  return out;
}

}  // namespace vigil::agent
