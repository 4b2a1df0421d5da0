#include "agent/system_environment.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>

namespace vigil::agent {

Environment read_environment(char** block) {
  Environment environment;
  for (char** entry = block; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::array<char, PATH_MAX> buffer{};
  if (::getcwd(buffer.data(), buffer.size()) != nullptr) environment.directory = buffer.data();
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) environment.hostname = name.data();
  return environment;
}

void keep_memory_private() {
  ::prctl(PR_SET_DUMPABLE, 0);
  constexpr rlimit kNone{0, 0};
  ::setrlimit(RLIMIT_CORE, &kNone);
}

}  // namespace vigil::agent
