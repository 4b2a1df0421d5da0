// A session is one main file and one file for each sub-agent. Records are copied to other files
// when a session is resumed or forked, with their ids and times: whatever is derived here depends
// on records of this file alone and takes identity from those, so that copies give equal events.

#include "parser/claude_parser.h"

#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/file_system.h"
#include "parser/claude_memory.h"
#include "parser/claude_record.h"
#include "parser/claude_text.h"
#include "parser/claude_tools.h"
#include "parser/record_seams.h"

namespace vigil::parser {
namespace {

constexpr std::uint64_t kStateVersion = 0x4356'0001;

constexpr std::size_t kPathMax = 4096;
constexpr std::size_t kBranchMax = 255;

/// Message ids of this length are unique in the world; shorter ones come from proxies that count.
constexpr std::size_t kUniqueIdMin = 16;

/// On a line that is no record, so many places where one might begin are tried.
constexpr int kResyncMax = 64;

constexpr std::string_view kSyntheticModel = "<synthetic>";

/// Empty where the text is too long to be what it should be.
std::string_view at_most(std::size_t size, std::string_view text) {
  return text.size() <= size ? text : std::string_view{};
}

std::string_view stem_of(std::string_view path) {
  const auto name = file_name(path);
  return name.substr(0, name.find('.'));
}

/// The id in the name of a sub-agent's file; empty for other files.
std::string_view agent_in(std::string_view stem) {
  constexpr std::string_view kPrefix = "agent-";
  return stem.starts_with(kPrefix) ? stem.substr(kPrefix.size()) : std::string_view{};
}

std::string absolute_path(std::string_view path, std::string_view cwd) {
  if (path.empty() || path.size() > kPathMax) return {};
  if (path.starts_with('/')) return normal_path(path);
  if (!cwd.starts_with('/')) return {};
  return normal_path(join_path(cwd, path));
}

class ClaudeParser final : public LogParser {
 public:
  explicit ClaudeParser(std::string_view path) : stem_(stem_of(path)) {}

  [[nodiscard]] std::span<const Activity> parse_line(std::string_view line) override;
  [[nodiscard]] const LineCounts& counts() const override { return counts_; }
  [[nodiscard]] std::string save() const override;
  [[nodiscard]] bool restore(std::string_view state) override;

 private:
  void derive(const ClaudeRecord& record);
  void derive_start(const ClaudeRecord& record);
  void derive_user(const ClaudeRecord& record);
  void derive_prompt(const ClaudeRecord& record);
  void derive_reply(const ClaudeRecord& record);
  void derive_call(const ClaudeRecord& record, const ClaudeCall& call);
  void derive_result(const ClaudeRecord& record, const ClaudeResult& result);
  void derive_error(const ClaudeRecord& record);
  void settle_lines(Activity& activity, const PendingCall& call, const ClaudeRecord& record,
                    const ClaudeResult& result) const;

  [[nodiscard]] Activity& add(const ClaudeRecord& record, IdentityKind kind, Action action);
  void set_session(Activity& activity, const ClaudeRecord& record) const;
  [[nodiscard]] bool is_sub_agent(const ClaudeRecord& record) const;

  const std::string stem_;
  ClaudeRecordReader reader_;
  std::vector<Activity> activities_;  ///< kept for their buffers; the first used_ are of this line
  std::size_t used_ = 0;
  std::string key_;
  LineCounts counts_;

  bool has_started_ = false;
  PendingCalls calls_;
  RecentReplies replies_;
};

std::span<const Activity> ClaudeParser::parse_line(std::string_view line) {
  used_ = 0;
  bool is_malformed = false;
  auto rest = line;
  for (int tries = 0; !is_blank(rest) && tries <= kResyncMax; ++tries) {
    const auto& record = reader_.read(rest);
    if (record.kind == ClaudeKind::malformed) {
      is_malformed = true;
      rest = next_start(rest);
      continue;
    }
    derive(record);
    rest.remove_prefix(record.bytes.size());
  }
  reader_.shed();
  auto& count = used_ > 0 ? counts_.derived : is_malformed ? counts_.malformed : counts_.ignored;
  ++count;
  return std::span(activities_).first(used_);
}

void ClaudeParser::derive(const ClaudeRecord& record) {
  if (record.kind == ClaudeKind::ignored) return;
  derive_start(record);
  switch (record.kind) {
    case ClaudeKind::user: derive_user(record); break;
    case ClaudeKind::assistant: derive_reply(record); break;
    case ClaudeKind::api_error: derive_error(record); break;
    case ClaudeKind::queued_prompt: derive_prompt(record); break;
    default: break;
  }
}

/// Only the file that is named after a session tells its start: others repeat parts of it.
void ClaudeParser::derive_start(const ClaudeRecord& record) {
  if (has_started_ || record.session != stem_) return;
  has_started_ = true;
  auto& start = add(record, IdentityKind::session_start, Action::session_start);
  start.identity.key.assign(record.session);
}

void ClaudeParser::derive_user(const ClaudeRecord& record) {
  for (const auto& result : record.results) derive_result(record, result);
  if (record.results.empty()) derive_prompt(record);
}

void ClaudeParser::derive_prompt(const ClaudeRecord& record) {
  if (record.is_sidechain || record.is_from_harness) return;
  std::int64_t length = 0;
  bool is_typed = record.has_image;
  for (const auto text : record.texts) {
    const auto origin = classify_claude_text(text);
    if (origin == ClaudeText::interruption) return derive_error(record);
    if (origin != ClaudeText::typed) continue;
    is_typed = true;
    length += count_escaped_code_points(text);
  }
  if (!is_typed) return;
  auto& prompt = add(record, IdentityKind::prompt, Action::prompt);
  prompt.actor = Actor::human;
  prompt.prompt_length = length;
}

void ClaudeParser::derive_error(const ClaudeRecord& record) {
  add(record, IdentityKind::error, Action::error).actor = Actor::agent;
}

void ClaudeParser::derive_reply(const ClaudeRecord& record) {
  if (record.is_api_error) return derive_error(record);
  if (record.model == kSyntheticModel) return;
  key_.assign(at_most(kClaudeNameMax, record.message_id));
  if (key_.size() < kUniqueIdMin) {
    key_.append("+").append(at_most(kClaudeNameMax, record.request_id));
  }
  const bool is_identified = key_.size() > 1;
  if (is_identified) {
    auto& reply = replies_.find_or_add(key_, record.time);
    const auto revision = reply.lines++;
    const auto before = reply.tokens;
    if (record.usage && record.usage->output >= before.output) reply.tokens = *record.usage;
    // A line that is only a call tells nothing new of the reply, and the call itself tells when.
    if (revision == 0 || reply.tokens != before || (record.has_words && record.calls.empty())) {
      auto& activity = add(record, IdentityKind::reply, Action::reply);
      activity.identity.key.assign(key_);
      activity.identity.first_time = reply.first_time;
      activity.revision = revision;
      activity.model.assign(at_most(kClaudeNameMax, record.model));
      if (record.usage || reply.tokens != Tokens{}) activity.tokens = reply.tokens;
    }
  }
  for (const auto& call : record.calls) derive_call(record, call);
  for (const auto& result : record.results) derive_result(record, result);
}

void ClaudeParser::derive_call(const ClaudeRecord& record, const ClaudeCall& call) {
  if (call.id.empty() || call.id.size() > kClaudeNameMax) return;
  // Old versions repeat the blocks so far on every line of a message.
  if (call.id.size() >= kUniqueIdMin && calls_.contains(call.id)) return;
  const auto tool = claude_tool(call.name);
  auto& activity = add(record, IdentityKind::call, tool.action);
  activity.identity.key.assign(call.id);
  activity.tool.assign(tool.name);
  activity.tool_class = tool.tool_class;
  activity.model.assign(at_most(kClaudeNameMax, record.model));
  if (tool.action != Action::tool) activity.path = absolute_path(call.path, record.cwd);

  PendingCall open{.id = activity.identity.key,
                   .time = record.time,
                   .tool = activity.tool,
                   .path = activity.path,
                   .model = activity.model,
                   .session = activity.session,
                   .change = {},
                   .creation = {}};
  // Results of sub-agents are logged without their patch.
  if (record.is_sidechain && tool.action == Action::edit && !call.is_everywhere) {
    open.change = compare_escaped_lines(call.old_text, call.new_text);
  }
  if (record.is_sidechain && tool.action == Action::write) {
    open.creation = count_escaped_lines(call.content);
  }
  calls_.add(std::move(open));
}

void ClaudeParser::derive_result(const ClaudeRecord& record, const ClaudeResult& result) {
  const auto call = calls_.take(result.call_id);
  if (!call) return;
  const auto tool = claude_tool(call->tool);
  auto& activity = add(record, IdentityKind::call, tool.action);
  activity.identity.key.assign(call->id);
  activity.identity.first_time = activity.time = call->time;
  activity.revision = 1;
  activity.tool.assign(call->tool);
  activity.tool_class = tool.tool_class;
  activity.model.assign(call->model);
  activity.session.assign(call->session);  // a copied result does not tell where it was made
  activity.path.assign(call->path);
  const bool is_done = !result.is_error && !record.outcome.is_interrupted;
  activity.ok = is_done;
  activity.is_write = is_done && tool.tool_class == ToolClass::write;
  if (activity.is_write) settle_lines(activity, *call, record, result);
}

/// From the patch where there is one; a new file has an empty patch, all its lines are new.
void ClaudeParser::settle_lines(Activity& activity, const PendingCall& call,
                                const ClaudeRecord& record, const ClaudeResult& result) const {
  const auto& outcome = record.outcome;
  std::optional<ChangedLines> lines;
  if (outcome.is_creation) {
    lines = ChangedLines{count_escaped_lines(outcome.content), 0};
  } else if (outcome.has_patch) {
    lines = ChangedLines{outcome.added, outcome.removed};
  } else if (result.is_creation && call.creation) {
    lines = ChangedLines{*call.creation, 0};
  } else {
    lines = call.change;
  }
  if (!lines) return;
  activity.lines_added = lines->added;
  activity.lines_removed = lines->removed;
}

/// An activity with what every record tells. It is the agent's, and identified by the record.
Activity& ClaudeParser::add(const ClaudeRecord& record, IdentityKind kind, Action action) {
  if (used_ == activities_.size()) activities_.emplace_back();
  auto& activity = activities_[used_++];
  activity.identity.kind = kind;
  activity.identity.first_time = activity.time = record.time;
  activity.revision = 0;
  activity.actor = Actor::agent;
  activity.action = action;
  activity.path.clear();
  activity.cwd.assign(at_most(kPathMax, record.cwd));
  activity.branch.assign(at_most(kBranchMax, record.branch));
  activity.app_version.assign(at_most(kClaudeNameMax, record.version));
  activity.model.clear();
  activity.tool.clear();
  activity.tool_class = ToolClass::none;
  activity.is_write = false;
  activity.ok.reset();
  activity.lines_added.reset();
  activity.lines_removed.reset();
  activity.prompt_length.reset();
  activity.tokens.reset();
  set_session(activity, record);
  if (kind == IdentityKind::prompt || kind == IdentityKind::error) {
    activity.identity.key.assign(at_most(kClaudeNameMax, record.uuid));
    if (activity.identity.key.empty()) {
      activity.identity.key = activity.session + to_hex(sha256(record.bytes));
    }
  }
  return activity;
}

bool ClaudeParser::is_sub_agent(const ClaudeRecord& record) const {
  return record.is_sidechain && !(record.agent.empty() && agent_in(stem_).empty());
}

/// A sub-agent's session is its own. A message that was copied belongs to where it was made.
void ClaudeParser::set_session(Activity& activity, const ClaudeRecord& record) const {
  const auto made_in = record.request_session.empty() ? record.session : record.request_session;
  activity.session.assign(at_most(kClaudeNameMax, made_in));
  activity.parent_session.clear();
  if (!is_sub_agent(record)) return;
  activity.parent_session.assign(activity.session);
  activity.session.append("/").append(
      at_most(kClaudeNameMax, record.agent.empty() ? agent_in(stem_) : record.agent));
}

std::string ClaudeParser::save() const {
  StateWriter out;
  out.put(kStateVersion);
  out.put(std::uint64_t{has_started_});
  calls_.save(out);
  replies_.save(out);
  return std::move(out).take();
}

bool ClaudeParser::restore(std::string_view state) {
  StateReader in(state);
  PendingCalls calls;
  RecentReplies replies;
  const bool is_readable = in.number() == kStateVersion;
  const bool has_started = is_readable && in.flag();
  if (is_readable) calls.restore(in);
  if (is_readable) replies.restore(in);
  const bool is_whole = is_readable && in.finished();
  has_started_ = is_whole && has_started;
  calls_ = is_whole ? std::move(calls) : PendingCalls{};
  replies_ = is_whole ? std::move(replies) : RecentReplies{};
  return is_whole;
}

}  // namespace

std::unique_ptr<LogParser> make_claude_parser(std::string_view path) {
  return std::make_unique<ClaudeParser>(path);
}

}  // namespace vigil::parser
