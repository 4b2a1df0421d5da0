#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "parser/activity.h"
#include "parser/escaped_text.h"
#include "parser/saved_state.h"

/// What the reader of a Claude Code log must remember from line to line. Everything is bounded, the
/// oldest is forgotten first, and all of it together fits into a saved state.
namespace vigil::parser {

/// Longer ids, models and tool names than this are not those of Claude Code.
inline constexpr std::size_t kClaudeNameMax = 128;

/// A tool call whose result has not been read yet.
struct PendingCall {
  std::string id;
  WallTime time{};
  std::string tool;  ///< as in the fixed list
  std::string path;
  std::string model;
  std::string session;
  std::optional<ChangedLines> change;    ///< by its input, for results that tell no lines
  std::optional<std::int64_t> creation;  ///< lines, should the result be a new file

  [[nodiscard]] std::size_t size() const {
    return id.size() + tool.size() + path.size() + model.size() + session.size();
  }
};

/// Calls in the order in which they were made.
class PendingCalls {
 public:
  static constexpr std::size_t kCountMax = 128;
  static constexpr std::size_t kTextMax = std::size_t{24} * 1024;  ///< bytes of all texts in it

  /// Takes the place of a call with the same id.
  void add(PendingCall call);

  /// The call, which is then forgotten; nothing where none with that id is open.
  [[nodiscard]] std::optional<PendingCall> take(std::string_view id);

  [[nodiscard]] bool contains(std::string_view id) const;
  [[nodiscard]] std::size_t count() const { return calls_.size(); }

  void save(StateWriter& out) const;
  void restore(StateReader& in);

 private:
  void forget(std::size_t index);

  std::vector<PendingCall> calls_;
  std::size_t text_ = 0;
};

/// A message of the model that may still get more lines.
struct RecentReply {
  std::string key;
  WallTime first_time{};
  std::uint32_t lines = 0;  ///< seen so far
  Tokens tokens;            ///< of the line with the greatest output
};

class RecentReplies {
 public:
  static constexpr std::size_t kCountMax = 64;

  /// The message, made new where it is not known. Valid until the next call.
  [[nodiscard]] RecentReply& find_or_add(std::string_view key, WallTime time);

  [[nodiscard]] std::size_t count() const { return replies_.size(); }

  void save(StateWriter& out) const;
  void restore(StateReader& in);

 private:
  std::vector<RecentReply> replies_;  ///< a ring once it is full
  std::size_t oldest_ = 0;
  std::size_t latest_ = 0;  ///< found or added last: mostly asked for again
};

}  // namespace vigil::parser
