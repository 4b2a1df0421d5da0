#include "parser/codex_tools.h"

#include <algorithm>
#include <array>

namespace vigil::parser {
namespace {

constexpr std::array kTools{
    CodexTool{"exec_command", ToolClass::shell},  CodexTool{"shell", ToolClass::shell},
    CodexTool{"apply_patch", ToolClass::write},   CodexTool{"exec", ToolClass::shell},
    CodexTool{"write_stdin", ToolClass::shell},   CodexTool{"shell_command", ToolClass::shell},
    CodexTool{"local_shell", ToolClass::shell},   CodexTool{"container.exec", ToolClass::shell},
    CodexTool{"unified_exec", ToolClass::shell},  CodexTool{"update_plan", ToolClass::plan},
    CodexTool{"create_goal", ToolClass::plan},    CodexTool{"update_goal", ToolClass::plan},
    CodexTool{"get_goal", ToolClass::plan},       CodexTool{"view_image", ToolClass::read},
    CodexTool{"read_file", ToolClass::read},      CodexTool{"grep_files", ToolClass::search},
    CodexTool{"list_dir", ToolClass::search},     CodexTool{"tool_search", ToolClass::search},
    CodexTool{"web_search", ToolClass::web},      CodexTool{"spawn_agent", ToolClass::agent},
    CodexTool{"send_input", ToolClass::agent},    CodexTool{"send_message", ToolClass::agent},
    CodexTool{"followup_task", ToolClass::agent}, CodexTool{"wait_agent", ToolClass::agent},
    CodexTool{"wait", ToolClass::agent},          CodexTool{"close_agent", ToolClass::agent},
    CodexTool{"resume_agent", ToolClass::agent},  CodexTool{"list_agents", ToolClass::agent},
};

constexpr std::array<std::string_view, 3> kMcpResources{
    "list_mcp_resources", "list_mcp_resource_templates", "read_mcp_resource"};

}  // namespace

CodexTool codex_tool(std::string_view name, std::string_view space) {
  if (space.starts_with("mcp") || name.contains("__") || name.starts_with("mcp") ||
      std::ranges::find(kMcpResources, name) != kMcpResources.end()) {
    return {"mcp", ToolClass::mcp};
  }
  const auto found = std::ranges::find(kTools, name, &CodexTool::name);
  return found == kTools.end() ? CodexTool{"other", ToolClass::other} : *found;
}

}  // namespace vigil::parser
