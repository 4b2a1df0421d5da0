#include "parser/claude_tools.h"

#include "parser/key_table.h"

namespace vigil::parser {
namespace {

constexpr ClaudeTool file_tool(std::string_view name, Action action) {
  return {name, action == Action::read ? ToolClass::read : ToolClass::write, action};
}

using Entry = std::pair<std::string_view, ClaudeTool>;

constexpr Entry file(std::string_view name, Action action) {
  return {name, file_tool(name, action)};
}

constexpr Entry tool(std::string_view name, ToolClass tool_class) {
  return {name, {name, tool_class, Action::tool}};
}

constexpr auto kTools = make_key_table<ClaudeTool>({
    file("Read", Action::read),
    file("NotebookRead", Action::read),
    file("Write", Action::write),
    file("Edit", Action::edit),
    file("MultiEdit", Action::edit),
    file("NotebookEdit", Action::edit),
    tool("Bash", ToolClass::shell),
    tool("BashOutput", ToolClass::shell),
    tool("KillBash", ToolClass::shell),
    tool("KillShell", ToolClass::shell),
    tool("PowerShell", ToolClass::shell),
    tool("Monitor", ToolClass::shell),
    tool("Grep", ToolClass::search),
    tool("Glob", ToolClass::search),
    tool("LS", ToolClass::search),
    tool("LSP", ToolClass::search),
    tool("ToolSearch", ToolClass::search),
    tool("WebFetch", ToolClass::web),
    tool("WebSearch", ToolClass::web),
    tool("web_search", ToolClass::web),
    tool("web_fetch", ToolClass::web),
    tool("Task", ToolClass::agent),
    tool("Agent", ToolClass::agent),
    tool("AgentOutputTool", ToolClass::agent),
    tool("TaskOutput", ToolClass::agent),
    tool("TaskStop", ToolClass::agent),
    tool("SendMessage", ToolClass::agent),
    tool("TodoRead", ToolClass::plan),
    tool("TodoWrite", ToolClass::plan),
    tool("TaskCreate", ToolClass::plan),
    tool("TaskUpdate", ToolClass::plan),
    tool("TaskList", ToolClass::plan),
    tool("TaskGet", ToolClass::plan),
    tool("EnterPlanMode", ToolClass::plan),
    tool("ExitPlanMode", ToolClass::plan),
    tool("exit_plan_mode", ToolClass::plan),
    tool("mcp", ToolClass::mcp),
    tool("ListMcpResourcesTool", ToolClass::mcp),
    tool("ReadMcpResourceTool", ToolClass::mcp),
    tool("AskUserQuestion", ToolClass::other),
    tool("EnterWorktree", ToolClass::other),
    tool("ExitWorktree", ToolClass::other),
    tool("Skill", ToolClass::other),
    tool("SlashCommand", ToolClass::other),
    tool("StructuredOutput", ToolClass::other),
});

}  // namespace

ClaudeTool claude_tool(std::string_view name) {
  return kTools.find(name.starts_with("mcp__") ? "mcp" : name);
}

}  // namespace vigil::parser
