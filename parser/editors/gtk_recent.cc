#include "parser/editors/gtk_recent.h"

#include <array>
#include <optional>
#include <utility>

#include "parser/editors/trace_path.h"
#include "parser/editors/xml_walk.h"

namespace vigil::parser {
namespace {

constexpr auto kApplications = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"gedit", "gedit"},
    {"org.gnome.gedit", "gedit"},
    {"Mousepad", "mousepad"},
    {"mousepad", "mousepad"},
    {"org.gnome.TextEditor", "gnome-text-editor"},
    {"gnome-text-editor", "gnome-text-editor"},
    {"Text Editor", "gnome-text-editor"},
    {"org.gnome.Builder", "gnome-builder"},
    {"gnome-builder", "gnome-builder"},
    {"pluma", "pluma"},
    {"xed", "xed"},
    {"Geany", "geany"},
    {"geany", "geany"},
    {"kate", "kate"},
    {"org.kde.kate", "kate"},
    {"kwrite", "kwrite"},
    {"org.kde.kwrite", "kwrite"},
    {"Code", "vscode"},
    {"code", "vscode"},
});

std::optional<WallTime> time_in(const XmlTag& tag, std::string_view attribute) {
  const auto text = tag.attribute(attribute);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

class RecentList {
 public:
  explicit RecentList(std::string_view only_editor) : only_editor_(only_editor) {}

  void take(const XmlTag& tag) {
    if (tag.name == "bookmark") take_bookmark(tag);
    if (tag.name == "bookmark:application" && only_editor_.empty()) take_application(tag);
  }

  [[nodiscard]] bool is_full() const { return traces_.size() >= kTracesMax; }
  std::vector<EditorTrace> finish() { return std::move(traces_); }

 private:
  void take_bookmark(const XmlTag& tag) {
    path_.reset();
    if (tag.kind == XmlTag::Kind::close) return;
    const auto uri = tag.attribute("href");
    if (uri) path_ = path_of_uri(*uri);
    if (!only_editor_.empty()) add(only_editor_, time_in(tag, "modified"));
  }

  void take_application(const XmlTag& tag) {
    const auto name = tag.attribute("name");
    if (name) add(editor_of_application(*name), time_in(tag, "modified"));
  }

  void add(std::string_view editor, std::optional<WallTime> time) {
    if (editor.empty() || !path_ || !time || is_full()) return;
    traces_.push_back({.editor = std::string(editor),
                       .kind = EditorTrace::Kind::open,
                       .path = *path_,
                       .time = time});
  }

  std::string_view only_editor_;
  std::optional<std::string> path_;
  std::vector<EditorTrace> traces_;
};

}  // namespace

std::string_view editor_of_application(std::string_view name) {
  for (const auto& [application, editor] : kApplications) {
    if (application == name) return editor;
  }
  return {};
}

std::vector<EditorTrace> parse_gtk_recent(std::string_view text) {
  return parse_gtk_recent_of(text, {});
}

std::vector<EditorTrace> parse_gtk_recent_of(std::string_view text, std::string_view editor) {
  RecentList list(editor);
  XmlWalk walk(text);
  while (!list.is_full()) {
    const auto tag = walk.next();
    if (!tag) break;
    list.take(*tag);
  }
  return list.finish();
}

}  // namespace vigil::parser
