#include "tests/agent/cli/session.h"

#include <sstream>

#include "agent/cli/run_command_line.h"

namespace vigil::test {

Session::Session() : home_(directory_.path()) {
  environment.variables = {{"HOME", home_}, {"TZ", "UTC"}};
  environment.directory = home_;
  environment.hostname = "box";
}

Transcript Session::agent(const std::vector<std::string>& arguments, const std::string& in) {
  std::istringstream input(in);
  std::ostringstream output;
  std::ostringstream errors;
  const agent::Platform platform{.clock = clock_,
                                 .files = files_,
                                 .random = random_,
                                 .environment = environment,
                                 .seed = nullptr,
                                 .seed_failure = {},
                                 .started = clock_.mono_now()};
  const agent::Console console{input, output, errors};
  Transcript transcript;
  transcript.exit = agent::run_command_line(platform, console, arguments);
  transcript.out = neutral(output.str());
  transcript.err = neutral(errors.str());
  return transcript;
}

void Session::write(const std::string& path, std::string_view text) {
  const std::string full = join_path(home_, path);
  static_cast<void>(files_.make_directories(std::string(parent_path(full)), 0700));
  static_cast<void>(files_.replace(full, text, 0600));
}

std::string Session::neutral(std::string text) const {
  for (auto at = text.find(home_); at != std::string::npos; at = text.find(home_, at)) {
    text.replace(at, home_.size(), "HOME");
  }
  return text;
}

}  // namespace vigil::test
