// A GVariant is read by offsets from its end; for one kind of value that is more than it takes. An
// entry of a dictionary is `uri` NUL, padding to eight bytes, then the variant: the text, NUL, and
// behind one more NUL its type, `s`.

#include "parser/editors/gnome_text_editor.h"

#include <cstddef>

#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

constexpr std::size_t kAlignment = 8;  // of a dictionary's entries and of variants

/// The text of the variant at the front of `bytes`; empty where it is no text.
std::string_view text_variant(std::string_view bytes) {
  const auto text = bytes.substr(0, bytes.find('\0'));
  constexpr std::string_view kTypeText("\0\0s", 3);
  return bytes.substr(text.size()).starts_with(kTypeText) ? text : std::string_view{};
}

}  // namespace

std::vector<EditorTrace> parse_gnome_session(std::string_view bytes) {
  constexpr std::string_view kKey("uri\0", 4);
  std::vector<EditorTrace> traces;
  for (auto at = bytes.find(kKey); at != std::string_view::npos && traces.size() < kTracesMax;
       at = bytes.find(kKey, at + 1)) {
    if (at % kAlignment != 0) continue;
    const auto value = bytes.substr(at + kKey.size());
    const auto begin = value.find_first_not_of('\0');
    if (begin != kAlignment - kKey.size()) continue;
    auto path = path_of_uri(text_variant(value.substr(begin)));
    if (!path) continue;
    traces.push_back(
        {.editor = "gnome-text-editor", .kind = EditorTrace::Kind::open, .path = std::move(*path)});
  }
  return traces;
}

}  // namespace vigil::parser
