// Reads a line in one of two ways. Where its head has the usual order, the head alone says what it
// is, and the JSON parser sees only the lines that tell something. Otherwise the parser looks for
// the types first and then reads the line again.
//
// Longer than other files here, since all that sees the JSON library is kept in one place.

#include "parser/codex_record.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "parser/codex_prefix.h"
#include "parser/codex_text.h"
#include "parser/log_parser.h"

namespace vigil::parser {
namespace {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

/// A parser that has grown for a line larger than this is not kept: its index alone takes four
/// times the line.
constexpr std::size_t kKeptLineMax = std::size_t{1} << 20;

constexpr std::size_t kReadsMax = 32;  ///< files that one command reads

std::string_view string_in(json::value value) {
  std::string_view text;
  return value.get_string().get(text) == SUCCESS ? text : std::string_view{};
}

/// A string as written; empty for anything else.
std::string_view raw_string_in(json::value value) {
  const auto raw = value.raw_json_token();
  return raw.starts_with('"') ? raw : std::string_view{};
}

std::int64_t integer_in(json::value value) {
  std::int64_t number = 0;
  return value.get_int64().get(number) == SUCCESS ? std::max<std::int64_t>(number, 0) : 0;
}

/// Whether nothing stands behind the value that was read.
bool is_at_end(json::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// A key as written. The index has proved that it is closed.
std::string_view name_at(const char* key) {
  std::size_t size = 0;
  while (key[size] != '"') ++size;
  return {key, size};
}

/// Calls `visit(key, value)` for each field. An error inside a value, whoever meets it, ends this
/// loop too: the JSON parser remembers it.
template <class Visit>
error_code each_field(json::object object, Visit visit) {
  for (auto step : object) {
    json::field field;
    if (const auto error = std::move(step).get(field); error != SUCCESS) return error;
    visit(name_at(field.key().raw()), field.value());
  }
  return SUCCESS;
}

template <class Visit>
void each_field_in(json::value value, Visit visit) {
  json::object object;
  if (value.get_object().get(object) == SUCCESS) static_cast<void>(each_field(object, visit));
}

template <class Visit>
void each_element_in(json::value value, Visit visit) {
  json::array array;
  if (value.get_array().get(array) != SUCCESS) return;
  for (auto step : array) {
    json::value element;
    if (std::move(step).get(element) != SUCCESS) return;
    visit(element);
  }
}

CodexUsage usage_in(json::value value) {
  CodexUsage usage;
  each_field_in(value, [&](std::string_view key, json::value number) {
    if (key == "input_tokens") usage.input = integer_in(number);
    if (key == "cached_input_tokens") usage.cached = integer_in(number);
    if (key == "cache_write_input_tokens") usage.cache_write = integer_in(number);
    if (key == "output_tokens") usage.output = integer_in(number);
    if (key == "reasoning_output_tokens") usage.reasoning = integer_in(number);
  });
  return usage;
}

std::optional<bool> status_in(json::value value) {
  const auto status = string_in(value);
  if (status == "completed") return true;
  if (status == "failed" || status == "declined") return false;
  return std::nullopt;
}

/// `source` is a word, or `{"subagent":"review"}`, or `{"subagent":{"thread_spawn":{...}}}`.
void read_source(json::value source, CodexRecord& record) {
  each_field_in(source, [&](std::string_view key, json::value kind) {
    if (key != "subagent") return;
    record.is_sub_agent = true;
    each_field_in(kind, [&](std::string_view inner, json::value spawn) {
      if (inner != "thread_spawn") return;
      each_field_in(spawn, [&](std::string_view name, json::value id) {
        if (name == "parent_thread_id") record.parent = string_in(id);
      });
    });
  });
}

/// Text of a user message: parts of type text in an array, or one string.
class PromptMeter {
 public:
  explicit PromptMeter(CodexRecord& record) : record_(record) {}

  void add(std::string_view raw) {
    if (raw.empty()) return;
    if (record_.prompt_length == 0) {
      record_.is_wrapper = is_wrapper_text(raw);
      record_.cwd = environment_directory(record_.is_wrapper ? raw : std::string_view{});
    }
    record_.prompt_length += prompt_length(raw);
  }

  void add_parts(json::value content) {
    each_element_in(content, [&](json::value part) {
      each_field_in(part, [&](std::string_view key, json::value text) {
        if (key == "text") add(raw_string_in(text));
      });
    });
  }

 private:
  CodexRecord& record_;
};

/// The types of a line in unusual order, kept while the line is read again.
struct TypeNames {
  std::string timestamp;
  std::string type;
  std::string payload_type;
  std::string item_type;
};

}  // namespace

struct CodexRecordReader::Scanner {
  json::parser parser;
  json::parser arguments_parser;  ///< for arguments, which are JSON inside a string
  std::string padded;
  std::string_view line_cwd;
  CodexRecord record;

  void clear(std::string_view cwd);
  bool is_told_by_ends(std::string_view line, const CodexPrefix& prefix, Compactions compactions);
  CodexKind read(std::string_view line, const CodexPrefix* prefix);
  CodexKind read_any_order(json::document& document);
  CodexKind read_enveloped(const CodexPrefix& prefix, json::object payload);
  CodexKind read_bare(json::document& document, const TypeNames& types);
  CodexKind read_first_bare(json::object object);
  CodexKind read_payload(CodexKind kind, std::string_view type, json::object payload);
  CodexKind read_item(CodexKind kind, std::string_view type, json::object payload);

  error_code read_session(json::object payload);
  error_code read_turn(json::object payload);
  error_code read_failure(json::object payload);
  error_code read_prompt(json::object payload);
  error_code read_bare_message(json::object payload);
  error_code read_tokens(json::object payload);
  error_code read_totals(json::object payload);
  error_code read_compaction(json::object payload);
  error_code read_call(json::object payload);
  error_code read_output(json::object payload);
  error_code read_end(json::object payload);

  void read_changes(json::value changes);
  void read_commands(json::value parsed);
  void read_input(std::string_view arguments);
  void read_arguments(std::string_view arguments);
  void read_command_line(std::string_view program, std::string_view last);
  void take_patch(std::vector<PatchedFile> files, std::string_view directory);
};

void CodexRecordReader::Scanner::clear(std::string_view cwd) {
  auto files = std::move(record.files);
  auto reads = std::move(record.reads);
  auto directory = std::move(record.cwd);
  files.clear();
  reads.clear();
  directory.clear();
  record = {};
  record.files = std::move(files);
  record.reads = std::move(reads);
  record.cwd = std::move(directory);
  line_cwd = cwd;
}

CodexKind CodexRecordReader::Scanner::read(std::string_view line, const CodexPrefix* prefix) {
  json::document document;
  const simdjson::padded_string_view padded_line(line.data(), line.size(),
                                                 line.size() + kLinePadding);
  if (parser.iterate(padded_line).get(document) != SUCCESS) return CodexKind::malformed;
  if (prefix == nullptr) return read_any_order(document);
  json::object root;
  if (document.get_object().get(root) != SUCCESS) return CodexKind::malformed;
  auto kind = CodexKind::malformed;
  const auto error = each_field(root, [&](std::string_view key, json::value value) {
    json::object payload;
    if (key != "payload" || value.get_object().get(payload) != SUCCESS) return;
    kind = read_enveloped(*prefix, payload);
  });
  return error == SUCCESS && is_at_end(document) ? kind : CodexKind::malformed;
}

CodexKind CodexRecordReader::Scanner::read_any_order(json::document& document) {
  json::object object;
  if (document.get_object().get(object) != SUCCESS) return CodexKind::malformed;
  TypeNames types;
  bool has_payload = false;
  const auto error = each_field(object, [&](std::string_view key, json::value value) {
    if (key == "timestamp") types.timestamp = string_in(value);
    if (key == "type") types.type = string_in(value);
    if (key != "payload") return;
    has_payload = true;
    each_field_in(value, [&](std::string_view inner, json::value part) {
      if (inner == "type") types.payload_type = string_in(part);
      if (inner != "item") return;
      each_field_in(part, [&](std::string_view name, json::value text) {
        if (name == "type") types.item_type = string_in(text);
      });
    });
  });
  if (error != SUCCESS || !is_at_end(document)) return CodexKind::malformed;
  document.rewind();
  record.time = parse_rfc3339(types.timestamp);
  if (!has_payload) return read_bare(document, types);
  if (document["payload"].get_object().get(object) != SUCCESS) return CodexKind::malformed;
  const CodexPrefix prefix{types.timestamp, types.type, types.payload_type, types.item_type, {}};
  return read_enveloped(prefix, object);
}

CodexKind CodexRecordReader::Scanner::read_enveloped(const CodexPrefix& prefix,
                                                     json::object payload) {
  const auto kind = codex_kind(prefix);
  return prefix.payload_type == "item_completed" ? read_item(kind, prefix.item_type, payload)
                                                 : read_payload(kind, prefix.payload_type, payload);
}

/// Before September 2025: the session, then response items, without an envelope.
CodexKind CodexRecordReader::Scanner::read_bare(json::document& document, const TypeNames& types) {
  record.is_bare = true;
  json::object object;
  if (document.get_object().get(object) != SUCCESS) return CodexKind::malformed;
  if (types.type.empty())
    return types.timestamp.empty() ? CodexKind::ignored : read_first_bare(object);
  if (types.type == "message") {
    return read_bare_message(object) == SUCCESS ? record.kind : CodexKind::malformed;
  }
  return read_payload(codex_kind({{}, "response_item", types.type, {}, {}}), types.type, object);
}

CodexKind CodexRecordReader::Scanner::read_first_bare(json::object object) {
  if (read_session(object) != SUCCESS) return CodexKind::malformed;
  return record.id.empty() ? CodexKind::ignored : CodexKind::session;
}

CodexKind CodexRecordReader::Scanner::read_payload(CodexKind kind, std::string_view type,
                                                   json::object payload) {
  const auto read_by_kind = [&]() -> error_code {
    switch (kind) {
      case CodexKind::session: return read_session(payload);
      case CodexKind::turn_context:
      case CodexKind::turn_started: return read_turn(payload);
      case CodexKind::turn_failed: return read_failure(payload);
      case CodexKind::prompt: return read_prompt(payload);
      case CodexKind::token_record: return read_tokens(payload);
      case CodexKind::token_total: return read_totals(payload);
      case CodexKind::compaction: return read_compaction(payload);
      case CodexKind::call: record.tool = type; return read_call(payload);
      case CodexKind::output: return read_output(payload);
      case CodexKind::command:
      case CodexKind::file_change:
      case CodexKind::call_ended: return read_end(payload);
      default: return SUCCESS;
    }
  };
  if (kind == CodexKind::turn_failed) {
    record.ok = type != "turn_aborted" && type != "error" ? std::optional(true) : false;
  }
  if (kind == CodexKind::call_ended) {
    record.tool = type == "web_search_end" ? "web_search" : "";
    record.tool_space = type == "mcp_tool_call_end" ? "mcp__" : "";
  }
  if (read_by_kind() != SUCCESS) return CodexKind::malformed;
  return kind == CodexKind::turn_failed && record.ok == true ? CodexKind::ignored : kind;
}

CodexKind CodexRecordReader::Scanner::read_item(CodexKind kind, std::string_view type,
                                                json::object payload) {
  auto result = kind;
  if (type == "WebSearch") record.tool = "web_search";
  const auto error = each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "turn_id") record.turn_id = string_in(value);
    if (key != "item") return;
    json::object item;
    if (value.get_object().get(item) != SUCCESS) return;
    const auto failure = kind == CodexKind::prompt ? read_prompt(item) : read_end(item);
    if (failure != SUCCESS) result = CodexKind::malformed;
  });
  return error == SUCCESS ? result : CodexKind::malformed;
}

error_code CodexRecordReader::Scanner::read_session(json::object payload) {
  std::string_view forked_from;
  const auto error = each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "id") record.id = string_in(value);
    if (key == "timestamp") record.started = parse_rfc3339(string_in(value));
    if (key == "cwd") record.cwd = resolve_path({}, string_in(value));
    if (key == "cli_version") record.version = string_in(value);
    if (key == "forked_from_id") forked_from = string_in(value);
    if (key == "parent_thread_id") record.parent = string_in(value);
    if (key == "thread_source") record.is_sub_agent |= string_in(value) == "subagent";
    if (key == "history_mode") record.is_paginated = string_in(value) == "paginated";
    if (key == "source") read_source(value, record);
    if (key == "history_base") {
      each_field_in(value, [&](std::string_view inner, json::value id) {
        if (inner == "thread_id") record.base = string_in(id);
      });
    }
    if (key == "git") {
      each_field_in(value, [&](std::string_view inner, json::value name) {
        if (inner == "branch") record.branch = string_in(name);
      });
    }
  });
  if (record.parent.empty()) record.parent = forked_from;
  return error;
}

error_code CodexRecordReader::Scanner::read_turn(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "turn_id") record.turn_id = string_in(value);
    if (key == "model") record.model = string_in(value);
    if (key == "cwd") record.cwd = resolve_path({}, string_in(value));
  });
}

error_code CodexRecordReader::Scanner::read_failure(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "turn_id") record.turn_id = string_in(value);
    if (key == "error" && !value.is_null()) record.ok = false;
  });
}

error_code CodexRecordReader::Scanner::read_prompt(json::object payload) {
  PromptMeter meter(record);
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "id") record.id = string_in(value);
    if (key == "message") meter.add(raw_string_in(value));
    if (key == "content") meter.add_parts(value);
    if (key == "kind") {
      const auto kind = string_in(value);
      record.is_wrapper |= !kind.empty() && kind != "plain";
    }
  });
}

error_code CodexRecordReader::Scanner::read_bare_message(json::object payload) {
  PromptMeter meter(record);
  std::string_view role;
  const auto error = each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "role") role = string_in(value);
    if (key == "id") record.id = string_in(value);
    if (key == "content") meter.add_parts(value);
  });
  record.kind = role == "user"        ? CodexKind::prompt
                : role == "assistant" ? CodexKind::reply
                                      : CodexKind::ignored;
  return error;
}

error_code CodexRecordReader::Scanner::read_tokens(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "response_id") record.id = string_in(value);
    if (key == "usage") record.usage = usage_in(value);
  });
}

error_code CodexRecordReader::Scanner::read_totals(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key != "info") return;
    each_field_in(value, [&](std::string_view inner, json::value usage) {
      if (inner == "total_token_usage") record.total = usage_in(usage);
      if (inner == "last_token_usage") record.usage = usage_in(usage);
    });
  });
}

error_code CodexRecordReader::Scanner::read_compaction(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "compaction_response_id") record.id = string_in(value);
    if (key != "resume_metadata") return;
    each_field_in(value, [&](std::string_view inner, json::value settings) {
      if (inner != "previous_turn_settings") return;
      each_field_in(settings, [&](std::string_view name, json::value model) {
        if (name == "model") record.model = string_in(model);
      });
    });
  });
}

error_code CodexRecordReader::Scanner::read_call(json::object payload) {
  std::string_view own_id;
  std::string_view raw_arguments;
  std::string_view arguments;
  std::string_view input;
  const auto error = each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "call_id") record.id = string_in(value);
    if (key == "id") own_id = string_in(value);
    if (key == "name") record.tool = string_in(value);
    if (key == "namespace") record.tool_space = string_in(value);
    if (key == "input") input = string_in(value);
    if (key == "arguments") {
      raw_arguments = raw_string_in(value);
      // Only a patch or a file's name is worth unescaping the arguments.
      const bool tells = raw_arguments.contains("apply_patch") ||
                         raw_arguments.contains("path\\\"") ||
                         raw_arguments.contains("*** Begin Patch");
      if (tells) arguments = string_in(value);
    }
    if (key == "action") {
      each_field_in(value, [&](std::string_view inner, json::value command) {
        std::string_view first;
        std::string_view last;
        if (inner != "command") return;
        each_element_in(command, [&](json::value word) {
          last = string_in(word);
          if (first.empty()) first = last;
        });
        read_command_line(first, last);
      });
    }
  });
  if (record.id.empty()) record.id = own_id;
  if (record.tool == "local_shell_call") record.tool = "local_shell";
  if (record.tool == "web_search_call") record.tool = "web_search";
  if (record.tool == "tool_search_call") record.tool = "tool_search";
  if (!input.empty()) read_input(input);
  if (!arguments.empty()) read_arguments(arguments);
  return error;
}

error_code CodexRecordReader::Scanner::read_output(json::object payload) {
  return each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "call_id") record.id = string_in(value);
    if (key != "output") return;
    if (const auto raw = raw_string_in(value); !raw.empty()) {
      record.ok = output_success(raw);
      return;
    }
    bool is_first = true;
    each_element_in(value, [&](json::value part) {
      each_field_in(part, [&](std::string_view inner, json::value text) {
        if (inner == "text" && std::exchange(is_first, false))
          record.ok = output_success(raw_string_in(text));
      });
    });
  });
}

error_code CodexRecordReader::Scanner::read_end(json::object payload) {
  std::string_view call_id;
  const auto error = each_field(payload, [&](std::string_view key, json::value value) {
    if (key == "id" && call_id.empty()) record.id = string_in(value);
    if (key == "call_id") record.id = call_id = string_in(value);
    if (key == "cwd") record.cwd = resolve_path({}, string_in(value));
    if (key == "parsed_cmd") read_commands(value);
    if (key == "changes") read_changes(value);
    if (key == "tool") record.tool = string_in(value);
    if (key == "server") record.tool_space = "mcp__";
    if (key == "source") record.is_by_person = string_in(value) == "user_shell";
    if (key == "status" && !record.ok) record.ok = status_in(value);
    if (key == "success") {
      bool success = false;
      if (value.get_bool().get(success) == SUCCESS) record.ok = success;
    }
    if (key == "exit_code") {
      std::int64_t code = 0;
      if (value.get_int64().get(code) == SUCCESS) record.ok = code == 0;
    }
  });
  for (auto& path : record.reads)
    path = resolve_path(record.cwd.empty() ? line_cwd : record.cwd, path);
  return error;
}

void CodexRecordReader::Scanner::read_changes(json::value changes) {
  json::object object;
  if (changes.get_object().get(object) != SUCCESS) return;
  for (auto step : object) {
    json::field field;
    std::string_view path;
    if (std::move(step).get(field) != SUCCESS || field.unescaped_key().get(path) != SUCCESS) return;
    if (record.files.size() == kPatchFilesMax) return;
    PatchedFile file{resolve_path(line_cwd, path), {}, PatchKind::update, 0, 0};
    std::string_view content;
    each_field_in(field.value(), [&](std::string_view key, json::value value) {
      if (key == "type") {
        const auto type = string_in(value);
        file.kind = type == "add"      ? PatchKind::add
                    : type == "delete" ? PatchKind::erase
                                       : PatchKind::update;
      }
      if (key == "content") content = string_in(value);
      if (key == "move_path") file.moved_to = resolve_path(line_cwd, string_in(value));
      if (key == "unified_diff") {
        const auto delta = count_diff(string_in(value));
        file.added = delta.added;
        file.removed = delta.removed;
      }
    });
    if (file.kind == PatchKind::add) file.added = count_lines(content);
    if (file.kind == PatchKind::erase) file.removed = count_lines(content);
    record.files.push_back(std::move(file));
  }
}

void CodexRecordReader::Scanner::read_commands(json::value parsed) {
  each_element_in(parsed, [&](json::value command) {
    bool is_read = false;
    std::string_view path;
    each_field_in(command, [&](std::string_view key, json::value value) {
      if (key == "type") is_read = string_in(value) == "read";
      if (key == "path") path = string_in(value);
    });
    if (!is_read || path.empty() || record.reads.size() == kReadsMax) return;
    record.reads.emplace_back(path);
  });
}

/// The input of a tool that takes text instead of JSON.
void CodexRecordReader::Scanner::read_input(std::string_view input) {
  if (record.tool == "apply_patch") take_patch(read_patch(input), line_cwd);
  if (record.tool == "exec") take_patch(read_scripted_patch(input), line_cwd);
}

void CodexRecordReader::Scanner::read_arguments(std::string_view arguments) {
  padded.assign(arguments);
  padded.append(kLinePadding, ' ');
  json::document document;
  const simdjson::padded_string_view view(padded.data(), arguments.size(), padded.size());
  json::object object;
  if (arguments_parser.iterate(view).get(document) != SUCCESS ||
      document.get_object().get(object) != SUCCESS)
    return;
  std::string_view first;
  std::string_view last;
  std::string_view path;
  static_cast<void>(each_field(object, [&](std::string_view key, json::value value) {
    if (key == "workdir") record.cwd = resolve_path(line_cwd, string_in(value));
    if (key == "cmd" || key == "input") last = string_in(value);
    if (key == "path" || key == "file_path") path = string_in(value);
    if (key != "command") return;
    if (last = string_in(value); !last.empty()) return;
    each_element_in(value, [&](json::value word) {
      last = string_in(word);
      if (first.empty()) first = last;
    });
  }));
  if (record.tool == "apply_patch") first = "apply_patch";
  if (record.tool == "view_image" || record.tool == "read_file") {
    record.reads.push_back(resolve_path(line_cwd, path));
  }
  read_command_line(first, last);
}

void CodexRecordReader::Scanner::read_command_line(std::string_view program,
                                                   std::string_view last) {
  const std::string_view base = record.cwd.empty() ? line_cwd : std::string_view(record.cwd);
  if (program == "apply_patch" || program == "applypatch")
    return take_patch(read_patch(last), base);
  const auto patch = find_shell_patch(last);
  if (patch.text.empty()) return;
  take_patch(read_patch(patch.text),
             patch.directory.empty() ? std::string(base) : resolve_path(base, patch.directory));
}

void CodexRecordReader::Scanner::take_patch(std::vector<PatchedFile> files,
                                            std::string_view directory) {
  for (auto& file : files) {
    file.path = resolve_path(directory, file.path);
    if (!file.moved_to.empty()) file.moved_to = resolve_path(directory, file.moved_to);
  }
  record.files = std::move(files);
}

CodexRecordReader::CodexRecordReader() : scanner_(std::make_unique<Scanner>()) {}
CodexRecordReader::~CodexRecordReader() = default;

/// Whether the head of the line, and for an answer its end, are all that is needed of it.
bool CodexRecordReader::Scanner::is_told_by_ends(std::string_view line, const CodexPrefix& prefix,
                                                 Compactions compactions) {
  if (!record.time || !line.ends_with('}')) return false;
  switch (record.kind) {
    case CodexKind::ignored:
    case CodexKind::takeover:
    case CodexKind::model_output: return !holds_two_records(line);
    case CodexKind::compaction: return compactions == Compactions::skip && !holds_two_records(line);
    case CodexKind::output: break;
    default: return false;
  }
  const auto output = scan_codex_output(prefix);
  if (!output || holds_two_records(line)) return false;
  record.id = output->call_id;
  record.ok = output_success(output->text);
  return true;
}

const CodexRecord& CodexRecordReader::read(std::string_view line, std::string_view cwd,
                                           Compactions compactions) {
  auto& scanner = *scanner_;
  scanner.clear(cwd);
  auto& record = scanner.record;
  const auto prefix = scan_codex_prefix(line);
  if (prefix) {
    record.time = parse_rfc3339(prefix->timestamp);
    record.kind = codex_kind(*prefix);
    if (scanner.is_told_by_ends(line, *prefix, compactions)) return record;
  }
  record.kind = scanner.read(line, prefix ? &*prefix : nullptr);
  if (line.size() > kKeptLineMax) scanner.parser = json::parser();
  return record;
}

}  // namespace vigil::parser
