#include "parser/codex_prefix.h"

#include <algorithm>
#include <array>
#include <span>

#include "parser/log_parser.h"

namespace vigil::parser {
namespace {

/// Walks over the head of a line. Every step says whether it found what it expects.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool take(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  /// The rest of a string without escapes, up to its closing quote.
  std::optional<std::string_view> take_string() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"' && rest_[end] != '\\') ++end;
    if (end == rest_.size() || rest_[end] == '\\') return std::nullopt;
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

  void take_digits() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
  }

 private:
  std::string_view rest_;
};

struct Named {
  std::string_view name;
  CodexKind kind;
};

constexpr std::array kEnvelopes{
    Named{"session_meta", CodexKind::session}, Named{"turn_context", CodexKind::turn_context},
    Named{"token_usage_record", CodexKind::token_record}, Named{"compacted", CodexKind::compaction},
    Named{"inter_agent_communication", CodexKind::takeover}};

constexpr std::array kResponses{Named{"function_call_output", CodexKind::output},
                                Named{"function_call", CodexKind::call},
                                Named{"custom_tool_call", CodexKind::call},
                                Named{"custom_tool_call_output", CodexKind::output},
                                Named{"reasoning", CodexKind::model_output},
                                Named{"local_shell_call", CodexKind::call},
                                Named{"web_search_call", CodexKind::call},
                                Named{"tool_search_call", CodexKind::call},
                                Named{"tool_search_output", CodexKind::output}};

constexpr std::array kEvents{Named{"token_count", CodexKind::token_total},
                             Named{"agent_reasoning", CodexKind::model_output},
                             Named{"agent_message", CodexKind::model_output},
                             Named{"user_message", CodexKind::prompt},
                             Named{"task_started", CodexKind::turn_started},
                             Named{"turn_started", CodexKind::turn_started},
                             Named{"task_complete", CodexKind::turn_failed},
                             Named{"turn_complete", CodexKind::turn_failed},
                             Named{"turn_aborted", CodexKind::turn_failed},
                             Named{"error", CodexKind::turn_failed},
                             Named{"patch_apply_end", CodexKind::file_change},
                             Named{"exec_command_end", CodexKind::command},
                             Named{"mcp_tool_call_end", CodexKind::call_ended},
                             Named{"web_search_end", CodexKind::call_ended}};

constexpr std::array kItems{Named{"AgentMessage", CodexKind::model_output},
                            Named{"Reasoning", CodexKind::model_output},
                            Named{"CommandExecution", CodexKind::command},
                            Named{"FileChange", CodexKind::file_change},
                            Named{"UserMessage", CodexKind::prompt},
                            Named{"McpToolCall", CodexKind::call_ended},
                            Named{"CollabAgentToolCall", CodexKind::call_ended},
                            Named{"WebSearch", CodexKind::call_ended}};

CodexKind find(std::span<const Named> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Named::name);
  return found == table.end() ? CodexKind::ignored : found->kind;
}

}  // namespace

std::optional<CodexPrefix> scan_codex_prefix(std::string_view line) {
  CodexPrefix prefix;
  Cursor cursor(line);
  if (!cursor.take(R"({"timestamp":")")) return std::nullopt;
  const auto timestamp = cursor.take_string();
  if (cursor.take(R"(,"ordinal":)")) cursor.take_digits();
  if (!timestamp || !cursor.take(R"(,"type":")")) return std::nullopt;
  const auto type = cursor.take_string();
  if (!type) return std::nullopt;
  prefix.timestamp = *timestamp;
  prefix.type = *type;
  if (!cursor.take(R"(,"payload":{"type":")")) return prefix;
  const auto payload_type = cursor.take_string();
  if (!payload_type) return std::nullopt;
  prefix.payload_type = *payload_type;
  prefix.rest = cursor.rest();
  if (*payload_type != "item_completed") return prefix;
  for (const std::string_view id : {R"(,"thread_id":")", R"(,"turn_id":")"}) {
    if (cursor.take(id) && !cursor.take_string()) return std::nullopt;
  }
  if (!cursor.take(R"(,"item":{"type":")")) return std::nullopt;
  const auto item_type = cursor.take_string();
  if (!item_type) return std::nullopt;
  prefix.item_type = *item_type;
  return prefix;
}

std::optional<CodexOutput> scan_codex_output(const CodexPrefix& prefix) {
  Cursor cursor(prefix.rest);
  if (cursor.take(R"(,"id":")") && !cursor.take_string()) return std::nullopt;
  if (!cursor.take(R"(,"call_id":")")) return std::nullopt;
  const auto call_id = cursor.take_string();
  if (!call_id || !cursor.take(R"(,"output":")")) return std::nullopt;
  auto text = cursor.rest();
  const bool is_last = text.ends_with(R"("}})");
  // An answer that is JSON itself has its outcome at its end, which must be in sight.
  if (!is_last && text.starts_with(R"({\"output\":)")) return std::nullopt;
  if (is_last) text.remove_suffix(3);
  return CodexOutput{*call_id, text};
}

// Most bytes of a log pass here, so whole blocks are compared at once, which compilers turn into
// vector instructions; only a block with a hit is looked at.
bool holds_two_records(std::string_view line) {
  constexpr std::size_t kBlock = 32;
  constexpr std::string_view kSeam = R"(}{"timestamp":")";
  static_assert(kBlock + 2 <= kLinePadding);
  const char* bytes = line.data();
  for (std::size_t at = 0; at < line.size(); at += kBlock) {
    unsigned char hits = 0;
    for (std::size_t i = at; i < at + kBlock; ++i) {
      hits |= static_cast<unsigned char>((bytes[i] == '}') & (bytes[i + 1] == '{') &
                                         (bytes[i + 2] == '"'));
    }
    if (hits != 0 && line.substr(at, kBlock + kSeam.size()).contains(kSeam)) return true;
  }
  return false;
}

CodexKind codex_kind(const CodexPrefix& types) {
  if (types.type == "response_item") return find(kResponses, types.payload_type);
  if (types.type != "event_msg") return find(kEnvelopes, types.type);
  if (types.payload_type == "item_completed") return find(kItems, types.item_type);
  return find(kEvents, types.payload_type);
}

}  // namespace vigil::parser
