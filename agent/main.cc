#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/console.h"
#include "agent/cli/run_command_line.h"
#include "agent/config/environment.h"
#include "agent/identity/seed.h"
#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "base/system_random.h"

namespace {

using namespace vigil::agent;

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

Attached attached(int fd) { return ::isatty(fd) == 1 ? Attached::to_terminal : Attached::elsewhere; }

}  // namespace

int main(int argc, char** argv, char** block) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  vigil::SystemClock clock;
  vigil::PosixFileSystem files;
  vigil::SystemRandom random;
  Environment environment = read_environment(block);
  wipe_variable(block, "VIGIL_KEY");
  const auto seed = take_seed(environment);
  if (!seed) {
    std::cerr << "agent: " << seed.error().message << '\n';
    return 78;
  }
  const Platform platform{.clock = clock,
                          .files = files,
                          .random = random,
                          .environment = environment,
                          .seed = *seed ? &**seed : nullptr,
                          .started = clock.mono_now()};
  const Console console{.in = std::cin,
                        .out = std::cout,
                        .err = std::cerr,
                        .in_is = attached(STDIN_FILENO),
                        .out_is = attached(STDOUT_FILENO),
                        .err_is = attached(STDERR_FILENO)};
  return run_command_line(platform, console, arguments);
}
