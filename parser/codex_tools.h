#pragma once

#include <string_view>

#include "parser/activity.h"

namespace vigil::parser {

struct CodexTool {
  std::string_view name;  ///< from a fixed list; `mcp` or `other` for any tool outside it
  ToolClass tool_class = ToolClass::other;
};

/// What Codex's tool `name` does. `space` is its namespace; empty where the log names none.
[[nodiscard]] CodexTool codex_tool(std::string_view name, std::string_view space);

}  // namespace vigil::parser
