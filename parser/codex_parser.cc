// What the lines of a rollout mean together. Two things are worth knowing first:
//
// Tokens. Newer versions write one record per response, with its id: exact, and then the running
// totals beside it are ignored. Older ones write totals only, repeated whenever they please, so a
// response is counted when the total has changed, with the tokens said to be the last response's.
//
// Copies. Until histories were paginated, the file of a fork or sub-agent begins with the history
// of its parent. Nothing in that part happened here: it is passed over until the file's own first
// turn, and only the model and the totals reached by then are taken up.

#include "parser/codex_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "parser/codex_document.h"
#include "parser/codex_record.h"
#include "parser/codex_session.h"
#include "parser/codex_tools.h"

namespace vigil::parser {
namespace {

/// How records begin. Inside a text the quotes would be escaped.
constexpr std::string_view kRecordBegin = R"({"timestamp":")";

constexpr std::size_t kIdMax = 256;
constexpr std::size_t kPathMax = 4096;

/// A copied history that ends without a mark is taken to end here, after the file's first line.
constexpr milliseconds kCopyMax{1000};

/// The same prompt is never told twice by two kinds of lines further apart than this.
constexpr milliseconds kEchoMax{2000};

Tokens tokens_of(const CodexUsage& usage) {
  const auto fresh = usage.input - usage.cached - usage.cache_write;
  return {std::max<std::int64_t>(fresh, 0), usage.cached, usage.cache_write, usage.output,
          usage.reasoning};
}

/// Time-ordered (version 7) UUIDs compare as their times do.
bool is_uuid_v7(std::string_view id) {
  return id.size() == 36 && id[14] == '7';
}

void assign_bounded(std::string& to, std::string_view text, std::size_t max) {
  if (text.size() <= max) {
    to.assign(text);
  } else {
    to.clear();
  }
}

std::string numbered(std::string_view session, const CodexUsage& total) {
  std::string key(session);
  for (const auto number :
       {total.input, total.cached, total.cache_write, total.output, total.reasoning}) {
    key.append(key.size() == session.size() ? ":" : ",").append(std::to_string(number));
  }
  return key;
}

/// Edits of one call are told apart by the file's name before the edit: every kind of line that
/// tells of an edit has it, while their order differs.
std::string file_key(std::string_view call, std::string_view path) {
  const auto digest = sha256(path);
  return std::string(call).append("#").append(to_hex(std::span(digest).first(8)));
}

/// `rollout-<time>-<thread>_<segment>.jsonl`: a thread that goes on after a rewind.
bool is_segment(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.starts_with("rollout-") && name.contains('_');
}

class CodexParser final : public LogParser {
 public:
  explicit CodexParser(std::string_view path) : is_segment_(is_segment(path)) {}

  std::span<const Activity> parse_line(std::string_view line) override;
  const LineCounts& counts() const override { return counts_; }
  std::string save() const override;
  bool restore(std::string_view state) override;

 private:
  bool parse_record(std::string_view line);
  bool parse_pieces(std::string_view line);
  void interpret(const CodexRecord& record, std::string_view line);
  [[nodiscard]] bool is_copied(const CodexRecord& record);
  void learn(const CodexRecord& record);
  void begin_session(const CodexRecord& record);
  void take_prompt(const CodexRecord& record, std::string_view line);
  void take_reply(std::string key, const CodexUsage& usage);
  void take_total(const CodexRecord& record);
  void take_compaction(const CodexRecord& record);
  void take_call(const CodexRecord& record, std::string_view line);
  void take_output(const CodexRecord& record);
  void take_end(const CodexRecord& record);
  void take_failure(const CodexRecord& record, std::string_view line);

  OpenCall& begin_at_end(const CodexRecord& record);
  [[nodiscard]] OpenCall new_call(const CodexRecord& record, CodexTool tool) const;
  void tell(OpenCall& call);
  void tell_files(const OpenCall& call);
  void tell_reads(const OpenCall& call, std::span<const std::string> paths);
  Activity& emit(IdentityKind kind, std::string_view key, WallTime first_time);
  void emit_reply(std::uint32_t revision);
  [[nodiscard]] std::string line_key(std::string_view line) const;

  CodexRecordReader reader_;
  std::vector<Activity>
      activities_;  ///< the first `told_` are the line's; the rest keep their memory
  std::size_t told_ = 0;
  LineCounts counts_;
  bool is_segment_;

  CodexSession state_;
};

std::span<const Activity> CodexParser::parse_line(std::string_view line) {
  told_ = 0;
  const bool is_whole = parse_record(line) || parse_pieces(line);
  reader_.shed();
  ++(told_ > 0 ? counts_.derived : is_whole ? counts_.ignored : counts_.malformed);
  return std::span(activities_).first(told_);
}

/// False where `line` is no record.
bool CodexParser::parse_record(std::string_view line) {
  const auto compactions = state_.reply.lacks_model ? Compactions::read : Compactions::skip;
  const auto& record = reader_.read(line, state_.cwd, compactions);
  if (record.kind == CodexKind::malformed) return false;
  if (record.time) state_.now = *record.time;
  if (record.kind != CodexKind::ignored) interpret(record, line);
  return true;
}

/// Two writers, or a crash, can leave records glued together or one spliced into another: reads
/// what stands whole between the places where a record may begin.
bool CodexParser::parse_pieces(std::string_view line) {
  auto next = line.find(kRecordBegin, 1);
  bool is_any_whole = next != std::string_view::npos && parse_record(line.substr(0, next));
  while (next != std::string_view::npos) {
    const auto begin = next;
    next = line.find(kRecordBegin, begin + 1);
    is_any_whole |= parse_record(line.substr(begin, next - begin));
  }
  return is_any_whole;
}

void CodexParser::interpret(const CodexRecord& record, std::string_view line) {
  if (record.kind == CodexKind::session) return begin_session(record);
  if (is_copied(record)) return learn(record);
  switch (record.kind) {
    case CodexKind::turn_context: return learn(record);
    case CodexKind::model_output: state_.inherits_total = false; return;
    case CodexKind::prompt: return take_prompt(record, line);
    case CodexKind::reply:
      emit(IdentityKind::reply, line_key(line), state_.now).action = Action::reply;
      return;
    case CodexKind::token_record:
      state_.has_token_records = true;
      return take_reply(record.id.empty() ? line_key(line) : std::string(record.id),
                        record.usage.value_or(CodexUsage{}));
    case CodexKind::token_total: return take_total(record);
    case CodexKind::compaction: return take_compaction(record);
    case CodexKind::call: take_call(record, line); break;
    case CodexKind::output: take_output(record); break;
    case CodexKind::command:
    case CodexKind::file_change:
    case CodexKind::call_ended: take_end(record); break;
    case CodexKind::turn_failed: return take_failure(record, line);
    default: return;
  }
}

/// Whether the line belongs to the parent's history; notices where that ends.
bool CodexParser::is_copied(const CodexRecord& record) {
  if (!state_.is_copying) return false;
  const bool is_own_turn =
      (record.kind == CodexKind::turn_started || record.kind == CodexKind::turn_context) &&
      is_uuid_v7(record.turn_id) && is_uuid_v7(state_.id) && record.turn_id >= state_.id;
  state_.is_copying = record.kind != CodexKind::takeover && !is_own_turn &&
                      state_.now - state_.line_time <= kCopyMax;
  return state_.is_copying;
}

void CodexParser::learn(const CodexRecord& record) {
  if (record.kind == CodexKind::token_total && record.total) {
    state_.total = record.total;
    state_.inherits_total = false;
  }
  if (record.kind != CodexKind::turn_context) return;
  if (!record.model.empty()) assign_bounded(state_.model, record.model, kIdMax);
  if (!record.cwd.empty() && !state_.is_copying) assign_bounded(state_.cwd, record.cwd, kPathMax);
  if (!state_.is_copying) state_.reply.lacks_model = false;
}

void CodexParser::begin_session(const CodexRecord& record) {
  if (!state_.id.empty() || record.id.empty()) return;  // an ancestor's, in a copied history
  assign_bounded(state_.id, record.id, kIdMax);
  assign_bounded(state_.parent, record.parent, kIdMax);
  assign_bounded(state_.cwd, record.cwd, kPathMax);
  assign_bounded(state_.branch, record.branch, kIdMax);
  assign_bounded(state_.version, record.version, kIdMax);
  if (!record.time) state_.now = record.started.value_or(WallTime{});
  state_.line_time = state_.now;
  state_.is_sub_agent = record.is_sub_agent;
  state_.inherits_total = !record.parent.empty() || !record.base.empty();
  state_.is_copying = state_.inherits_total && record.base.empty() && !record.is_paginated;
  const bool goes_on = is_segment_ || record.base == record.id;
  if (state_.id.empty() || goes_on) return;
  auto& start = emit(IdentityKind::session_start, state_.id, record.started.value_or(state_.now));
  start.action = Action::session_start;
}

void CodexParser::take_prompt(const CodexRecord& record, std::string_view line) {
  if (record.is_bare && record.is_wrapper) assign_bounded(state_.cwd, record.cwd, kPathMax);
  if (record.is_wrapper || state_.is_sub_agent) return;
  const bool is_echo = state_.prompt.length == record.prompt_length &&
                       state_.prompt.has_id != !record.id.empty() &&
                       state_.now - state_.prompt.time <= kEchoMax;
  state_.prompt.length = record.prompt_length;
  state_.prompt.has_id = !record.id.empty();
  state_.prompt.time = state_.now;
  if (is_echo) return;
  const bool has_id = !record.id.empty() && record.id.size() <= kIdMax;
  auto& prompt =
      emit(IdentityKind::prompt, has_id ? std::string(record.id) : line_key(line), state_.now);
  prompt.actor = Actor::human;
  prompt.action = Action::prompt;
  prompt.model.clear();
  prompt.prompt_length = record.prompt_length;
}

void CodexParser::take_reply(std::string key, const CodexUsage& usage) {
  if (key.size() > 2 * kIdMax) return;
  state_.reply = {std::move(key), state_.now, tokens_of(usage), state_.model.empty()};
  emit_reply(0);
}

void CodexParser::take_total(const CodexRecord& record) {
  if (state_.has_token_records || !record.total) return;
  const auto before = std::exchange(state_.total, record.total);
  if (std::exchange(state_.inherits_total, false)) return;
  if (before == record.total) return;
  const auto usage = record.usage.value_or(*record.total);
  if (usage == CodexUsage{}) return;
  take_reply(numbered(state_.id, *record.total), usage);
}

/// A fork may compact its history before its first turn, with the model that the parent ran last.
/// Only the compaction names that model, and it follows the response it came from.
void CodexParser::take_compaction(const CodexRecord& record) {
  if (!state_.reply.lacks_model || record.model.empty()) return;
  if (!record.id.empty() && state_.has_token_records && record.id != state_.reply.key) return;
  state_.reply.lacks_model = false;
  assign_bounded(state_.model, record.model, kIdMax);
  emit_reply(1);
}

void CodexParser::take_call(const CodexRecord& record, std::string_view line) {
  state_.inherits_total = false;
  const auto tool = record.files.empty() ? codex_tool(record.tool, record.tool_space)
                                         : codex_tool("apply_patch", {});
  auto call = new_call(record, tool);
  const bool has_id = !record.id.empty() && record.id.size() <= kIdMax;
  if (!has_id) call.id = line_key(line);
  call.is_script = record.tool == "exec";
  if (state_.calls.find(call.id) != nullptr) return;  // a line that was written twice
  auto& known = state_.calls.add(std::move(call));
  if (!known.is_script) tell(known);
  state_.calls.settle(known);
}

void CodexParser::take_output(const CodexRecord& record) {
  auto* call = state_.calls.find(record.id);
  if (call == nullptr || std::exchange(call->is_answered, true)) return;
  const auto before = call->ok;
  if (record.ok) call->ok = record.ok;
  if (!call->ok && call->tool_class != ToolClass::shell) call->ok = true;
  if (call->is_script && call->ok != false) call->files.clear();  // it only mentions a patch
  const bool is_news = call->is_script ? !call->has_inner : call->ok != before;
  if (is_news) tell(*call);
  state_.calls.settle(*call);
}

void CodexParser::take_end(const CodexRecord& record) {
  if (record.id.empty() || record.id.size() > kIdMax) return;
  auto* call = state_.calls.find(record.id);
  if (call == nullptr) {
    call = &begin_at_end(record);
  } else if (call->ok == record.ok && record.files.empty() && record.reads.empty()) {
    return;
  } else {
    if (record.ok) call->ok = record.ok;
    if (!record.files.empty()) call->files = record.files;
    if (!record.reads.empty()) call->read_path = record.reads.front();
  }
  tell(*call);
  if (record.reads.size() > 1) tell_reads(*call, std::span(record.reads).subspan(1));
  state_.calls.settle(*call);
}

/// A call whose first line is its end: one inside a script, or a command that a person typed.
OpenCall& CodexParser::begin_at_end(const CodexRecord& record) {
  const auto name = record.kind == CodexKind::command       ? "exec_command"
                    : record.kind == CodexKind::file_change ? "apply_patch"
                                                            : record.tool;
  if (!record.is_by_person) state_.calls.note_inner_call();
  auto& call = state_.calls.add(new_call(record, codex_tool(name, record.tool_space)));
  if (record.is_by_person) call.actor = Actor::human;
  return call;
}

void CodexParser::take_failure(const CodexRecord& record, std::string_view line) {
  const bool has_id = !record.turn_id.empty() && record.turn_id.size() <= kIdMax;
  auto& error =
      emit(IdentityKind::error, has_id ? std::string(record.turn_id) : line_key(line), state_.now);
  error.action = Action::error;
  error.ok = false;
}

OpenCall CodexParser::new_call(const CodexRecord& record, CodexTool tool) const {
  OpenCall call;
  call.id = record.id;
  call.tool = tool.name;
  call.tool_class = tool.tool_class;
  call.first_time = state_.now;
  call.ok = record.ok;
  if (!record.reads.empty()) call.read_path = record.reads.front();
  call.files = record.files;
  return call;
}

/// Tells all that is known of a call: once for each file of an edit, else once.
void CodexParser::tell(OpenCall& call) {
  if (!call.files.empty()) {
    tell_files(call);
  } else {
    auto& told = emit(IdentityKind::call, call.id, call.first_time);
    told.actor = call.actor;
    told.action = call.read_path.empty() ? Action::tool : Action::read;
    told.path = call.read_path;
    told.tool = call.tool;
    told.tool_class = call.read_path.empty() ? call.tool_class : ToolClass::read;
    told.ok = call.ok;
    told.revision = call.lines;
  }
  ++call.lines;
}

void CodexParser::tell_files(const OpenCall& call) {
  constexpr std::array kActions{Action::write, Action::edit, Action::erase};
  for (const auto& file : call.files) {
    auto& told = emit(IdentityKind::call, file_key(call.id, file.path), call.first_time);
    told.action = kActions.at(static_cast<std::size_t>(file.kind));
    told.path = file.moved_to.empty() ? file.path : file.moved_to;
    told.tool = "apply_patch";
    told.tool_class = ToolClass::write;
    told.ok = call.ok;
    told.revision = call.lines;
    if (call.ok != true) continue;  // denied, failed and unfinished edits change nothing
    told.is_write = true;
    told.lines_added = file.added;
    told.lines_removed = file.removed;
  }
}

/// What a command reads beyond its first file, which the call itself is told with.
void CodexParser::tell_reads(const OpenCall& call, std::span<const std::string> paths) {
  for (const auto& path : paths) {
    auto& told = emit(IdentityKind::call, file_key(call.id, path), call.first_time);
    told.actor = call.actor;
    told.action = Action::read;
    told.path = path;
    told.tool = call.tool;
    told.tool_class = ToolClass::read;
    told.ok = call.ok;
    told.revision = call.lines - 1;
  }
}

void CodexParser::emit_reply(std::uint32_t revision) {
  auto& reply = emit(IdentityKind::reply, state_.reply.key, state_.reply.time);
  reply.action = Action::reply;
  reply.tokens = state_.reply.tokens;
  reply.revision = revision;
}

/// A new activity with all that does not depend on its kind.
Activity& CodexParser::emit(IdentityKind kind, std::string_view key, WallTime first_time) {
  if (told_ == activities_.size()) activities_.emplace_back();
  auto& activity = activities_[told_++];
  activity.identity.kind = kind;
  activity.identity.key.assign(key);
  activity.identity.first_time = first_time;
  activity.revision = 0;
  activity.time = first_time;
  activity.actor = Actor::agent;
  activity.action = Action::tool;
  activity.path.clear();
  activity.cwd = state_.cwd;
  activity.branch = state_.branch;
  activity.session = state_.id;
  activity.parent_session = state_.parent;
  activity.app_version = state_.version;
  activity.model = state_.model;
  activity.tool.clear();
  activity.tool_class = ToolClass::none;
  activity.is_write = false;
  activity.ok.reset();
  activity.lines_added.reset();
  activity.lines_removed.reset();
  activity.prompt_length.reset();
  activity.tokens.reset();
  return activity;
}

std::string CodexParser::line_key(std::string_view line) const {
  return state_.id + ":" + to_hex(sha256(line));
}

std::string CodexParser::save() const {
  return state_.save();
}

bool CodexParser::restore(std::string_view state) {
  auto session = CodexSession::restored(state);
  const bool is_good = session.has_value();
  state_ = std::move(session).value_or(CodexSession{});
  return is_good;
}

}  // namespace

std::unique_ptr<LogParser> make_codex_parser(std::string_view path) {
  auto parser = std::make_unique<CodexParser>(path);
  if (path.ends_with(".json")) return make_codex_document_parser(std::move(parser));
  return parser;
}

bool is_codex_log(std::string_view relative) {
  const auto slash = relative.rfind('/');
  if (slash == std::string_view::npos || !may_hold_codex_logs(relative.substr(0, slash)))
    return false;
  const auto name = relative.substr(slash + 1);
  return name.starts_with("rollout-") &&
         (name.ends_with(".jsonl") || name.ends_with(".jsonl.zst") || name.ends_with(".json"));
}

bool may_hold_codex_logs(std::string_view relative) {
  if (relative.ends_with('/')) relative.remove_suffix(1);
  if (relative.empty() || relative == "archived_sessions" || relative == "sessions") return true;
  constexpr std::string_view kDated = "sessions/";
  if (!relative.starts_with(kDated)) return false;
  // sessions/YYYY/MM/DD
  const auto dated = relative.substr(kDated.size());
  return std::ranges::count(dated, '/') <= 2 &&
         dated.find_first_not_of("0123456789/") == std::string_view::npos;
}

}  // namespace vigil::parser
