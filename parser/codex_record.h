#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "parser/codex_patch.h"

/// One line of a rollout as typed values, without any meaning across lines. Strings of content are
/// measured where they lie and never copied out.
namespace vigil::parser {

enum class CodexKind : std::uint8_t {
  malformed,     ///< no record: torn, binary
  ignored,       ///< a record that tells nothing here, or of an unknown type
  session,       ///< `session_meta`; in the oldest files the bare first line
  turn_context,  ///< model and directory from here on
  turn_started,
  turn_failed,  ///< a turn that was aborted or ended with an error
  takeover,     ///< a sub-agent was handed its task: what stood before is its parent's history
  prompt,
  reply,         ///< the model's text, in the oldest files, which count no tokens
  model_output,  ///< the model's text or thinking where tokens are counted elsewhere
  token_record,  ///< tokens of one response, with its id
  token_total,   ///< running totals of the session
  compaction,
  call,         ///< the model calls a tool
  output,       ///< what the tool answered
  command,      ///< a shell command has ended
  file_change,  ///< an edit has ended
  call_ended,   ///< another tool has ended
};

/// Counters as logged: `input` includes `cached` and `cache_write`, `output` includes `reasoning`.
struct CodexUsage {
  std::int64_t input = 0;
  std::int64_t cached = 0;
  std::int64_t cache_write = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;

  friend bool operator==(const CodexUsage&, const CodexUsage&) = default;
};

/// Which fields are set depends on `kind`. Views live until the next read.
struct CodexRecord {
  CodexKind kind = CodexKind::malformed;
  bool is_bare = false;  ///< of before September 2025: no envelope, no time but the session's
  bool is_sub_agent = false;
  bool is_paginated = false;  ///< session: nothing of a parent's history is copied
  bool is_by_person = false;  ///< command: typed at the prompt, behind a `!`
  bool is_wrapper = false;    ///< a user message that no person typed
  std::optional<bool> ok;     ///< how a call ended; absent while it has not, or does not say
  std::optional<WallTime> time;

  std::string_view id;  ///< of session, response, call or item
  std::string_view turn_id;
  std::string_view parent;  ///< session: the thread that spawned this one or that it forks
  std::string_view base;    ///< session: the thread whose file holds the history before this

  std::string cwd;  ///< absolute; empty where not told
  std::string_view branch;
  std::string_view version;
  std::string_view model;
  std::optional<WallTime> started;  ///< session: when it began

  std::string_view tool;           ///< the name the model called
  std::string_view tool_space;     ///< its namespace; `mcp__x` for tools of an MCP server
  std::vector<PatchedFile> files;  ///< paths absolute
  std::vector<std::string> reads;  ///< files that were read, absolute

  std::optional<CodexUsage> usage;  ///< of one response
  std::optional<CodexUsage> total;  ///< of the session so far

  std::int64_t prompt_length = 0;  ///< code points
};

/// Which lines are worth reading whole. A compaction repeats the history (most of the bytes of some
/// files) and tells one thing, that only a forked session needs.
enum class Compactions : std::uint8_t { skip, read };

/// Not thread-safe. Keeps its buffers from line to line.
class CodexRecordReader {
 public:
  CodexRecordReader();
  CodexRecordReader(const CodexRecordReader&) = delete;
  CodexRecordReader& operator=(const CodexRecordReader&) = delete;
  ~CodexRecordReader();

  /// `line` has kLinePadding readable bytes behind it. `cwd` is where relative paths start.
  [[nodiscard]] const CodexRecord& read(std::string_view line, std::string_view cwd,
                                        Compactions compactions);

  /// Gives back the room that texts with escapes took. Ends the life of all views.
  void shed();

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace vigil::parser
