#include "parser/language_marks.h"

#include <algorithm>
#include <array>

#include "base/text_lines.h"
#include "parser/language.h"
#include "parser/language_table.h"

namespace vigil::parser {
namespace {

/// Vim's own number ('modelines').
constexpr int kModelines = 5;

/// Longer than any key of the tables.
constexpr std::size_t kWordMax = 48;

constexpr std::string_view kBlanks = " \t\r";

/// What stands before `separators`; `rest` goes on behind it.
std::string_view take_until(std::string_view& rest, std::string_view separators) {
  const auto at = rest.find_first_of(separators);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

std::string_view take_word(std::string_view& rest) {
  rest = trimmed(rest);
  return take_until(rest, kBlanks);
}

/// `Ruby`, `ruby-mode` and Vim's `ruby.rails` alike.
std::string_view language_of_mode(std::string_view mode) {
  constexpr std::string_view kSuffix = "-mode";
  std::array<char, kWordMax> buffer{};
  mode = trimmed(mode);
  if (mode.size() > buffer.size()) return {};
  std::ranges::transform(mode, buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string_view lower(buffer.data(), mode.size());
  if (lower.ends_with(kSuffix)) lower.remove_suffix(kSuffix.size());
  if (const auto match = language_by_alias(lower); !match.language.empty()) return match.language;
  return language_by_alias(lower.substr(0, lower.find('.'))).language;
}

/// Between `-*-` and `-*-`: a mode alone, or `key: value` pairs with one that is `mode`.
std::string_view by_emacs_line(std::string_view line) {
  constexpr std::string_view kMark = "-*-";
  const auto open = line.find(kMark);
  if (open == std::string_view::npos) return {};
  auto settings = line.substr(open + kMark.size());
  const auto close = settings.find(kMark);
  if (close == std::string_view::npos) return {};
  settings = settings.substr(0, close);
  if (settings.find(':') == std::string_view::npos) return language_of_mode(settings);
  while (!settings.empty()) {
    auto value = take_until(settings, ";");
    const auto key = trimmed(take_until(value, ":"));
    if (key == "mode" || key == "Mode") return language_of_mode(value);
  }
  return {};
}

/// Behind `vim:` (`vi:`, `ex:`): options between blanks or colons, one of them the file's type.
std::string_view by_vim_options(std::string_view options) {
  while (!options.empty()) {
    auto value = take_until(options, ": \t\r");
    const auto key = take_until(value, "=");
    if (key == "ft" || key == "filetype" || key == "syn" || key == "syntax") {
      return language_of_mode(value);
    }
  }
  return {};
}

std::string_view by_vim_line(std::string_view line) {
  for (const std::string_view mark : {"vim:", "vi:", "ex:", "Vim:"}) {
    const auto at = line.find(mark);
    if (at == std::string_view::npos) continue;
    if (at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t') continue;
    if (const auto language = by_vim_options(line.substr(at + mark.size())); !language.empty()) {
      return language;
    }
  }
  return {};
}

std::string_view by_first_lines(std::string_view head) {
  const int emacs_line = head.starts_with("#!") ? 1 : 0;
  for (int i = 0; i < kModelines && !head.empty(); ++i) {
    const auto line = take_line(head);
    if (i <= emacs_line) {
      if (const auto language = by_emacs_line(line); !language.empty()) return language;
    }
    if (const auto language = by_vim_line(line); !language.empty()) return language;
  }
  return {};
}

std::string_view by_last_lines(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  for (int i = 0; i < kModelines && !text.empty(); ++i) {
    const auto start = text.rfind('\n');
    const auto line = start == std::string_view::npos ? text : text.substr(start + 1);
    if (const auto language = by_vim_line(line); !language.empty()) return language;
    text = text.substr(0, start == std::string_view::npos ? 0 : start);
  }
  return {};
}

std::string_view by_local_variables(std::string_view text) {
  const auto list = text.rfind("Local Variables:");
  if (list == std::string_view::npos) return {};
  constexpr std::string_view kKey = "mode:";
  const auto at = text.find(kKey, list);
  if (at == std::string_view::npos) return {};
  auto value = text.substr(at + kKey.size());
  auto line = take_line(value);
  return language_of_mode(take_word(line));
}

/// `python3.11` where the table has `python`; digits that belong to a name are kept.
std::string_view by_interpreter(std::string_view name) {
  while (!name.empty()) {
    if (const auto match = language_by_interpreter(name); !match.language.empty()) {
      return match.language;
    }
    const bool has_version = (name.back() >= '0' && name.back() <= '9') || name.back() == '.';
    if (!has_version) return {};
    name.remove_suffix(1);
  }
  return {};
}

std::string_view program_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// The program of a `#!` line; with `env` the first word that is no option and no variable.
std::string_view interpreter_of(std::string_view line) {
  const auto program = program_of(take_word(line));
  if (program != "env") return program;
  while (!line.empty()) {
    const auto word = take_word(line);
    if (!word.starts_with('-') && word.find('=') == std::string_view::npos) return program_of(word);
  }
  return {};
}

std::string_view by_handed_on(std::string_view lines) {
  for (int i = 0; i < kModelines && !lines.empty(); ++i) {
    auto line = take_line(lines);
    if (take_word(line) == "exec" && line.find("$0") != std::string_view::npos) {
      return by_interpreter(program_of(take_word(line)));
    }
  }
  return {};
}

}  // namespace

std::string_view language_by_modeline(std::string_view head) {
  if (const auto language = by_first_lines(head); !language.empty()) return language;
  if (head.size() >= kLanguageHeadMax) return {};
  if (const auto language = by_last_lines(head); !language.empty()) return language;
  return by_local_variables(head);
}

std::string_view language_by_shebang(std::string_view head) {
  if (!head.starts_with("#!")) return {};
  auto line = take_line(head);
  const auto language = by_interpreter(interpreter_of(line.substr(2)));
  if (language != "Shell") return language;
  const auto other = by_handed_on(head);
  return other.empty() ? language : other;
}

}  // namespace vigil::parser
