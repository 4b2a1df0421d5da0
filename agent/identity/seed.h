#pragma once

#include <optional>
#include <string_view>

#include "agent/config/environment.h"
#include "base/result.h"
#include "crypto/secret_bytes.h"

namespace vigil::agent {

/// The seed of a signing key from 32 raw bytes, or from hex or standard base64 with white space
/// around it; `malformed` otherwise.
[[nodiscard]] Result<crypto::SecretBytes> parse_seed(std::string_view text);

/// The seed that a machine without key files was given: VIGIL_KEY_FD (a descriptor's number; read
/// to its end and closed), else `vigil-key` in VIGIL_CREDENTIALS_DIRECTORY or
/// CREDENTIALS_DIRECTORY, else VIGIL_KEY. Nothing where none is set; an error where the first that
/// is set cannot be used: another key is never taken in its place. VIGIL_KEY is wiped and taken out
/// of `environment` in every case; wipe_variable() does the same for the block that the kernel
/// shows.
[[nodiscard]] Result<std::optional<crypto::SecretBytes>> take_seed(Environment& environment);

/// Overwrites every value of a variable in the process's environment block (what
/// `/proc/<pid>/environ` shows). `block` is main's third argument, ended by null.
void wipe_variable(char** block, std::string_view name);

}  // namespace vigil::agent
