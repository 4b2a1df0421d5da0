#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/traces/trace_limits.h"
#include "agent/traces/trace_places.h"
#include "base/file_system.h"
#include "base/result.h"
#include "parser/editor_trace.h"

namespace vigil::agent {

/// What a place lists, as of now, read from `name` in it. Formats whose entries stand for
/// something by themselves, and logs, are not read here: they list nothing.
[[nodiscard]] Result<std::vector<parser::EditorTrace>> read_list(const FileSystem& files,
                                                                 const TracePlace& place,
                                                                 std::string_view name,
                                                                 std::string_view home,
                                                                 const TraceLimits& limits);

/// Whether the list says when each file was used, so that its past can be told from what is new.
[[nodiscard]] bool has_times(TraceFormat format);

}  // namespace vigil::agent
