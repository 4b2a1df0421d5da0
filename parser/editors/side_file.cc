// One table of shapes. In a shape, `*` stands for the name of the file it belongs to, `!` for any
// text, `?` for one character of a random name, `@` for one lower-case letter, `+` for the digits
// of a process id, `%` for one hexadecimal digit, `&` for a row of them. The first shape that fits
// holds, so the special stand before the general.
//
//   .*.kak.??????   and   .notes.md.kak.x81AbZ   ->  kakoune's temporary file of notes.md
//
// Random names are told from words by needing a digit or a capital letter among the random
// characters: six random ones lack both in one of 180 cases, `sedation` always does.

#include "parser/editors/side_file.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vigil::parser {
namespace {

using Kind = SideFile::Kind;
using By = SideFile::By;
using Surety = SideFile::Surety;

struct Shape {
  std::string_view text;
  Kind kind;
  By by;
  Surety surety;
  std::string_view program;
  std::string_view owner_end = "";  ///< what the owner's name has behind the `*`
};

constexpr std::array kShapes = std::to_array<Shape>({
    // Editors, exact.
    {"4913", Kind::probe, By::editor, Surety::sure, "vim"},
    {".*.un~", Kind::backup, By::editor, Surety::sure, "vim"},
    {".*.sw@", Kind::swap, By::editor, Surety::sure, ""},  // Vim, Neovim, nano: its head tells
    {".*.sv@", Kind::swap, By::editor, Surety::sure, "vim"},
    {".sw@", Kind::swap, By::editor, Surety::sure, "vim"},
    {".*.kate-swp", Kind::swap, By::editor, Surety::sure, "kate"},
    {".*.kak.??????", Kind::temporary, By::editor, Surety::sure, "kakoune"},
    {".*.vis.??????", Kind::temporary, By::editor, Surety::sure, "vis"},
    {".~lock.*#", Kind::lock, By::editor, Surety::sure, "libreoffice"},
    {".#*", Kind::lock, By::editor, Surety::sure, ""},       // Emacs, joe, jed: its link tells
    {"#+", Kind::temporary, By::unknown, Surety::sure, ""},  // a file that is named late
    {"#*#", Kind::auto_save, By::editor, Surety::sure, "emacs"},
    {"flycheck_*", Kind::temporary, By::editor, Surety::sure, "emacs"},
    {".goutputstream-??????", Kind::temporary, By::editor, Surety::sure, "gio"},
    {"*___jb_tmp___", Kind::temporary, By::editor, Surety::sure, "jetbrains"},
    {"*___jb_old___", Kind::backup, By::editor, Surety::sure, "jetbrains"},
    {"*___jb_bak___", Kind::backup, By::editor, Surety::sure, "jetbrains"},
    {"*.vsctmp", Kind::temporary, By::editor, Surety::sure, "vscode"},
    {".subl!.tmp", Kind::temporary, By::editor, Surety::sure, "sublime-text"},
    {"*??????.bck", Kind::backup, By::editor, Surety::sure, "helix"},
    {"*-checkpoint.ipynb", Kind::checkpoint, By::editor, Surety::sure, "jupyter", ".ipynb"},
    {".~*", Kind::temporary, By::editor, Surety::sure, "jupyter"},
    {"*~", Kind::backup, By::editor, Surety::sure, ""},
    // AI tools and commands.
    {"*.tmp.+.&", Kind::temporary, By::ai_agent, Surety::sure, "claude-code"},
    {"*.tmp.+", Kind::temporary, By::unknown, Surety::sure, ""},
    {"*-%%%%%%%%.tmp", Kind::temporary, By::tool, Surety::sure, "llvm"},
    {"*.pyc.!", Kind::temporary, By::tool, Surety::sure, "python"},
    {".nfs%%%%%%%%&", Kind::temporary, By::tool, Surety::sure, "nfs"},
    {".fuse_hidden&", Kind::temporary, By::tool, Surety::sure, "fuse"},
    {".merge_file_??????", Kind::temporary, By::tool, Surety::sure, "git"},
    {"*.rej", Kind::backup, By::tool, Surety::guess, "patch"},
    {"*.orig", Kind::backup, By::tool, Surety::guess, "patch"},
    {"*.rs.bk", Kind::backup, By::tool, Surety::guess, "rustfmt", ".rs"},
    {"*.tmp", Kind::temporary, By::unknown, Surety::sure, ""},
    // What could also be somebody's own file.
    {"sed??????", Kind::temporary, By::tool, Surety::guess, "sed"},
    {"XX????????", Kind::temporary, By::tool, Surety::guess, "perl"},
    {"tmp????????", Kind::temporary, By::tool, Surety::guess, "python"},
    {"*.go.+", Kind::temporary, By::tool, Surety::guess, "gofmt", ".go"},
    {"*-%%%%%%%%", Kind::temporary, By::tool, Surety::guess, "llvm"},
    {".*.??????", Kind::temporary, By::tool, Surety::guess, "rsync"},
    {"*.??????????", Kind::temporary, By::editor, Surety::guess, "mg"},
    {"*.sw@", Kind::swap, By::editor, Surety::guess, ""},
    {"*.bck", Kind::backup, By::unknown, Surety::guess, ""},
    {"*.bak", Kind::backup, By::unknown, Surety::guess, ""},
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// One shape laid over one name. Only one part of a shape has no fixed length before a literal, so
/// trying its lengths takes at most a pass over the name for each.
class Match {
 public:
  [[nodiscard]] bool fits(std::string_view shape, std::string_view name) {
    if (shape.empty()) return name.empty() && (!has_random_ || looks_random_);
    const char want = shape.front();
    const auto rest = shape.substr(1);
    if (want == '*' || want == '!' || want == '+' || want == '&') return run(want, rest, name);
    if (name.empty() || !fits_one(want, name.front())) return false;
    const bool had_random = has_random_;
    const bool looked_random = looks_random_;
    if (want == '?') {
      has_random_ = true;
      looks_random_ = looks_random_ || is_digit(name.front()) || is_upper(name.front());
    }
    if (fits(rest, name.substr(1))) return true;
    has_random_ = had_random;
    looks_random_ = looked_random;
    return false;
  }

  std::string_view owner;
  std::string_view digits;

 private:
  [[nodiscard]] static bool fits_one(char want, char is) {
    switch (want) {
      case '?': return is_digit(is) || is_lower(is) || is_upper(is) || is == '_';
      case '@': return is_lower(is) && (is <= 'p' || is >= 'v');
      case '%': return is_hexadecimal(is);
      default: return is == want;
    }
  }

  [[nodiscard]] static bool may_hold(char want, char is) {
    if (want == '+') return is_digit(is);
    return want != '&' || is_hexadecimal(is);
  }

  [[nodiscard]] bool run(char want, std::string_view rest, std::string_view name) {
    for (std::size_t length = 1; length <= name.size(); ++length) {
      if (!may_hold(want, name[length - 1])) return false;
      if (!fits(rest, name.substr(length))) continue;
      if (want == '*') owner = name.substr(0, length);
      if (want == '+') digits = name.substr(0, length);
      return true;
    }
    return false;
  }

  bool has_random_ = false;
  bool looks_random_ = false;
};

/// The last character that each shape needs, where it is a fixed one, turns most names away.
bool may_end(std::string_view shape, char last) {
  switch (shape.back()) {
    case '*':
    case '!': return true;
    case '?': return is_digit(last) || is_lower(last) || is_upper(last) || last == '_';
    case '@': return is_lower(last);
    case '+': return is_digit(last);
    case '%':
    case '&': return is_hexadecimal(last);
    default: return shape.back() == last;
  }
}

bool may_begin(std::string_view shape, char first) {
  constexpr std::string_view kOpen = "*!?@+%&";
  return kOpen.contains(shape.front()) || shape.front() == first;
}

std::optional<std::int32_t> number_in(std::string_view digits) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || number <= 0) return std::nullopt;
  return number;
}

constexpr std::size_t kNameMax = 255;  // of a component, as file systems have it

}  // namespace

std::optional<SideFile> side_file(std::string_view name) {
  if (name.empty() || name.size() > kNameMax) return std::nullopt;
  for (const Shape& shape : kShapes) {
    if (!may_begin(shape.text, name.front()) || !may_end(shape.text, name.back())) continue;
    Match match;
    if (!match.fits(shape.text, name)) continue;
    SideFile found{shape.kind, shape.by, shape.surety, shape.program, std::string(match.owner), {}};
    if (!match.owner.empty()) found.owner += shape.owner_end;
    const bool names_writer = shape.text.contains(".tmp.+");
    if (names_writer) found.pid = number_in(match.digits);
    return found;
  }
  return std::nullopt;
}

std::vector<std::string> side_names(std::string_view name) {
  // Vim puts no second dot before a name that has one.
  const std::string dotted = (name.starts_with('.') ? "" : ".") + std::string(name);
  std::vector<std::string> names{".#" + std::string(name), "." + std::string(name) + ".kate-swp"};
  for (const auto* end : {".swp", ".swo", ".swn"}) names.push_back(dotted + end);
  if (name.starts_with('.')) names.push_back("." + dotted + ".swp");  // nano does
  return names;
}

std::string_view name_of(SideFile::Kind kind) {
  switch (kind) {
    case Kind::swap: return "swap";
    case Kind::lock: return "lock";
    case Kind::auto_save: return "auto_save";
    case Kind::backup: return "backup";
    case Kind::temporary: return "temporary";
    case Kind::probe: return "probe";
    case Kind::checkpoint: return "checkpoint";
  }
  return "";
}

}  // namespace vigil::parser
