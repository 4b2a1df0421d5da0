#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "parser/activity.h"
#include "parser/codex_calls.h"
#include "parser/codex_record.h"

namespace vigil::parser {

/// A response whose tokens were told last.
struct LastReply {
  std::string key;
  WallTime time{};
  Tokens tokens;
  bool lacks_model = false;  ///< it ran before the file said with what
};

/// The prompt told last, by which its echo in another kind of line is recognised.
struct LastPrompt {
  WallTime time{};
  std::int64_t length = -1;  ///< code points; none yet: -1
  bool has_id = false;
};

/// All that the lines of a rollout leave behind for later ones: the state that is saved.
struct CodexSession {
  std::string id;
  std::string parent;
  std::string cwd;
  std::string branch;
  std::string version;
  std::string model;
  WallTime line_time{};  ///< of the line that began the session
  WallTime now{};        ///< of the last line; lines of the oldest files have none of their own
  bool is_sub_agent = false;
  bool is_copying = false;      ///< inside a history copied from the parent
  bool inherits_total = false;  ///< totals go on from a parent's, which is not known yet
  bool has_token_records = false;
  std::optional<CodexUsage> total;
  LastReply reply;
  LastPrompt prompt;
  OpenCalls calls;

  [[nodiscard]] std::string save() const;

  /// Nothing where `state` is of another version, or cut.
  [[nodiscard]] static std::optional<CodexSession> restored(std::string_view state);
};

}  // namespace vigil::parser
