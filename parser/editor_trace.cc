#include "parser/editor_trace.h"

namespace vigil::parser {

std::string_view name_of(EditorTrace::Kind kind) {
  using Kind = EditorTrace::Kind;
  switch (kind) {
    case Kind::open: return "open";
    case Kind::edit: return "edit";
    case Kind::save: return "save";
    case Kind::close: return "close";
    case Kind::workspace: return "workspace";
    case Kind::presence: return "presence";
  }
  return "";
}

}  // namespace vigil::parser
