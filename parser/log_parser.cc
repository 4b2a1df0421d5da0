#include "parser/log_parser.h"

#include "parser/claude_parser.h"
#include "parser/codex_parser.h"

namespace vigil::parser {

std::string_view app_name(Format format) {
  return format == Format::codex ? "codex" : "claude-code";
}

std::unique_ptr<LogParser> make_log_parser(Format format, std::string_view path) {
  return format == Format::codex ? make_codex_parser(path) : make_claude_parser(path);
}

bool is_session_log(Format format, std::string_view relative) {
  return format == Format::codex ? is_codex_log(relative) : is_claude_log(relative);
}

bool may_hold_session_logs(Format format, std::string_view relative) {
  return format == Format::codex ? may_hold_codex_logs(relative) : may_hold_claude_logs(relative);
}

}  // namespace vigil::parser
