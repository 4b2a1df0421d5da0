#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

/// What session logs are turned into: values of an allow-list of types. There is deliberately no
/// field that could hold a prompt, code, a command, tool output, a title or an error text.
namespace vigil::parser {

enum class Actor : std::uint8_t { human, agent, unknown };

enum class Action : std::uint8_t {
  open,
  edit,
  save,
  read,
  write,
  erase,  ///< spelled `delete` outside
  prompt,
  reply,
  tool,
  session_start,
  session_end,
  error,
};

/// A fixed list: names of tools outside it are private (MCP servers, user-defined tools).
enum class ToolClass : std::uint8_t {
  none,
  read,
  write,
  shell,
  search,
  web,
  agent,
  plan,
  mcp,
  other
};

/// Model tokens of one reply. `input` never includes cache; `reasoning` is part of `output`.
struct Tokens {
  std::int64_t input = 0;
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;

  friend bool operator==(const Tokens&, const Tokens&) = default;
};

/// Which record an activity is, in the terms of its format: what identity is made from.
/// `kind` keeps identities of different kinds apart; `key` is an id that the log itself carries
/// (message id, call id, uuid, session id) or `session id + sha256 of the line` in hex.
/// `first_time` is the time, as written in the log, of the first line in the file that names the
/// event, before any clamping.
enum class IdentityKind : std::uint8_t {
  reply,
  call,
  prompt,
  session_start,
  session_end,
  error,
  save,   ///< path, mtime in ns, size and inode
  trace,  ///< an editor's trace: path, what it did, which editor
};

struct Identity {
  IdentityKind kind = IdentityKind::reply;
  std::string key;
  WallTime first_time{};
};

/// One thing that somebody did, as one record (or one more line of it) tells it.
///
/// A later line of the same event in the same file comes as a new Activity with the same identity
/// and a higher `revision`; it is complete in itself and replaces the earlier one.
struct Activity {
  Identity identity;
  std::uint32_t revision = 0;  ///< n for the n-th line of this event in its file, from 0
  WallTime time{};             ///< the event's own time
  Actor actor = Actor::unknown;
  Action action = Action::tool;

  std::string path;     ///< absolute path of the file touched; empty where there is none
  std::string cwd;      ///< absolute directory the record was made in
  std::string branch;   ///< as the record says
  std::string session;  ///< the session's id as logged; leaves the program only as a keyed hash
  std::string parent_session;
  std::string app_version;
  std::string model;
  std::string tool;  ///< a name from the fixed list, `mcp`, or `other`; empty where not a tool

  ToolClass tool_class = ToolClass::none;
  bool is_write = false;
  std::optional<bool> ok;  ///< how the call ended; absent while it is open
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_removed;
  std::optional<std::int64_t> prompt_length;  ///< code points
  std::optional<Tokens> tokens;
};

/// The spelling outside the program: `delete`, `session_start`, `human`, `shell`, ...
[[nodiscard]] std::string_view name_of(Actor actor);
[[nodiscard]] std::string_view name_of(Action action);
[[nodiscard]] std::string_view name_of(ToolClass tool_class);
[[nodiscard]] std::optional<Actor> actor_named(std::string_view name);
[[nodiscard]] std::optional<Action> action_named(std::string_view name);
[[nodiscard]] std::optional<ToolClass> tool_class_named(std::string_view name);

}  // namespace vigil::parser
