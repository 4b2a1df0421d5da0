#include "parser/activity.h"

#include <algorithm>

namespace vigil::parser {
namespace {

constexpr std::array<std::string_view, 3> kActors{"human", "agent", "unknown"};
constexpr std::array<std::string_view, 12> kActions{
    "open",   "edit",  "save", "read",          "write",       "delete",
    "prompt", "reply", "tool", "session_start", "session_end", "error"};
constexpr std::array<std::string_view, 10> kToolClasses{"none", "read",  "write", "shell", "search",
                                                        "web",  "agent", "plan",  "mcp",   "other"};

template <class Enum, std::size_t kSize>
std::optional<Enum> find(const std::array<std::string_view, kSize>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(Actor actor) {
  return kActors.at(static_cast<std::size_t>(actor));
}
std::string_view name_of(Action action) {
  return kActions.at(static_cast<std::size_t>(action));
}
std::string_view name_of(ToolClass tool_class) {
  return kToolClasses.at(static_cast<std::size_t>(tool_class));
}

std::optional<Actor> actor_named(std::string_view name) {
  return find<Actor>(kActors, name);
}
std::optional<Action> action_named(std::string_view name) {
  return find<Action>(kActions, name);
}
std::optional<ToolClass> tool_class_named(std::string_view name) {
  return find<ToolClass>(kToolClasses, name);
}

}  // namespace vigil::parser
