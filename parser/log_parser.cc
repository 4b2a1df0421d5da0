#include "parser/log_parser.h"

#include "parser/claude_parser.h"
#include "parser/claude_record.h"
#include "parser/codex_parser.h"
#include "parser/codex_record.h"

namespace vigil::parser {

std::string_view app_name(Format format) {
  return format == Format::codex ? "codex" : "claude-code";
}

LogParsers::LogParsers()
    : claude_(std::make_shared<ClaudeRecordReader>()),
      codex_(std::make_shared<CodexRecordReader>()) {}

LogParsers::~LogParsers() = default;

std::unique_ptr<LogParser> LogParsers::make(Format format, std::string_view path) const {
  return format == Format::codex ? make_codex_parser(path, codex_)
                                 : make_claude_parser(path, claude_);
}

std::unique_ptr<LogParser> make_log_parser(Format format, std::string_view path) {
  return LogParsers().make(format, path);
}

bool is_session_log(Format format, std::string_view relative) {
  return format == Format::codex ? is_codex_log(relative) : is_claude_log(relative);
}

bool may_hold_session_logs(Format format, std::string_view relative) {
  return format == Format::codex ? may_hold_codex_logs(relative) : may_hold_claude_logs(relative);
}

}  // namespace vigil::parser
