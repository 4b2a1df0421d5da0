#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace vigil::agent {

/// Reads named columns of another program's SQLite database while that program uses it: read-only,
/// in one short transaction, waiting 50 ms at most. `busy`, `not_found`, `malformed` (no such table
/// or column: its version is another one), `io`.
///
/// The first column of each row as text, `rows_max` rows, each at most `size_max` bytes (longer
/// ones are left out); `argument` stands for `?1` where the query has one.
[[nodiscard]] Result<std::vector<std::string>> read_column(const std::string& path,
                                                           const std::string& query,
                                                           const std::string& argument,
                                                           std::size_t rows_max,
                                                           std::size_t size_max);

}  // namespace vigil::agent
