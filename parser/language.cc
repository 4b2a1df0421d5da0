#include "parser/language.h"

#include <algorithm>
#include <array>

#include "parser/language_clues.h"
#include "parser/language_marks.h"
#include "parser/language_table.h"

namespace vigil::parser {
namespace {

/// Longer names than any in the tables.
constexpr std::size_t kNameMax = 48;

/// Extensions may have dots (`.blade.php`); no more than this many.
constexpr int kExtensionParts = 3;

/// What people append to the name of a file that stays in its language.
constexpr auto kTails = std::to_array<std::string_view>(
    {"bak", "dist", "example", "in", "local", "old", "orig", "sample", "template", "tmpl"});

constexpr auto kPrefixes = std::to_array<std::pair<std::string_view, std::string_view>>({
    {".env.", "Dotenv"},
    {"containerfile.", "Dockerfile"},
    {"dockerfile.", "Dockerfile"},
    {"jenkinsfile.", "Groovy"},
    {"makefile.", "Makefile"},
});

/// The last kNameMax bytes of a file's name, as written and in lower case.
class FileName {
 public:
  explicit FileName(std::string_view path) : exact_(path.substr(path.rfind('/') + 1)) {
    if (exact_.size() > kNameMax) exact_.remove_prefix(exact_.size() - kNameMax);
    std::ranges::transform(exact_, buffer_.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }

  [[nodiscard]] std::string_view exact() const { return exact_; }
  [[nodiscard]] std::string_view lower() const { return {buffer_.data(), exact_.size()}; }

 private:
  std::string_view exact_;
  std::array<char, kNameMax> buffer_{};
};

struct Extension {
  std::string_view text;
  LanguageMatch match;
};

/// The longest extension that is known, else what is behind the last dot.
Extension extension_of(std::string_view name) {
  Extension best;
  std::size_t dot = name.size();
  for (int part = 0; part < kExtensionParts && dot > 0; ++part) {
    dot = name.rfind('.', dot - 1);
    if (dot == std::string_view::npos) break;
    const auto text = name.substr(dot + 1);
    const auto match = language_by_extension(text);
    if (part == 0 || match.shared || !match.language.empty()) best = {text, match};
  }
  return best;
}

std::string_view by_prefix(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kPrefixes, [name](const auto& row) { return name.starts_with(row.first); });
  return found == kPrefixes.end() ? std::string_view{} : found->second;
}

LanguageMatch by_whole_name(const FileName& name) {
  const auto exact = language_by_name(name.exact());
  return exact.language.empty() ? language_by_name(name.lower()) : exact;
}

/// Without one of the tails; empty where there is none to take away.
std::string_view without_tail(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return std::ranges::find(kTails, name.substr(dot + 1)) == kTails.end() ? std::string_view{}
                                                                         : name.substr(0, dot);
}

std::string_view by_tables(const FileName& name) {
  if (const auto whole = by_whole_name(name); !whole.language.empty()) return whole.language;
  const auto extension = extension_of(name.lower());
  if (!extension.match.language.empty()) return extension.match.language;
  if (const auto language = by_prefix(name.lower()); !language.empty()) return language;
  const auto rest = without_tail(name.exact());
  return rest.empty() ? std::string_view{} : by_tables(FileName(rest));
}

/// A zero byte is in no source text but UTF-16's. A language shares its extension with many a
/// binary format (`.ts`, `.mo`, `.mod`), so a shared one says nothing then.
std::string_view by_tables_of_binary(const FileName& name, std::string_view head) {
  const bool is_utf16 = head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF");
  if (!is_utf16 && extension_of(name.lower()).match.shared) return {};
  return by_tables(name);
}

}  // namespace

std::string_view language_of(std::string_view path) {
  return by_tables(FileName(path));
}

std::string_view language_of(std::string_view path, std::string_view head) {
  head = head.substr(0, kLanguageHeadMax);
  const FileName name(path);
  if (head.find('\0') != std::string_view::npos) return by_tables_of_binary(name, head);
  if (const auto language = language_by_modeline(head); !language.empty()) return language;
  if (const auto whole = by_whole_name(name); !whole.language.empty()) return whole.language;
  const auto extension = extension_of(name.lower());
  const bool is_clear = !extension.match.shared && !extension.match.language.empty();
  if (is_clear) return extension.match.language;
  if (const auto language = language_by_shebang(head); !language.empty()) return language;
  if (const auto language = language_by_clues(extension.text, head); !language.empty()) {
    return language;
  }
  return by_tables(name);
}

}  // namespace vigil::parser
