// Reads a line in one of two ways. Where its head has the usual order, the head alone says what it
// is, and the walk sees only the lines that tell something. Otherwise the parser looks for
// the types first and then reads the line again.
//
// Longer than other files here: one short function for each kind of record.

#include "parser/codex_record.h"

#include <algorithm>
#include <utility>

#include "parser/codex_prefix.h"
#include "parser/codex_text.h"
#include "parser/json_walk.h"
#include "parser/record_seams.h"

namespace vigil::parser {
namespace {

constexpr std::size_t kReadsMax = 32;  ///< files that one command reads

CodexUsage usage_in(JsonWalk& json) {
  CodexUsage usage;
  json.each_field([&](std::string_view key) {
    if (key == "input_tokens") usage.input = json.count();
    if (key == "cached_input_tokens") usage.cached = json.count();
    if (key == "cache_write_input_tokens") usage.cache_write = json.count();
    if (key == "output_tokens") usage.output = json.count();
    if (key == "reasoning_output_tokens") usage.reasoning = json.count();
  });
  return usage;
}

/// A text in an object.
std::string_view text_at(std::string_view name, JsonWalk& json) {
  std::string_view text;
  json.each_field([&](std::string_view key) {
    if (key == name) text = json.text();
  });
  return text;
}

std::optional<bool> status_in(JsonWalk& json) {
  const auto status = json.text();
  if (status == "completed") return true;
  if (status == "failed" || status == "declined") return false;
  return std::nullopt;
}

PatchKind patch_kind(std::string_view type) {
  if (type == "add") return PatchKind::add;
  return type == "delete" ? PatchKind::erase : PatchKind::update;
}

/// The arguments of a call, unescaped; only a patch or a file's name is worth that.
std::string_view telling_arguments(JsonWalk& json) {
  const auto raw = json.escaped();
  const bool tells =
      raw.contains("apply_patch") || raw.contains("path\\\"") || raw.contains("*** Begin Patch");
  return tells ? json.unescaped(raw) : std::string_view{};
}

/// Whether nothing stands behind the record that was walked over.
bool is_whole(const JsonWalk& json) {
  return !json.has_failed() && is_blank(json.left());
}

/// `source` is a word, or `{"subagent":"review"}`, or `{"subagent":{"thread_spawn":{...}}}`.
void read_source(JsonWalk& json, CodexRecord& record) {
  json.each_field([&](std::string_view key) {
    if (key != "subagent") return;
    record.is_sub_agent = true;
    json.each_field([&](std::string_view inner) {
      if (inner == "thread_spawn") record.parent = text_at("parent_thread_id", json);
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

  void add_parts(JsonWalk& json) {
    json.each_element([&] {
      json.each_field([&](std::string_view key) {
        if (key == "text") add(json.escaped());
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
  bool has_payload = false;
};

}  // namespace

struct CodexRecordReader::Scanner {
  JsonWalk::Room room;
  std::string_view line_cwd;
  CodexRecord record;

  void clear(std::string_view cwd);
  bool is_told_by_ends(std::string_view line, const CodexPrefix& prefix, Compactions compactions);
  CodexKind read(std::string_view line, const CodexPrefix* prefix);
  CodexKind read_any_order(std::string_view line);
  std::optional<TypeNames> read_types(std::string_view line);
  CodexKind read_enveloped(const CodexPrefix& prefix, JsonWalk& json);
  CodexKind read_bare(JsonWalk& json, const TypeNames& types);
  CodexKind read_first_bare(JsonWalk& json);
  CodexKind read_payload(CodexKind kind, std::string_view type, JsonWalk& json);
  CodexKind read_item(CodexKind kind, std::string_view type, JsonWalk& json);

  void read_session(JsonWalk& json);
  void read_turn(JsonWalk& json);
  void read_failure(JsonWalk& json);
  void read_prompt(JsonWalk& json);
  CodexKind read_bare_message(JsonWalk& json);
  void read_tokens(JsonWalk& json);
  void read_totals(JsonWalk& json);
  void read_compaction(JsonWalk& json);
  void read_call(JsonWalk& json);
  void read_output(JsonWalk& json);
  void read_end(JsonWalk& json);
  void take_session_field(std::string_view key, JsonWalk& json);
  void take_end_field(std::string_view key, JsonWalk& json);
  void read_action(JsonWalk& json);

  void read_changes(JsonWalk& json);
  PatchedFile read_change(std::string path, JsonWalk& json);
  void read_commands(JsonWalk& json);
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
  if (prefix == nullptr) return read_any_order(line);
  JsonWalk json(line, room);
  auto kind = CodexKind::malformed;
  json.each_field([&](std::string_view key) {
    if (key == "payload" && json.peek() == '{') kind = read_enveloped(*prefix, json);
  });
  return is_whole(json) ? kind : CodexKind::malformed;
}

CodexKind CodexRecordReader::Scanner::read_any_order(std::string_view line) {
  const auto types = read_types(line);
  if (!types) return CodexKind::malformed;
  record.time = parse_rfc3339(types->timestamp);
  JsonWalk json(line, room);
  if (!types->has_payload) return read_bare(json, *types);
  const CodexPrefix prefix{
      types->timestamp, types->type, types->payload_type, types->item_type, {}};
  auto kind = CodexKind::malformed;
  json.each_field([&](std::string_view key) {
    if (key == "payload" && json.peek() == '{') kind = read_enveloped(prefix, json);
  });
  return kind;
}

std::optional<TypeNames> CodexRecordReader::Scanner::read_types(std::string_view line) {
  JsonWalk json(line, room);
  if (json.peek() != '{') return std::nullopt;
  TypeNames types;
  json.each_field([&](std::string_view key) {
    if (key == "timestamp") types.timestamp = json.text();
    if (key == "type") types.type = json.text();
    if (key != "payload") return;
    types.has_payload = true;
    json.each_field([&](std::string_view inner) {
      if (inner == "type") types.payload_type = json.text();
      if (inner != "item") return;
      json.each_field([&](std::string_view name) {
        if (name == "type") types.item_type = json.text();
      });
    });
  });
  if (!is_whole(json)) return std::nullopt;
  return types;
}

CodexKind CodexRecordReader::Scanner::read_enveloped(const CodexPrefix& prefix, JsonWalk& json) {
  const auto kind = codex_kind(prefix);
  return prefix.payload_type == "item_completed" ? read_item(kind, prefix.item_type, json)
                                                 : read_payload(kind, prefix.payload_type, json);
}

/// Before September 2025: the session, then response items, without an envelope.
CodexKind CodexRecordReader::Scanner::read_bare(JsonWalk& json, const TypeNames& types) {
  record.is_bare = true;
  if (types.type.empty()) {
    return types.timestamp.empty() ? CodexKind::ignored : read_first_bare(json);
  }
  if (types.type == "message") return read_bare_message(json);
  return read_payload(codex_kind({{}, "response_item", types.type, {}, {}}), types.type, json);
}

CodexKind CodexRecordReader::Scanner::read_first_bare(JsonWalk& json) {
  read_session(json);
  return record.id.empty() ? CodexKind::ignored : CodexKind::session;
}

CodexKind CodexRecordReader::Scanner::read_payload(CodexKind kind, std::string_view type,
                                                   JsonWalk& json) {
  const auto read_by_kind = [&] {
    switch (kind) {
      case CodexKind::session: return read_session(json);
      case CodexKind::turn_context:
      case CodexKind::turn_started: return read_turn(json);
      case CodexKind::turn_failed: return read_failure(json);
      case CodexKind::prompt: return read_prompt(json);
      case CodexKind::token_record: return read_tokens(json);
      case CodexKind::token_total: return read_totals(json);
      case CodexKind::compaction: return read_compaction(json);
      case CodexKind::call: record.tool = type; return read_call(json);
      case CodexKind::output: return read_output(json);
      case CodexKind::command:
      case CodexKind::file_change:
      case CodexKind::call_ended: return read_end(json);
      default: return;
    }
  };
  if (kind == CodexKind::turn_failed) {
    record.ok = type != "turn_aborted" && type != "error" ? std::optional(true) : false;
  }
  if (kind == CodexKind::call_ended) {
    record.tool = type == "web_search_end" ? "web_search" : "";
    record.tool_space = type == "mcp_tool_call_end" ? "mcp__" : "";
  }
  read_by_kind();
  return kind == CodexKind::turn_failed && record.ok == true ? CodexKind::ignored : kind;
}

CodexKind CodexRecordReader::Scanner::read_item(CodexKind kind, std::string_view type,
                                                JsonWalk& json) {
  if (type == "WebSearch") record.tool = "web_search";
  json.each_field([&](std::string_view key) {
    if (key == "turn_id") record.turn_id = json.text();
    if (key != "item") return;
    if (kind == CodexKind::prompt) {
      read_prompt(json);
    } else {
      read_end(json);
    }
  });
  return kind;
}

void CodexRecordReader::Scanner::read_session(JsonWalk& json) {
  std::string_view forked_from;
  json.each_field([&](std::string_view key) {
    if (key == "forked_from_id")
      forked_from = json.text();
    else
      take_session_field(key, json);
  });
  if (record.parent.empty()) record.parent = forked_from;
}

void CodexRecordReader::Scanner::take_session_field(std::string_view key, JsonWalk& json) {
  if (key == "id") record.id = json.text();
  if (key == "timestamp") record.started = parse_rfc3339(json.text());
  if (key == "cwd") record.cwd = resolve_path({}, json.text());
  if (key == "cli_version") record.version = json.text();
  if (key == "parent_thread_id") record.parent = json.text();
  if (key == "thread_source") record.is_sub_agent |= json.text() == "subagent";
  if (key == "history_mode") record.is_paginated = json.text() == "paginated";
  if (key == "source") read_source(json, record);
  if (key == "history_base") record.base = text_at("thread_id", json);
  if (key == "git") record.branch = text_at("branch", json);
}

void CodexRecordReader::Scanner::read_turn(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key == "turn_id") record.turn_id = json.text();
    if (key == "model") record.model = json.text();
    if (key == "cwd") record.cwd = resolve_path({}, json.text());
  });
}

void CodexRecordReader::Scanner::read_failure(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key == "turn_id") record.turn_id = json.text();
    if (key == "error" && json.peek() != 'n') record.ok = false;
  });
}

void CodexRecordReader::Scanner::read_prompt(JsonWalk& json) {
  PromptMeter meter(record);
  json.each_field([&](std::string_view key) {
    if (key == "id") record.id = json.text();
    if (key == "message") meter.add(json.escaped());
    if (key == "content") meter.add_parts(json);
    if (key == "kind") {
      const auto kind = json.text();
      record.is_wrapper |= !kind.empty() && kind != "plain";
    }
  });
}

CodexKind CodexRecordReader::Scanner::read_bare_message(JsonWalk& json) {
  PromptMeter meter(record);
  std::string_view role;
  json.each_field([&](std::string_view key) {
    if (key == "role") role = json.text();
    if (key == "id") record.id = json.text();
    if (key == "content") meter.add_parts(json);
  });
  if (role == "user") return CodexKind::prompt;
  return role == "assistant" ? CodexKind::reply : CodexKind::ignored;
}

void CodexRecordReader::Scanner::read_tokens(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key == "response_id") record.id = json.text();
    if (key == "usage") record.usage = usage_in(json);
  });
}

void CodexRecordReader::Scanner::read_totals(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key != "info") return;
    json.each_field([&](std::string_view inner) {
      if (inner == "total_token_usage") record.total = usage_in(json);
      if (inner == "last_token_usage") record.usage = usage_in(json);
    });
  });
}

void CodexRecordReader::Scanner::read_compaction(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key == "compaction_response_id") record.id = json.text();
    if (key != "resume_metadata") return;
    json.each_field([&](std::string_view inner) {
      if (inner != "previous_turn_settings") return;
      json.each_field([&](std::string_view name) {
        if (name == "model") record.model = json.text();
      });
    });
  });
}

void CodexRecordReader::Scanner::read_call(JsonWalk& json) {
  std::string_view own_id;
  std::string_view arguments;
  std::string_view input;
  json.each_field([&](std::string_view key) {
    if (key == "call_id") record.id = json.text();
    if (key == "id") own_id = json.text();
    if (key == "name") record.tool = json.text();
    if (key == "namespace") record.tool_space = json.text();
    if (key == "input") input = json.text();
    if (key == "arguments") arguments = telling_arguments(json);
    if (key == "action") read_action(json);
  });
  if (record.id.empty()) record.id = own_id;
  if (record.tool == "local_shell_call") record.tool = "local_shell";
  if (record.tool == "web_search_call") record.tool = "web_search";
  if (record.tool == "tool_search_call") record.tool = "tool_search";
  if (!input.empty()) read_input(input);
  if (!arguments.empty()) read_arguments(arguments);
}

void CodexRecordReader::Scanner::read_action(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    std::string_view first;
    std::string_view last;
    if (key != "command") return;
    json.each_element([&] {
      last = json.text();
      if (first.empty()) first = last;
    });
    read_command_line(first, last);
  });
}

void CodexRecordReader::Scanner::read_output(JsonWalk& json) {
  json.each_field([&](std::string_view key) {
    if (key == "call_id") record.id = json.text();
    if (key != "output") return;
    if (const auto raw = json.escaped(); !raw.empty()) {
      record.ok = output_success(raw);
      return;
    }
    bool is_first = true;
    json.each_element([&] {
      json.each_field([&](std::string_view inner) {
        if (inner == "text" && std::exchange(is_first, false))
          record.ok = output_success(json.escaped());
      });
    });
  });
}

void CodexRecordReader::Scanner::read_end(JsonWalk& json) {
  std::string_view call_id;
  json.each_field([&](std::string_view key) {
    if (key == "id" && call_id.empty()) record.id = json.text();
    if (key == "call_id") record.id = call_id = json.text();
    take_end_field(key, json);
  });
  for (auto& path : record.reads)
    path = resolve_path(record.cwd.empty() ? line_cwd : record.cwd, path);
}

void CodexRecordReader::Scanner::take_end_field(std::string_view key, JsonWalk& json) {
  if (key == "cwd") record.cwd = resolve_path({}, json.text());
  if (key == "parsed_cmd") read_commands(json);
  if (key == "changes") read_changes(json);
  if (key == "tool") record.tool = json.text();
  if (key == "server") record.tool_space = "mcp__";
  if (key == "source") record.is_by_person = json.text() == "user_shell";
  if (key == "status" && !record.ok) record.ok = status_in(json);
  if (key == "success") record.ok = json.boolean().or_else([&] { return record.ok; });
  if (key == "exit_code") {
    if (const auto code = json.integer()) record.ok = code == 0;
  }
}

void CodexRecordReader::Scanner::read_changes(JsonWalk& json) {
  json.each_field([&](std::string_view name) {
    if (record.files.size() == kPatchFilesMax) return;
    record.files.push_back(read_change(resolve_path(line_cwd, json.unescaped(name)), json));
  });
}

PatchedFile CodexRecordReader::Scanner::read_change(std::string path, JsonWalk& json) {
  PatchedFile file{std::move(path), {}, PatchKind::update, 0, 0};
  std::string_view content;
  json.each_field([&](std::string_view key) {
    if (key == "type") file.kind = patch_kind(json.text());
    if (key == "content") content = json.text();
    if (key == "move_path") file.moved_to = resolve_path(line_cwd, json.text());
    if (key == "unified_diff") {
      const auto delta = count_diff(json.text());
      file.added = delta.added;
      file.removed = delta.removed;
    }
  });
  if (file.kind == PatchKind::add) file.added = count_lines(content);
  if (file.kind == PatchKind::erase) file.removed = count_lines(content);
  return file;
}

void CodexRecordReader::Scanner::read_commands(JsonWalk& json) {
  json.each_element([&] {
    bool is_read = false;
    std::string_view path;
    json.each_field([&](std::string_view key) {
      if (key == "type") is_read = json.text() == "read";
      if (key == "path") path = json.text();
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
  JsonWalk json(arguments, room);
  std::string_view first;
  std::string_view last;
  std::string_view path;
  json.each_field([&](std::string_view key) {
    if (key == "workdir") record.cwd = resolve_path(line_cwd, json.text());
    if (key == "cmd" || key == "input") last = json.text();
    if (key == "path" || key == "file_path") path = json.text();
    if (key != "command") return;
    if (last = json.text(); !last.empty()) return;
    json.each_element([&] {
      last = json.text();
      if (first.empty()) first = last;
    });
  });
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
  return record;
}

void CodexRecordReader::shed() {
  scanner_->room.clear();
}

}  // namespace vigil::parser
