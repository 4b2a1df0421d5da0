#pragma once

#include <string>

#include "base/file_system.h"
#include "base/unique_fd.h"

namespace vigil {

/// What errno says about a path.
[[nodiscard]] std::unexpected<Error> fail_errno(const std::string& path, const char* what);

/// Of what is not a link: the kind behind readdir's `d_type`; `other` where it does not tell.
[[nodiscard]] FileKind kind_of_entry(unsigned char type);

/// statx(2); `name` is for the error's text.
[[nodiscard]] Result<FileStat> statx_of(int directory, const char* path, int flags,
                                        const std::string& name);

/// open(2) that fails with ELOOP where any part of the path is a link. Where the kernel (or a
/// container's filter) has no openat2(2), only the last part is checked.
[[nodiscard]] UniqueFd open_over_no_links(const std::string& path, int flags);

}  // namespace vigil
