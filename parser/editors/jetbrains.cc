#include "parser/editors/jetbrains.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "parser/editors/trace_path.h"
#include "parser/editors/xml_walk.h"

namespace vigil::parser {
namespace {

/// Folder names that say more, or other, than the product's name in lower case.
constexpr auto kProducts = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"IntelliJIdea", "intellijidea"},
    {"IdeaIC", "intellijidea"},
    {"IdeaIE", "intellijidea"},
    {"PyCharmCE", "pycharm"},
    {"PyCharmEdu", "pycharm"},
});

constexpr std::int64_t kMillisecondsMax = 1LL << 46U;

std::optional<std::int64_t> number_in(const XmlTag& tag, std::string_view attribute) {
  const auto text = tag.attribute(attribute);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  return number;
}

/// Replaces a variable at the front, as the IDE writes its paths.
std::optional<std::string> resolved(std::string_view text, std::string_view project,
                                    std::string_view home) {
  constexpr std::string_view kHome = "$USER_HOME$";
  constexpr std::string_view kProject = "$PROJECT_DIR$";
  std::string path(text);
  if (text.starts_with(kHome)) path = std::string(home).append(text.substr(kHome.size()));
  if (text.starts_with(kProject)) path = std::string(project).append(text.substr(kProject.size()));
  return trace_path(path);
}

bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

void take_time(JetbrainsProject& project, const XmlTag& tag) {
  const auto name = tag.attribute("name");
  if (name != "activationTimestamp" && name != "projectOpenTimestamp") return;
  const auto ms = number_in(tag, "value");
  if (!ms || *ms == 0 || *ms > kMillisecondsMax) return;
  project.activated = std::max(project.activated.value_or(WallTime{}), from_unix_ms(*ms));
}

/// Follows the tags inside of `<component name="FileEditorManager">`.
class Tabs {
 public:
  Tabs(std::string_view project, std::string_view home, std::string_view editor)
      : project_(project), home_(home), editor_(editor) {}

  void take(const XmlTag& tag) {
    const bool ends = tag.kind == XmlTag::Kind::close;
    if (tag.name == "component") {
      inside_ = !ends && tag.attribute("name") == "FileEditorManager";
    } else if (inside_ && !ends && tag.name == "file") {
      in_front_ = tag.attribute("current-in-tab") == "true";
    } else if (inside_ && !ends && tag.name == "entry") {
      take_entry(tag);
    } else if (inside_ && !ends && tag.name == "caret" && !traces_.empty()) {
      take_caret(tag);
    }
  }

  [[nodiscard]] bool is_full() const { return traces_.size() >= kTracesMax; }

  std::vector<EditorTrace> finish() {
    if (front_ < traces_.size()) std::swap(traces_.front(), traces_[front_]);
    return std::move(traces_);
  }

 private:
  void take_entry(const XmlTag& tag) {
    const auto uri = tag.attribute("file");
    constexpr std::string_view kScheme = "file://";
    if (!uri || !uri->starts_with(kScheme)) return;
    auto path = resolved(std::string_view(*uri).substr(kScheme.size()), project_, home_);
    if (!path) return;
    if (in_front_) front_ = traces_.size();
    traces_.push_back({.editor = std::string(editor_),
                       .kind = EditorTrace::Kind::open,
                       .path = std::move(*path)});
  }

  void take_caret(const XmlTag& tag) {
    auto& trace = traces_.back();
    const auto line = number_in(tag, "line");
    const auto column = number_in(tag, "column");
    if (trace.lineno || (!line && !column)) return;
    trace.lineno = line.value_or(0) + 1;  // zeros are left out
    trace.cursorpos = column.value_or(0) + 1;
  }

  std::string_view project_;
  std::string_view home_;
  std::string_view editor_;
  bool inside_ = false;
  bool in_front_ = false;
  std::size_t front_ = kTracesMax;
  std::vector<EditorTrace> traces_;
};

}  // namespace

std::string editor_of_jetbrains_folder(std::string_view name) {
  const auto digit = name.find_first_of("0123456789");
  if (digit == 0 || digit == std::string_view::npos) return {};
  const auto product = name.substr(0, digit);
  for (const auto& [folder, editor] : kProducts) {
    if (folder == product) return std::string(editor);
  }
  std::string editor;
  for (const char c : product) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_upper && (c < 'a' || c > 'z')) return {};
    editor += static_cast<char>(is_upper ? c - 'A' + 'a' : c);
  }
  return editor;
}

std::vector<JetbrainsProject> parse_jetbrains_projects(std::string_view text,
                                                       std::string_view home) {
  std::vector<JetbrainsProject> projects;
  XmlWalk walk(text);
  bool in_entry = false;
  while (const auto tag = walk.next()) {
    if (tag->name == "entry") {
      const auto key = tag->attribute("key");
      auto path = key ? resolved(*key, {}, home) : std::nullopt;
      in_entry = tag->kind == XmlTag::Kind::open && path && projects.size() < kTracesMax;
      if (in_entry) projects.emplace_back().path = std::move(*path);
    } else if (in_entry && tag->name == "RecentProjectMetaInfo" &&
               tag->kind != XmlTag::Kind::close) {
      projects.back().is_open = tag->attribute("opened") == "true";
      const auto id = tag->attribute("projectWorkspaceId");
      if (id && is_plain_id(*id)) projects.back().workspace_id = *id;
    } else if (in_entry && tag->name == "option") {
      take_time(projects.back(), *tag);
    }
  }
  return projects;
}

std::vector<EditorTrace> parse_jetbrains_tabs(std::string_view text, std::string_view project,
                                              std::string_view home, std::string_view editor) {
  Tabs tabs(project, home, editor);
  XmlWalk walk(text);
  while (!tabs.is_full()) {
    const auto tag = walk.next();
    if (!tag) break;
    tabs.take(*tag);
  }
  return tabs.finish();
}

}  // namespace vigil::parser
