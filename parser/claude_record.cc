// One pass over the record, field by field in the order in which they stand: which fields matter
// depends on the type, and the type often stands behind them. What is picked up on the way are
// numbers and views, so picking up too much costs nothing.

#include "parser/claude_record.h"

#include <utility>

#include "parser/claude_keys.h"
#include "parser/json_walk.h"
#include "parser/key_table.h"

namespace vigil::parser {
namespace {

using namespace claude_keys;

constexpr auto kTypes = make_key_table<ClaudeKind>({
    {"assistant", ClaudeKind::assistant},
    {"attachment", ClaudeKind::queued_prompt},
    {"system", ClaudeKind::system},
    {"user", ClaudeKind::user},
});

/// Calls `visit(key)` before the value of each field that is in the table.
template <class Table, class Visit>
void each_field(JsonWalk& json, const Table& table, Visit visit) {
  json.each_field([&](std::string_view name) {
    if (const auto key = table.find(name); key != Key::other) visit(key);
  });
}

}  // namespace

struct ClaudeRecordReader::Scanner {
  JsonWalk::Room room;
  ClaudeRecord record;
  std::string_view type;
  std::string_view subtype;
  std::string_view attachment_type;
  std::optional<WallTime> time;

  void clear();
  void read(std::string_view line);
  void read_top(Key key, JsonWalk& json);
  void read_mark(Key key, JsonWalk& json);
  void read_origin(JsonWalk& json);
  void read_attachment(JsonWalk& json);
  void read_message(JsonWalk& json);
  void read_usage(JsonWalk& json);
  void read_content(JsonWalk& json);
  void read_block(JsonWalk& json);
  void read_input(JsonWalk& json, ClaudeCall& call);
  void read_outcome(JsonWalk& json);
  void read_patch(JsonWalk& json);
  void add_text(std::string_view escaped);
  [[nodiscard]] ClaudeKind kind() const;
};

void ClaudeRecordReader::Scanner::clear() {
  auto texts = std::move(record.texts);
  auto calls = std::move(record.calls);
  auto results = std::move(record.results);
  texts.clear();
  calls.clear();
  results.clear();
  record = {};
  record.texts = std::move(texts);
  record.calls = std::move(calls);
  record.results = std::move(results);
  type = subtype = attachment_type = {};
  time.reset();
}

void ClaudeRecordReader::Scanner::read(std::string_view line) {
  clear();
  JsonWalk json(line, room);
  if (json.peek() != '{') return;
  each_field(json, kTopKeys, [&](Key key) { read_top(key, json); });
  if (json.has_failed()) return;
  record.bytes = line.substr(0, line.size() - json.left().size());
  record.kind = kind();
  record.time = time.value_or(WallTime{});
}

ClaudeKind ClaudeRecordReader::Scanner::kind() const {
  const auto named = kTypes.find(type);
  if (named == ClaudeKind::malformed || !time || record.session.empty()) {
    return ClaudeKind::ignored;
  }
  if (named == ClaudeKind::system && subtype == "api_error") return ClaudeKind::api_error;
  if (named == ClaudeKind::queued_prompt && attachment_type != "queued_command") {
    return ClaudeKind::ignored;
  }
  return named;
}

void ClaudeRecordReader::Scanner::read_top(Key key, JsonWalk& json) {
  switch (key) {
    case Key::agent: record.agent = json.text(); break;
    case Key::attachment: read_attachment(json); break;
    case Key::branch: record.branch = json.text(); break;
    case Key::cwd: record.cwd = json.text(); break;
    case Key::message: read_message(json); break;
    case Key::request_id: record.request_id = json.text(); break;
    case Key::request_session: record.request_session = json.text(); break;
    case Key::session: record.session = json.text(); break;
    case Key::subtype: subtype = json.text(); break;
    case Key::timestamp: time = parse_rfc3339(json.text()); break;
    case Key::tool_result: read_outcome(json); break;
    case Key::type: type = json.text(); break;
    case Key::uuid: record.uuid = json.text(); break;
    case Key::version: record.version = json.text(); break;
    default: read_mark(key, json); break;
  }
}

void ClaudeRecordReader::Scanner::read_mark(Key key, JsonWalk& json) {
  switch (key) {
    case Key::api_error: record.is_api_error = json.flag(); break;
    case Key::compact_summary:
    case Key::meta:
    case Key::transcript_only: record.is_from_harness |= json.flag(); break;
    case Key::origin: read_origin(json); break;
    case Key::prompt_source: record.is_from_harness |= json.text() == "system"; break;
    case Key::sidechain: record.is_sidechain = json.flag(); break;
    default: break;
  }
}

void ClaudeRecordReader::Scanner::read_origin(JsonWalk& json) {
  each_field(json, kOriginKeys, [&](Key) {
    const auto name = json.text();
    record.is_from_harness |= !name.empty() && name != "human";
  });
}

void ClaudeRecordReader::Scanner::read_attachment(JsonWalk& json) {
  each_field(json, kAttachmentKeys, [&](Key key) {
    switch (key) {
      case Key::command_mode: record.is_from_harness |= json.text() != "prompt"; break;
      case Key::meta: record.is_from_harness |= json.flag(); break;
      case Key::origin: read_origin(json); break;
      case Key::prompt: read_content(json); break;
      case Key::type: attachment_type = json.text(); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_message(JsonWalk& json) {
  each_field(json, kMessageKeys, [&](Key key) {
    switch (key) {
      case Key::content: read_content(json); break;
      case Key::id: record.message_id = json.text(); break;
      case Key::model: record.model = json.text(); break;
      case Key::usage: read_usage(json); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_usage(JsonWalk& json) {
  Tokens tokens;
  bool is_there = false;
  each_field(json, kUsageKeys, [&](Key key) {
    is_there = true;
    switch (key) {
      case Key::cache_read: tokens.cache_read = json.count(); break;
      case Key::cache_write: tokens.cache_write = json.count(); break;
      case Key::input_tokens: tokens.input = json.count(); break;
      case Key::output_tokens: tokens.output = json.count(); break;
      case Key::details:
        each_field(json, kUsageKeys, [&](Key inner) {
          if (inner == Key::thinking_tokens) tokens.reasoning = json.count();
        });
        break;
      default: break;
    }
  });
  if (is_there) record.usage = tokens;
}

void ClaudeRecordReader::Scanner::read_content(JsonWalk& json) {
  if (json.peek() == '"') return add_text(json.escaped());
  json.each_element([&] { read_block(json); });
}

void ClaudeRecordReader::Scanner::add_text(std::string_view escaped) {
  if (record.texts.size() < kClaudeBlocksMax) record.texts.push_back(escaped);
  record.has_words = true;
}

void ClaudeRecordReader::Scanner::read_block(JsonWalk& json) {
  std::string_view block_type;
  ClaudeCall call;
  ClaudeResult result;
  each_field(json, kBlockKeys, [&](Key key) {
    switch (key) {
      case Key::content:
        result.is_creation = json.escaped().starts_with("File created successfully");
        break;
      case Key::id: call.id = json.text(); break;
      case Key::image_data: record.has_image = true; break;
      case Key::input: read_input(json, call); break;
      case Key::is_error: result.is_error = json.flag(); break;
      case Key::name: call.name = json.text(); break;
      case Key::text: add_text(json.escaped()); break;
      case Key::thinking: record.has_words = true; break;
      case Key::tool_use_id: result.call_id = json.text(); break;
      case Key::type: block_type = json.text(); break;
      default: break;
    }
  });
  if (block_type.ends_with("tool_use") && record.calls.size() < kClaudeBlocksMax) {
    record.calls.push_back(call);
  }
  if (block_type.ends_with("tool_result") && record.results.size() < kClaudeBlocksMax) {
    record.results.push_back(result);
  }
}

void ClaudeRecordReader::Scanner::read_input(JsonWalk& json, ClaudeCall& call) {
  each_field(json, kInputKeys, [&](Key key) {
    switch (key) {
      case Key::content: call.content = json.escaped(); break;
      case Key::everywhere: call.is_everywhere = json.flag(); break;
      case Key::file_path: call.path = json.text(); break;
      case Key::new_text: call.new_text = json.escaped(); break;
      case Key::old_text: call.old_text = json.escaped(); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_outcome(JsonWalk& json) {
  each_field(json, kOutcomeKeys, [&](Key key) {
    auto& known = record.outcome;
    switch (key) {
      case Key::content: known.content = json.escaped(); break;
      case Key::interrupted: known.is_interrupted = json.flag(); break;
      case Key::patch: read_patch(json); break;
      case Key::result_path: known.path = json.text(); break;
      case Key::type: known.is_creation = json.text() == "create"; break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_patch(JsonWalk& json) {
  record.outcome.has_patch = json.peek() == '[';
  json.each_element([&] {
    each_field(json, kHunkKeys, [&](Key) {
      json.each_element([&] {
        const auto line = json.escaped();
        record.outcome.added += line.starts_with('+');
        record.outcome.removed += line.starts_with('-');
      });
    });
  });
}

ClaudeRecordReader::ClaudeRecordReader() : scanner_(std::make_unique<Scanner>()) {}
ClaudeRecordReader::~ClaudeRecordReader() = default;

const ClaudeRecord& ClaudeRecordReader::read(std::string_view line) {
  scanner_->read(line);
  return scanner_->record;
}

void ClaudeRecordReader::shed() {
  scanner_->room.clear();
}

}  // namespace vigil::parser
