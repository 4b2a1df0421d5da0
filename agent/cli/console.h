#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

#include "agent/cli/commands.h"
#include "agent/config/load_config.h"
#include "agent/config/paths.h"
#include "agent/daemon/run_agent.h"

namespace vigil::agent {

enum class Attached : bool { elsewhere, to_terminal };

/// The streams of the process: data goes to `out`, everything else to `err`.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Attached in_is = Attached::elsewhere;
  Attached out_is = Attached::elsewhere;
  Attached err_is = Attached::elsewhere;
};

/// What every command is given.
struct CommandContext {
  const Platform& platform;
  const Console& console;
  OutputForm form = OutputForm::human;
  Paths paths;
  LoadedConfig loaded;
  /// What `loaded` was made with, beside file and variables.
  std::span<const FlagSetting> flags = {};

  [[nodiscard]] const Config& config() const { return loaded.config; }
  [[nodiscard]] bool wants_json() const { return form == OutputForm::json; }

  /// `text` in the terminal's colours (an SGR code such as "1;32"), where there is a terminal that
  /// wants them (NO_COLOR).
  [[nodiscard]] std::string painted(std::string_view sgr, std::string_view text) const;
};

}  // namespace vigil::agent
