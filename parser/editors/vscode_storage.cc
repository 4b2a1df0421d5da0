#include "parser/editors/vscode_storage.h"

#include "parser/editors/trace_path.h"
#include "parser/editors/vscode_history.h"
#include "parser/json_walk.h"

namespace vigil::parser {
namespace {

constexpr int kDepthMax = 64;

EditorTrace trace_of(EditorTrace::Kind kind, std::string path) {
  return {.editor = {}, .kind = kind, .path = std::move(path)};
}

void add_uri(std::vector<EditorTrace>& traces, EditorTrace::Kind kind, std::string_view uri) {
  auto path = path_of_vscode_uri(uri);
  if (path && traces.size() < kTracesMax) traces.push_back(trace_of(kind, std::move(*path)));
}

/// A tab keeps its state as JSON inside of a JSON text:
/// `{"resourceJSON":{"path":...,"scheme":...}}`.
std::optional<std::string> path_in_tab(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  std::string_view path;
  std::string_view scheme;
  json.each_field([&](std::string_view name) {
    if (name != "resourceJSON") return;
    json.each_field([&](std::string_view part) {
      if (part == "path") path = json.text();
      if (part == "scheme") scheme = json.text();
    });
  });
  if (scheme != "file" && scheme != "vscode-remote") return std::nullopt;
  return trace_path(path);
}

/// Tabs lie in a tree of split views, as deep as those nest.
class TabSearch {
 public:
  explicit TabSearch(std::string_view text) : json_(text, room_) {}

  std::vector<EditorTrace> run() {
    look(0);
    return std::move(traces_);
  }

 private:
  void look(int depth) {
    if (depth > kDepthMax) return;
    if (json_.peek() == '[') {
      json_.each_element([&] { look(depth + 1); });
      return;
    }
    std::string_view id;
    std::string_view value;
    json_.each_field([&](std::string_view name) {
      if (name == "id" && json_.peek() == '"') {
        id = json_.text();
      } else if (name == "value" && json_.peek() == '"') {
        value = json_.text();
      } else {
        look(depth + 1);
      }
    });
    if (id != "workbench.editors.files.fileEditorInput") return;
    auto path = path_in_tab(value);
    if (path && traces_.size() < kTracesMax) {
      traces_.push_back(trace_of(EditorTrace::Kind::open, std::move(*path)));
    }
  }

  JsonWalk::Room room_;
  JsonWalk json_;
  std::vector<EditorTrace> traces_;
};

}  // namespace

std::optional<std::string> owner_of_vscode_backup(std::string_view head) {
  const auto line = head.substr(0, head.find('\n'));
  if (line.size() == head.size()) return std::nullopt;  // not a whole line
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos || !line.substr(blank + 1).starts_with('{')) {
    return std::nullopt;
  }
  return path_of_vscode_uri(line.substr(0, blank));
}

std::optional<std::string> parse_vscode_workspace(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  std::optional<std::string> path;
  const auto take = [&](std::string_view value) {
    if (!path) path = value.starts_with('/') ? trace_path(value) : path_of_vscode_uri(value);
  };
  json.each_field([&](std::string_view name) {
    if (name == "folder" || name == "workspace") {
      take(json.text());
    } else if (name == "query") {
      json.each_field([&](std::string_view part) {
        if (part == "folder" || part == "workspace") take(json.text());
      });
    }
  });
  return path;
}

std::vector<EditorTrace> parse_vscode_recent(std::string_view text) {
  using Kind = EditorTrace::Kind;
  JsonWalk::Room room;
  JsonWalk json(text, room);
  std::vector<EditorTrace> traces;
  const auto take_entry = [&](std::string_view name) {
    if (name == "folderUri") add_uri(traces, Kind::workspace, json.text());
    if (name == "fileUri") add_uri(traces, Kind::open, json.text());
    if (name != "workspace") return;
    json.each_field([&](std::string_view part) {
      if (part == "configPath") add_uri(traces, Kind::workspace, json.text());
    });
  };
  json.each_field([&](std::string_view name) {
    if (name == "entries") json.each_element([&] { json.each_field(take_entry); });
  });
  return traces;
}

std::vector<EditorTrace> parse_vscode_visited(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  std::vector<EditorTrace> traces;
  json.each_element([&] {
    json.each_field([&](std::string_view name) {
      if (name != "editor") return;
      json.each_field([&](std::string_view part) {
        if (part == "resource") add_uri(traces, EditorTrace::Kind::open, json.text());
      });
    });
  });
  return traces;
}

std::vector<EditorTrace> parse_vscode_tabs(std::string_view text) {
  return TabSearch(text).run();
}

}  // namespace vigil::parser
