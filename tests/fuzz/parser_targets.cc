#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/check.h"
#include "parser/editors/side_file.h"
#include "parser/json_walk.h"
#include "parser/language.h"
#include "parser/language_table.h"
#include "parser/log_parser.h"
#include "tests/fuzz/targets.h"
#include "tests/parser/codex_rollouts.h"
#include "tests/parser/editors/trace_formats.h"

namespace vigil::fuzz {
namespace {

using parser::Format;
using parser::LogParser;

/// Both kinds of files that a format has: a session's own and what hangs on it.
std::string path_of(Format format, std::uint8_t choice) {
  const bool first = choice % 2 == 0;
  if (format == Format::codex) {
    return first ? "/h/.codex/sessions/2026/11/21/rollout-2026-11-21T10-00-00-"
                   "019aa5f0-0000-7000-8000-000000000001.jsonl"
                 : "/h/.codex/sessions/rollout-x.json";
  }
  return first ? "/h/.claude/projects/-home-ada/5e550001-0000-4000-8000-000000000000.jsonl"
               : "/h/.claude/projects/-home-ada/5e550001-0000-4000-8000-000000000000/subagents/"
                 "agent-a1.jsonl";
}

std::string described(LogParser& parser, std::string_view line) {
  std::string all;
  for (const auto& activity : parser::test::parse(parser, line)) {
    all += parser::test::describe(activity) + "\n";
  }
  return all;
}

/// A straight run, and one that is saved and taken up again before one of its lines.
void run_log(Format format, std::string_view bytes) {
  Input input(bytes);
  const std::string path = path_of(format, input.byte());
  const std::size_t restart_at = input.byte();
  const auto straight = parser::make_log_parser(format, path);
  auto resumed = parser::make_log_parser(format, path);
  std::size_t number = 0;
  for (const auto line : parser::test::lines_of(input.rest())) {
    if (number++ == restart_at) {
      const std::string state = resumed->save();
      check(state.size() <= parser::kStateMax);
      resumed = parser::make_log_parser(format, path);
      check(resumed->restore(state));
      check(resumed->save() == state);
    }
    check(described(*straight, line) == described(*resumed, line));
  }
  const auto& counts = straight->counts();
  check(counts.derived + counts.ignored + counts.malformed == number);
}

/// The outermost object's fields as a whole parser tells them: name and, for strings and whole
/// numbers, value.
class OutermostFields final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::vector<std::string> fields;

  bool null() override { return value(""); }
  bool boolean(bool is) override { return value(is ? "true" : "false"); }
  bool number_integer(number_integer_t number) override { return value(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override {
    const bool fits = number <= std::numeric_limits<std::int64_t>::max();
    return value(fits ? std::to_string(number) : "");
  }
  bool number_float(number_float_t, const string_t&) override { return value(""); }
  bool string(string_t& text) override { return value("\"" + text); }
  bool binary(binary_t&) override { return value(""); }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (depth_ == 1) fields.push_back(name + "=");
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool value(const std::string& text) {
    if (depth_ == 1) fields.back() += text;
    return true;
  }
  bool enter() {
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
};

}  // namespace

/// A name and a file's beginning, parted by a line end, give a language that exists or none, and
/// what is behind the beginning changes nothing.
void language(std::string_view input) {
  const auto name = input.substr(0, input.find('\n'));
  const auto head = input.substr(std::min(name.size() + 1, input.size()));
  const auto known = [](std::string_view told) {
    return told.empty() || parser::kind_of(told).has_value();
  };
  const auto told = parser::language_of(name, head);
  check(known(parser::language_of(name)));
  check(known(told));
  check(parser::language_of(name, head.substr(0, parser::kLanguageHeadMax)) == told);
}

/// Any text is walked over to its end; one that is JSON gives what a whole parser gives.
void json_walk(std::string_view input) {
  parser::JsonWalk::Room room;
  parser::JsonWalk json(input, room);
  const bool is_object = json.peek() == '{';
  std::vector<std::string> fields;
  json.each_field([&](std::string_view name) {
    std::string field = std::string(json.unescaped(name)) + "=";
    if (json.peek() == '"') {
      field += "\"" + std::string(json.text());
    } else if (const auto number = json.integer()) {
      field += std::to_string(*number);
    } else if (const auto boolean = json.boolean()) {
      field += *boolean ? "true" : "false";
    }
    fields.push_back(std::move(field));
  });
  OutermostFields whole;
  if (!is_object || input.contains('\0') || !nlohmann::json::sax_parse(input, &whole)) return;
  check(!json.has_failed());
  check(json.left().find_first_not_of(" \t\r\n") == std::string_view::npos);
  check(fields == whole.fields);
}

/// The first byte names a format, or none: then the rest is a name beside a file. Formats check
/// their paths themselves.
void editor_traces(std::string_view bytes) {
  Input input(bytes);
  const auto formats = parser::test::trace_formats();
  const std::size_t choice = input.byte();
  if (choice < formats.size()) {
    (void)formats[choice].run(input.rest());
  } else if (const auto found = parser::side_file(input.rest())) {
    check(found->owner.size() <= input.rest().size());
    check(!name_of(found->kind).empty());
  }
}

void claude_log(std::string_view input) {
  run_log(Format::claude_code, input);
}

void codex_log(std::string_view input) {
  run_log(Format::codex, input);
}

void parser_state(std::string_view bytes) {
  Input input(bytes);
  const auto format = input.byte() % 2 == 0 ? Format::claude_code : Format::codex;
  const std::size_t low = input.byte();
  const std::size_t size = low + 256U * input.byte();
  const std::string_view state = input.rest().substr(0, size);
  const std::string path = path_of(format, 0);
  const auto parser = parser::make_log_parser(format, path);
  const std::string fresh = parser->save();
  if (parser->restore(state)) {
    check(parser->save().size() <= parser::kStateMax);
  } else {
    check(parser->save() == fresh);
  }
  for (const auto line : parser::test::lines_of(input.rest().substr(state.size()))) {
    (void)described(*parser, line);
  }
  // Whatever it was given, what it saves now is a state.
  const std::string saved = parser->save();
  const auto other = parser::make_log_parser(format, path);
  check(other->restore(saved));
  check(other->save() == saved);
}

}  // namespace vigil::fuzz
