#include "parser/editors/jupyter.h"

#include <limits>

#include "parser/editors/trace_path.h"
#include "parser/json_walk.h"

namespace vigil::parser {

std::optional<EditorTrace> parse_jupyter_server(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  EditorTrace trace{.editor = "jupyter", .kind = EditorTrace::Kind::workspace, .path = {}};
  json.each_field([&](std::string_view name) {
    if (name == "root_dir" || name == "notebook_dir") {
      trace.path = trace_path(json.text()).value_or("");
    } else if (name == "pid") {
      const auto pid = json.integer().value_or(0);
      if (pid > 0 && pid <= std::numeric_limits<std::int32_t>::max()) {
        trace.pid = static_cast<std::int32_t>(pid);
      }
    }
  });
  if (trace.path.empty() || !trace.pid) return std::nullopt;
  return trace;
}

}  // namespace vigil::parser
