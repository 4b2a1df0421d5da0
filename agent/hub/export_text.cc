#include "agent/hub/export_text.h"

#include <array>

#include "agent/heartbeat/heartbeat_json.h"
#include "base/time.h"
#include "parser/activity.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 3> kNames{"ndjson", "json", "csv"};
constexpr std::array<std::string_view, 3> kTypes{"application/x-ndjson", "application/json",
                                                 "text/csv; charset=utf-8"};
constexpr std::string_view kCsvHead =
    "id,rev,time,actor,action,entity,entity_type,category,project,branch,language,is_write,lines,"
    "lineno,cursorpos,lines_added,lines_removed,app,app_version,session,parent_session,model,"
    "tokens_input,tokens_cache_read,tokens_cache_write,tokens_output,tokens_reasoning,tool,"
    "tool_class,ok,machine,os,timezone,prompt_length,confidence,flags,same_as,dependencies,"
    "user_agent,project_root_count\r\n";

/// One line of a table; add() puts the commas.
class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}

  CsvLine& add(std::string_view text) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += text;
      return *this;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
    return *this;
  }

  CsvLine& add(std::int64_t number) { return add(std::string_view(std::to_string(number))); }

  CsvLine& add(const std::optional<std::int64_t>& number) {
    return number ? add(*number) : add(std::string_view{});
  }

  CsvLine& add(const std::optional<bool>& truth) {
    return add(truth ? std::string_view(*truth ? "true" : "false") : std::string_view{});
  }

  CsvLine& add(const std::vector<std::string>& list) {
    std::string joined;
    for (const auto& item : list) joined += (joined.empty() ? "" : " ") + item;
    return add(std::string_view(joined));
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

void add_tokens(CsvLine& line, const std::optional<Tokens>& tokens) {
  if (!tokens) {
    for (int i = 0; i < 5; ++i) line.add(std::string_view{});
    return;
  }
  line.add(tokens->input).add(tokens->cache_read).add(tokens->cache_write);
  line.add(tokens->output).add(tokens->reasoning);
}

void append_csv(const Heartbeat& h, std::string& out) {
  CsvLine line(out);
  line.add(h.id.text()).add(std::int64_t{h.rev}).add(format_rfc3339(h.time));
  line.add(parser::name_of(h.actor)).add(parser::name_of(h.action)).add(h.entity);
  line.add(name_of(h.entity_type)).add(h.category);
  line.add(h.project).add(h.branch).add(h.language).add(std::optional(h.is_write));
  line.add(h.lines).add(h.lineno).add(h.cursorpos).add(h.lines_added).add(h.lines_removed);
  line.add(h.app).add(h.app_version).add(h.session).add(h.parent_session).add(h.model);
  add_tokens(line, h.tokens);
  line.add(h.tool);
  line.add(h.tool_class == ToolClass::none ? std::string_view{} : parser::name_of(h.tool_class));
  line.add(h.ok).add(h.machine).add(h.os).add(h.timezone).add(h.prompt_length);
  line.add(h.confidence ? std::string_view(std::to_string(*h.confidence)) : std::string_view{});
  line.add(h.flags).add(h.same_as).add(h.dependencies).add(h.user_agent).add(h.project_root_count);
  out += "\r\n";
}

}  // namespace

std::optional<ExportFormat> export_format_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) return static_cast<ExportFormat>(i);
  }
  return std::nullopt;
}

std::string_view content_type(ExportFormat format) {
  return kTypes.at(static_cast<std::size_t>(format));
}

void ExportWriter::begin(std::string& out) const {
  if (format_ == ExportFormat::json) out += '[';
  if (format_ == ExportFormat::csv) out += kCsvHead;
}

void ExportWriter::add(const Heartbeat& heartbeat, std::string& out) {
  switch (format_) {
    case ExportFormat::csv: return append_csv(heartbeat, out);
    case ExportFormat::ndjson:
      append_json(heartbeat, out);
      out += '\n';
      return;
    case ExportFormat::json:
      out += place_ == Place::first ? "\n" : ",\n";
      place_ = Place::later;
      append_json(heartbeat, out);
  }
}

void ExportWriter::end(std::string& out) const {
  if (format_ == ExportFormat::json) out += "\n]\n";
}

}  // namespace vigil::agent
