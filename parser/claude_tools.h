#pragma once

#include <string_view>

#include "parser/activity.h"

namespace vigil::parser {

struct ClaudeTool {
  std::string_view name = "other";  ///< from a fixed list; `mcp` or `other` for any tool outside it
  ToolClass tool_class = ToolClass::other;
  Action action = Action::tool;  ///< read, write or edit for the tools that work on one file
};

/// What Claude Code's tool `name` does. A name that this gave out gives the same tool again.
[[nodiscard]] ClaudeTool claude_tool(std::string_view name);

}  // namespace vigil::parser
