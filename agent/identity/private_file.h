#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "base/result.h"
#include "crypto/secret_bytes.h"

namespace vigil::agent {

/// A file that only its owner may know, read without leaving a copy in ordinary memory. `denied`:
/// group or other bits, another owner, a link, a second name, no regular file; these are looked at
/// on the open file, so nothing can be swapped in between. `malformed`: longer than `limit`.
/// `not_found`: nothing there. `what` begins each message, which also names path and remedy.
[[nodiscard]] Result<crypto::SecretBytes> read_private_file(const FileSystem& files,
                                                            const std::string& path,
                                                            std::string_view what,
                                                            std::size_t limit);

/// Refuses a folder in which somebody else could put a file of their own in place of ours.
Result<void> check_private_directory(const FileSystem& files, const std::string& path);

/// Creates the configuration folder (0700) where it is missing, then checks it.
Result<void> prepare_config_dir(FileSystem& files, const std::string& config_dir);

}  // namespace vigil::agent
