// One pass over the record, field by field in the order in which they stand: which fields matter
// depends on the type, and the type often stands behind them. What is picked up on the way are
// numbers and views, so picking up too much costs nothing.

#include "parser/claude_record.h"

#include <simdjson.h>

#include <bit>
#include <cstring>
#include <utility>

#include "parser/claude_keys.h"
#include "parser/key_table.h"
#include "parser/log_parser.h"

namespace vigil::parser {
namespace {

namespace json = simdjson::ondemand;
using namespace claude_keys;
using simdjson::error_code;
using simdjson::SUCCESS;

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

/// Buffers for larger lines than this are not kept: they take several times the line.
constexpr std::size_t kKeptLineMax = std::size_t{1} << 20;

/// Longer keys than this are not looked at. They end within the padding in any case.
constexpr std::size_t kKeyMax = 32;

constexpr auto kTypes = make_key_table<ClaudeKind>({
    {"assistant", ClaudeKind::assistant},
    {"attachment", ClaudeKind::queued_prompt},
    {"system", ClaudeKind::system},
    {"user", ClaudeKind::user},
});

/// A string as written, without its quotes; empty for anything else.
std::string_view escaped_in(json::value value) {
  const auto raw = value.raw_json_token();
  const auto end = raw.rfind('"');
  if (!raw.starts_with('"') || end == 0 || end == std::string_view::npos) return {};
  return raw.substr(1, end - 1);
}

/// A string's text, in place where it holds no escapes.
std::string_view text_in(json::value value) {
  const auto escaped = escaped_in(value);
  if (!escaped.contains('\\')) return escaped;
  std::string_view text;
  return value.get_string().get(text) == SUCCESS ? text : std::string_view{};
}

bool flag_in(json::value value) {
  return value.raw_json_token().starts_with("true");
}

/// A counter; 0 where it is null, negative or no whole number.
std::int64_t count_in(json::value value) {
  std::int64_t number = 0;
  return value.get_int64().get(number) == SUCCESS ? std::max<std::int64_t>(number, 0) : 0;
}

std::string_view name_of(json::field& field) {
  const char* start = field.key().raw();
  const auto* end = static_cast<const char*>(std::memchr(start, '"', kKeyMax));
  return end == nullptr ? std::string_view{} : std::string_view(start, end);
}

}  // namespace

struct ClaudeRecordReader::Scanner {
  json::parser parser;
  ClaudeRecord record;
  std::string_view type;
  std::string_view subtype;
  std::string_view attachment_type;
  std::optional<WallTime> time;
  bool has_failed = false;  ///< the record is broken somewhere inside

  void clear();
  void read(std::string_view line);
  void read_top(Key key, json::value value);
  void read_mark(Key key, json::value value);
  void read_origin(json::value origin);
  void read_attachment(json::value attachment);
  void read_message(json::value message);
  void read_usage(json::value usage);
  void read_content(json::value content);
  void read_block(json::value block);
  void read_input(json::value input, ClaudeCall& call);
  void read_outcome(json::value outcome);
  void read_patch(json::value patch);
  void add_text(std::string_view escaped);
  [[nodiscard]] ClaudeKind kind() const;

  [[nodiscard]] bool is_ordinary(error_code error) {
    if (error != SUCCESS && error != simdjson::INCORRECT_TYPE) has_failed = true;
    return error == SUCCESS;
  }

  template <class Table, class Visit>
  void each_field(json::object object, const Table& table, Visit visit) {
    for (auto step : object) {
      json::field field;
      if (!is_ordinary(std::move(step).get(field))) return;
      const auto key = table.find(name_of(field));
      if (key != Key::other) visit(key, field.value());
      if (has_failed) return;
    }
  }

  template <class Table, class Visit>
  void each_field_in(json::value value, const Table& table, Visit visit) {
    json::object object;
    if (is_ordinary(value.get_object().get(object))) each_field(object, table, visit);
  }

  template <class Visit>
  void each_element_in(json::value value, Visit visit) {
    json::array array;
    if (!is_ordinary(value.get_array().get(array))) return;
    for (auto step : array) {
      json::value element;
      if (!is_ordinary(std::move(step).get(element))) return;
      visit(element);
      if (has_failed) return;
    }
  }
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
  has_failed = false;
}

void ClaudeRecordReader::Scanner::read(std::string_view line) {
  clear();
  json::document document;
  json::object object;
  const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + kLinePadding);
  if (line.size() > parser.capacity()) {
    // In steps of two, or each line that is a little larger than the last would allocate again.
    if (parser.allocate(std::bit_ceil(line.size())) != SUCCESS) return;
  }
  if (parser.iterate(padded).get(document) != SUCCESS) return;
  if (document.get_object().get(object) != SUCCESS) return;
  each_field(object, kTopKeys, [this](Key key, json::value value) { read_top(key, value); });
  if (has_failed || !document.is_alive()) return;
  const char* behind = nullptr;
  if (document.current_location().get(behind) == SUCCESS) {
    line = line.substr(0, static_cast<std::size_t>(behind - line.data()));
  }
  record.bytes = line.substr(0, line.rfind('}') + 1);
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

void ClaudeRecordReader::Scanner::read_top(Key key, json::value value) {
  switch (key) {
    case Key::agent: record.agent = text_in(value); break;
    case Key::attachment: read_attachment(value); break;
    case Key::branch: record.branch = text_in(value); break;
    case Key::cwd: record.cwd = text_in(value); break;
    case Key::message: read_message(value); break;
    case Key::request_id: record.request_id = text_in(value); break;
    case Key::request_session: record.request_session = text_in(value); break;
    case Key::session: record.session = text_in(value); break;
    case Key::subtype: subtype = text_in(value); break;
    case Key::timestamp: time = parse_rfc3339(text_in(value)); break;
    case Key::tool_result: read_outcome(value); break;
    case Key::type: type = text_in(value); break;
    case Key::uuid: record.uuid = text_in(value); break;
    case Key::version: record.version = text_in(value); break;
    default: read_mark(key, value); break;
  }
}

void ClaudeRecordReader::Scanner::read_mark(Key key, json::value value) {
  switch (key) {
    case Key::api_error: record.is_api_error = flag_in(value); break;
    case Key::compact_summary:
    case Key::meta:
    case Key::transcript_only: record.is_from_harness |= flag_in(value); break;
    case Key::origin: read_origin(value); break;
    case Key::prompt_source: record.is_from_harness |= text_in(value) == "system"; break;
    case Key::sidechain: record.is_sidechain = flag_in(value); break;
    default: break;
  }
}

void ClaudeRecordReader::Scanner::read_origin(json::value origin) {
  each_field_in(origin, kOriginKeys, [this](Key, json::value kind) {
    const auto name = text_in(kind);
    record.is_from_harness |= !name.empty() && name != "human";
  });
}

void ClaudeRecordReader::Scanner::read_attachment(json::value attachment) {
  each_field_in(attachment, kAttachmentKeys, [this](Key key, json::value value) {
    switch (key) {
      case Key::command_mode: record.is_from_harness |= text_in(value) != "prompt"; break;
      case Key::meta: record.is_from_harness |= flag_in(value); break;
      case Key::origin: read_origin(value); break;
      case Key::prompt: read_content(value); break;
      case Key::type: attachment_type = text_in(value); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_message(json::value message) {
  each_field_in(message, kMessageKeys, [this](Key key, json::value value) {
    switch (key) {
      case Key::content: read_content(value); break;
      case Key::id: record.message_id = text_in(value); break;
      case Key::model: record.model = text_in(value); break;
      case Key::usage: read_usage(value); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_usage(json::value usage) {
  Tokens tokens;
  bool is_there = false;
  each_field_in(usage, kUsageKeys, [&](Key key, json::value value) {
    is_there = true;
    switch (key) {
      case Key::cache_read: tokens.cache_read = count_in(value); break;
      case Key::cache_write: tokens.cache_write = count_in(value); break;
      case Key::input_tokens: tokens.input = count_in(value); break;
      case Key::output_tokens: tokens.output = count_in(value); break;
      case Key::details:
        each_field_in(value, kUsageKeys, [&](Key inner, json::value number) {
          if (inner == Key::thinking_tokens) tokens.reasoning = count_in(number);
        });
        break;
      default: break;
    }
  });
  if (is_there) record.usage = tokens;
}

void ClaudeRecordReader::Scanner::read_content(json::value content) {
  const auto raw = content.raw_json_token();
  if (raw.starts_with('"')) return add_text(escaped_in(content));
  each_element_in(content, [this](json::value block) { read_block(block); });
}

void ClaudeRecordReader::Scanner::add_text(std::string_view escaped) {
  if (record.texts.size() < kClaudeBlocksMax) record.texts.push_back(escaped);
  record.has_words = true;
}

void ClaudeRecordReader::Scanner::read_block(json::value block) {
  std::string_view block_type;
  ClaudeCall call;
  ClaudeResult result;
  each_field_in(block, kBlockKeys, [&](Key key, json::value value) {
    switch (key) {
      case Key::content:
        result.is_creation = escaped_in(value).starts_with("File created successfully");
        break;
      case Key::id: call.id = text_in(value); break;
      case Key::image_data: record.has_image = true; break;
      case Key::input: read_input(value, call); break;
      case Key::is_error: result.is_error = flag_in(value); break;
      case Key::name: call.name = text_in(value); break;
      case Key::text: add_text(escaped_in(value)); break;
      case Key::thinking: record.has_words = true; break;
      case Key::tool_use_id: result.call_id = text_in(value); break;
      case Key::type: block_type = text_in(value); break;
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

void ClaudeRecordReader::Scanner::read_input(json::value input, ClaudeCall& call) {
  each_field_in(input, kInputKeys, [&](Key key, json::value value) {
    switch (key) {
      case Key::content: call.content = escaped_in(value); break;
      case Key::everywhere: call.is_everywhere = flag_in(value); break;
      case Key::file_path: call.path = text_in(value); break;
      case Key::new_text: call.new_text = escaped_in(value); break;
      case Key::old_text: call.old_text = escaped_in(value); break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_outcome(json::value outcome) {
  each_field_in(outcome, kOutcomeKeys, [this](Key key, json::value value) {
    auto& known = record.outcome;
    switch (key) {
      case Key::content: known.content = escaped_in(value); break;
      case Key::interrupted: known.is_interrupted = flag_in(value); break;
      case Key::patch: read_patch(value); break;
      case Key::result_path: known.path = text_in(value); break;
      case Key::type: known.is_creation = text_in(value) == "create"; break;
      default: break;
    }
  });
}

void ClaudeRecordReader::Scanner::read_patch(json::value patch) {
  record.outcome.has_patch = patch.raw_json_token().starts_with('[');
  each_element_in(patch, [this](json::value hunk) {
    each_field_in(hunk, kHunkKeys, [this](Key, json::value lines) {
      each_element_in(lines, [this](json::value line) {
        const auto raw = line.raw_json_token();
        record.outcome.added += raw.starts_with("\"+");
        record.outcome.removed += raw.starts_with("\"-");
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
  if (scanner_->parser.capacity() > kKeptLineMax) scanner_->parser = json::parser();
}

}  // namespace vigil::parser
