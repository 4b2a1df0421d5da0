#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "agent/cli/console.h"
#include "agent/cli/run_command_line.h"
#include "agent/identity/seed.h"
#include "agent/system_environment.h"
#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "base/system_random.h"

namespace {

using namespace vigil::agent;

Attached attached(int fd) {
  return ::isatty(fd) == 1 ? Attached::to_terminal : Attached::elsewhere;
}

}  // namespace

int main(int argc, char** argv, char** block) {
  keep_memory_private();
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  vigil::SystemClock clock;
  vigil::PosixFileSystem files;
  vigil::SystemRandom random;
  Environment environment = read_environment(block);
  wipe_variable(block, "VIGIL_KEY");
  const auto seed = take_seed(environment);
  const Platform platform{.clock = clock,
                          .files = files,
                          .random = random,
                          .environment = environment,
                          .seed = seed && *seed ? &**seed : nullptr,
                          .seed_failure = seed ? std::string() : seed.error().message,
                          .started = clock.mono_now()};
  const Console console{.in = std::cin,
                        .out = std::cout,
                        .err = std::cerr,
                        .in_is = attached(STDIN_FILENO),
                        .out_is = attached(STDOUT_FILENO),
                        .err_is = attached(STDERR_FILENO)};
  return run_command_line(platform, console, arguments);
}
