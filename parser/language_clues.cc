#include "parser/language_clues.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text_lines.h"

// The rules are a text that is read while it is followed: a few KiB, once for a saved file whose
// extension is shared, and nothing to build when the program starts.

namespace vigil::parser {
namespace {

constexpr std::string_view kClues =
#include "parser/language_clues.inc"
    ;

constexpr std::string_view kGap = " ... ";
constexpr std::string_view kBetween = "  ";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// One of the words of a clue: what is before or behind its gap.
struct Piece {
  std::string_view text;
  bool ends_word = true;  ///< a word must end where the text ends
  bool ends_line = false;

  explicit Piece(std::string_view written) : text(written) {
    if (text.ends_with('|')) {
      ends_line = true;
      text.remove_suffix(1);
    } else if (text.ends_with('*')) {
      ends_word = false;
      text.remove_suffix(1);
    }
  }
};

/// A clue as language_clues.inc describes it.
class Clue {
 public:
  explicit Clue(std::string_view written) : first_({}), second_({}) {
    ignores_case_ = take(written, '~');
    begins_text_ = take(written, '!');
    begins_line_ = take(written, '^');
    if (written.starts_with(kGap.substr(1))) {
      second_ = Piece(written.substr(kGap.size() - 1));
      return;
    }
    const auto gap = written.find(kGap);
    first_ = Piece(written.substr(0, gap));
    if (gap != std::string_view::npos) second_ = Piece(written.substr(gap + kGap.size()));
  }

  [[nodiscard]] bool is_for_the_beginning() const { return begins_text_; }

  /// `line` has no blanks around it.
  [[nodiscard]] bool fits(std::string_view line) const {
    std::size_t behind = 0;
    if (!first_.text.empty()) {
      const bool is_anchored = begins_line_ || begins_text_;
      const auto at = is_anchored ? place_at(line, 0, first_) : find(line, 0, first_);
      if (at == std::string_view::npos) return false;
      behind = at + first_.text.size();
    }
    return second_.text.empty() || find(line, behind, second_) != std::string_view::npos;
  }

 private:
  static bool take(std::string_view& text, char mark) {
    if (!text.starts_with(mark)) return false;
    text.remove_prefix(1);
    return true;
  }

  [[nodiscard]] bool equal(std::string_view text, std::string_view wanted) const {
    if (!ignores_case_) return text == wanted;
    return std::ranges::equal(text, wanted, {}, lower);
  }

  /// `at` where the piece stands there, else npos.
  [[nodiscard]] std::size_t place_at(std::string_view line, std::size_t at,
                                     const Piece& piece) const {
    const auto end = at + piece.text.size();
    if (end > line.size() || !equal(line.substr(at, piece.text.size()), piece.text)) return npos;
    if (piece.ends_line) return end == line.size() ? at : npos;
    const bool splits_word = end < line.size() && is_word(piece.text.back()) && is_word(line[end]);
    return piece.ends_word && splits_word ? npos : at;
  }

  /// The next place from `from` where the text stands, whatever is around it.
  [[nodiscard]] std::size_t next(std::string_view line, std::size_t from,
                                 std::string_view text) const {
    if (!ignores_case_) return line.find(text, from);
    const auto rest = line.substr(std::min(from, line.size()));
    const auto found = std::ranges::search(rest, text, {}, lower);
    if (found.empty()) return npos;
    return line.size() - rest.size() + static_cast<std::size_t>(found.begin() - rest.begin());
  }

  [[nodiscard]] std::size_t find(std::string_view line, std::size_t from,
                                 const Piece& piece) const {
    for (auto at = next(line, from, piece.text); at != npos; at = next(line, at + 1, piece.text)) {
      const bool splits_word = at > 0 && is_word(piece.text.front()) && is_word(line[at - 1]);
      if (!splits_word && place_at(line, at, piece) != npos) return at;
    }
    return npos;
  }

  static constexpr auto npos = std::string_view::npos;

  Piece first_;
  Piece second_;
  bool ignores_case_ = false;
  bool begins_text_ = false;
  bool begins_line_ = false;
};

/// A text's lines without blanks around them, and without empty ones and comments of C's kinds.
class CodeLines {
 public:
  explicit CodeLines(std::string_view text) : first_(trimmed(text.substr(0, text.find('\n')))) {
    while (!text.empty()) {
      const auto line = trimmed(take_line(text));
      if (line.starts_with("/*")) {
        leave_comment(line.substr(2), text);
      } else if (!line.empty() && !line.starts_with("//")) {
        lines_.push_back(line);
      }
    }
  }

  [[nodiscard]] bool fit(const Clue& clue) const {
    if (clue.is_for_the_beginning()) return clue.fits(first_);
    return std::ranges::any_of(lines_, [&](std::string_view line) { return clue.fits(line); });
  }

 private:
  /// What is behind the end of the comment in the same line is not looked at.
  static void leave_comment(std::string_view line, std::string_view& rest) {
    while (line.find("*/") == std::string_view::npos && !rest.empty()) line = take_line(rest);
  }

  std::string_view first_;  ///< also where it is a comment
  std::vector<std::string_view> lines_;
};

/// The language of a rule if one of its clues fits.
std::string_view follow(std::string_view rule, const CodeLines& code) {
  const auto language = rule.substr(0, rule.find(kBetween));
  for (auto rest = rule.substr(language.size()); !rest.empty();) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const auto clue = rest.substr(0, rest.find(kBetween));
    rest.remove_prefix(clue.size());
    if (!clue.empty() && code.fit(Clue(clue))) return language;
  }
  return {};
}

/// Whether `[a b c]` lists the extension.
bool lists(std::string_view header, std::string_view extension) {
  const auto at = header.substr(1, header.size() - 2);
  for (std::size_t from = 0; from < at.size();) {
    const auto end = std::min(at.find(' ', from), at.size());
    if (at.substr(from, end - from) == extension) return true;
    from = end + 1;
  }
  return false;
}

}  // namespace

std::string_view language_by_clues(std::string_view extension, std::string_view head) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  std::optional<CodeLines> code;
  bool is_listed = false;
  for (auto rules = kClues; !rules.empty();) {
    const auto line = take_line(rules);
    if (line.starts_with('[')) {
      is_listed = lists(line, extension);
    } else if (is_listed && !line.empty()) {
      if (!code) code.emplace(head);
      if (const auto language = follow(line, *code); !language.empty()) return language;
    }
  }
  return {};
}

std::string_view language_clues() {
  return kClues;
}

}  // namespace vigil::parser
