#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigil::agent {

/// How the process ends; the same for every command (README, "Exit codes").
enum class Exit : std::uint8_t {
  done = 0,
  failed = 1,
  usage = 2,
  partly = 3,        ///< some of what was asked for
  token_needed = 4,  ///< the hub wants a read token
  unreachable = 5,   ///< no daemon or hub answers
  degraded = 6,      ///< `--check`: works, but a person should look
  down = 7,          ///< `--check`: does not work
  missing = 10,      ///< no such store, key or name
  locked = 11,       ///< another process has it
  unverified = 13,   ///< a check of signatures or files failed
  later = 75,        ///< kept in the queue; try later
  configuration = 78,
};

/// Why a command did not do what it was asked. `code` is for programs and stable
/// (`daemon_unreachable`), `message` says what is wrong, `hint` what to do about it.
struct Failure {
  Exit exit = Exit::failed;
  std::string code;
  std::string message;
  std::string hint;
};

/// How a command ended; a Failure is printed by whoever called it.
using Outcome = std::expected<Exit, Failure>;

/// The failure that an ordinary error means on the command line.
[[nodiscard]] std::unexpected<Failure> failure_of(Error error, std::string hint = {});

}  // namespace vigil::agent
