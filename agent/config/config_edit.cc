// Works on lines. A key such as `hub.listen` is looked for as `listen = ...` under `[hub]`; a key
// without a dot in the lines before the first table. A value may go on over several lines (a list),
// which is why the end of a value is found by counting brackets outside quotes.
#include "agent/config/config_edit.h"

#include <optional>
#include <vector>

namespace vigil::agent {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

/// The name of a `[table]` line; `[[` for the start of an array of tables.
std::optional<std::string_view> table_name(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('[')) return std::nullopt;
  if (line.starts_with("[[")) return "[[";
  return trimmed(line.substr(1, line.find(']') - 1));
}

/// What a line leaves open or closes: `[` minus `]` outside quotes and comments, and where the
/// comment begins.
struct LineShape {
  int depth = 0;
  std::size_t comment = std::string_view::npos;
};

LineShape shape_of(std::string_view line) {
  LineShape shape;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quote != 0) {
      if (line[i] == '\\' && quote == '"')
        ++i;
      else if (line[i] == quote)
        quote = 0;
    } else if (line[i] == '"' || line[i] == '\'') {
      quote = line[i];
    } else if (line[i] == '#') {
      shape.comment = i;
      break;
    } else if (line[i] == '[' || line[i] == ']') {
      shape.depth += line[i] == '[' ? 1 : -1;
    }
  }
  return shape;
}

bool sets_key(std::string_view line, std::string_view name) {
  line = trimmed(line);
  if (!line.starts_with(name)) return false;
  return trimmed(line.substr(name.size())).starts_with('=');
}

/// The first line after the value that begins on `first`.
std::size_t value_end(const std::vector<std::string>& lines, std::size_t first) {
  int depth = 0;
  for (std::size_t i = first; i < lines.size(); ++i) {
    depth += shape_of(lines[i]).depth;
    if (depth <= 0) return i + 1;
  }
  return lines.size();
}

/// Lines [begin, end) of a table without its header; nothing when it is not there.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<Span> find_table(const std::vector<std::string>& lines, std::string_view table) {
  std::optional<Span> found;
  if (table.empty()) found = Span{0, lines.size()};
  for (std::size_t i = 0; i < lines.size();) {
    const auto name = table_name(lines[i]);
    if (name && found) return Span{found->begin, i};
    if (name && *name == table) found = Span{i + 1, lines.size()};
    i = name ? i + 1 : value_end(lines, i);
  }
  return found;
}

std::size_t first_array_table(const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size();) {
    const auto name = table_name(lines[i]);
    if (name == "[[") return i;
    i = name ? i + 1 : value_end(lines, i);
  }
  return lines.size();
}

void replace_value(std::vector<std::string>& lines, std::size_t at, std::string line) {
  const std::size_t end = value_end(lines, at);
  const auto comment = shape_of(lines[at]).comment;
  if (end == at + 1 && comment != std::string_view::npos) line += "  " + lines[at].substr(comment);
  lines[at] = std::move(line);
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(at);
  lines.erase(begin + 1, begin + static_cast<std::ptrdiff_t>(end - at));
}

}  // namespace

std::string with_setting(std::string_view text, std::string_view key, std::string_view literal) {
  std::vector<std::string> lines = lines_of(text);
  const auto dot = key.rfind('.');
  const std::string_view table = dot == std::string_view::npos ? "" : key.substr(0, dot);
  const std::string_view name = dot == std::string_view::npos ? key : key.substr(dot + 1);
  std::string line = std::string(name) + " = " + std::string(literal);
  if (const auto span = find_table(lines, table)) {
    std::size_t at = span->begin;
    while (at < span->end && !sets_key(lines[at], name)) at = value_end(lines, at);
    if (at < span->end) {
      replace_value(lines, at, std::move(line));
    } else {
      std::size_t last = span->end;
      while (last > span->begin && trimmed(lines[last - 1]).empty()) --last;
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(last), std::move(line));
    }
  } else {
    const auto at = lines.begin() + static_cast<std::ptrdiff_t>(first_array_table(lines));
    lines.insert(at, {"[" + std::string(table) + "]", std::move(line), ""});
  }
  std::string edited;
  for (const std::string& each : lines) (edited += each) += '\n';
  return edited;
}

}  // namespace vigil::agent
