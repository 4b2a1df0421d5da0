// Two kinds of lines tell files: `|4,NAME,LINE,COLUMN,TIME,"PATH"` (a mark of any file), and blocks
// of a file's own marks, `> PATH` with `*` TAB TIME behind it, `"` TAB LINE TAB COLUMN for where
// the cursor was. All else is what a person typed, copied or searched for.

#include "parser/editors/viminfo.h"

#include <charconv>
#include <optional>
#include <string>

#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

std::optional<std::int64_t> take_number(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto digits = text.substr(0, end);
  std::int64_t number = 0;
  const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || at != digits.data() + digits.size() || number < 0) {
    return std::nullopt;
  }
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return number;
}

constexpr std::int64_t kSecondsMax = 1LL << 36U;

std::optional<WallTime> time_of(std::optional<std::int64_t> seconds) {
  if (!seconds || *seconds <= 0 || *seconds > kSecondsMax) return std::nullopt;
  return from_unix_ms(*seconds * 1'000);
}

/// `"..."` with backslashes before quotes and backslashes.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  return out;
}

class Viminfo {
 public:
  explicit Viminfo(std::string_view home) : home_(home) {}

  void take(std::string_view line) {
    constexpr std::string_view kMark = "|4,";
    if (line.starts_with(kMark)) {
      block_.reset();
      take_mark(line.substr(kMark.size()));
    } else if (line.starts_with("> ")) {
      start_block(line.substr(2));
    } else if (line.starts_with('\t') && block_) {
      take_own_mark(line.substr(1));
    } else {
      end_block();
    }
  }

  std::vector<EditorTrace> finish() {
    end_block();
    return std::move(traces_);
  }

 private:
  void take_mark(std::string_view line) {
    const auto name = take_number(line, ',');
    const auto lineno = take_number(line, ',');
    const auto column = take_number(line, ',');
    const auto time = time_of(take_number(line, ','));
    const auto text = unquoted(line);
    if (!name || !lineno || !column || !time || !text) return;
    const auto path = trace_path(*text, home_);
    if (!path) return;
    add({.editor = "vim",
         .kind = EditorTrace::Kind::open,
         .path = *path,
         .time = time,
         .lineno = lineno,
         .cursorpos = *column + 1});
  }

  void start_block(std::string_view name) {
    end_block();
    auto path = trace_path(name, home_);
    if (!path) return;
    block_ = EditorTrace{};
    block_->editor = "vim";
    block_->path = std::move(*path);
  }

  void take_own_mark(std::string_view line) {
    if (line.starts_with("*\t")) {
      line.remove_prefix(2);
      block_->time = time_of(take_number(line, '\t'));
    } else if (line.starts_with("\"\t")) {
      line.remove_prefix(2);
      block_->lineno = take_number(line, '\t');
      const auto column = take_number(line, '\t');
      if (column) block_->cursorpos = *column + 1;
    }
  }

  void end_block() {
    if (block_ && block_->time) add(std::move(*block_));
    block_.reset();
  }

  void add(EditorTrace trace) {
    if (traces_.size() < kTracesMax) traces_.push_back(std::move(trace));
  }

  std::string_view home_;
  std::optional<EditorTrace> block_;
  std::vector<EditorTrace> traces_;
};

}  // namespace

std::vector<EditorTrace> parse_viminfo(std::string_view text, std::string_view home) {
  Viminfo viminfo(home);
  while (!text.empty()) viminfo.take(take_line(text));
  return viminfo.finish();
}

}  // namespace vigil::parser
