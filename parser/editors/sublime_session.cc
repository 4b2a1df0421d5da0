#include "parser/editors/sublime_session.h"

#include "parser/editors/trace_path.h"
#include "parser/json_walk.h"

namespace vigil::parser {
namespace {

class Session {
 public:
  explicit Session(std::string_view text) : json_(text, room_) {}

  std::vector<EditorTrace> run() {
    json_.each_field([&](std::string_view name) {
      if (name == "windows") json_.each_element([&] { take_window(); });
    });
    return std::move(traces_);
  }

 private:
  void take_window() {
    json_.each_field([&](std::string_view name) {
      if (name == "buffers") take_list("file", EditorTrace::Kind::open);
      if (name == "folders") take_list("path", EditorTrace::Kind::workspace);
    });
  }

  void take_list(std::string_view wanted, EditorTrace::Kind kind) {
    json_.each_element([&] {
      json_.each_field([&](std::string_view name) {
        if (name == wanted) add(kind, json_.text());
      });
    });
  }

  void add(EditorTrace::Kind kind, std::string_view text) {
    auto path = trace_path(text);
    if (!path || traces_.size() >= kTracesMax) return;
    traces_.push_back({.editor = "sublime-text", .kind = kind, .path = std::move(*path)});
  }

  JsonWalk::Room room_;
  JsonWalk json_;
  std::vector<EditorTrace> traces_;
};

}  // namespace

std::vector<EditorTrace> parse_sublime_session(std::string_view json) {
  return Session(json).run();
}

}  // namespace vigil::parser
