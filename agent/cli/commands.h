#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/config/load_config.h"

namespace vigil::agent {

// What can be asked of the program, one type per command. Filled by parse_command_line.

struct InitCommand {
  std::string source;    ///< empty: made from the host's name
  std::string endpoint;  ///< empty: the embedded hub
  bool force = false;
  bool yes = false;
};

struct RunCommand {
  bool once = false;
  bool no_hub = false;
};

struct ServeCommand {};

struct StatusCommand {
  bool check = false;
};

struct DoctorCommand {};

struct QueueCommand {
  enum class Do : std::uint8_t { status, list, flush, retry, export_rows };
  Do action = Do::status;
  std::string out;         ///< of export; empty or `-`: standard output
  std::size_t limit = 50;  ///< of list
};

struct KeysCommand {
  enum class Do : std::uint8_t { show, print_public, export_key, import_key, rotate };
  Do action = Do::show;
  std::string file;    ///< of export and import; `-`: standard streams
  bool force = false;  ///< import in place of a key that is there
  bool drop = false;   ///< rotate: end the overlap, forget the old key
};

struct HubCommand {
  enum class Do : std::uint8_t {
    sources,
    allow,
    revoke,
    token_new,
    token_list,
    token_revoke,
    allow_unsigned,
    refuse_unsigned,
  };
  Do action = Do::sources;
  std::string subject;  ///< registry line, source, token's name or id, or a program
  bool write = false;   ///< of token_new: it may correct what is stored
};

/// What is stored and should count otherwise.
struct CorrectCommand {
  enum class Do : std::uint8_t { list, rename, hide, ignore, assign, undo };
  Do action = Do::list;
  std::string project;  ///< of assign: empty for any
  std::string to;
  std::string from;     ///< of assign: `2026-09-01 14:00` in the zone of days, or RFC 3339
  std::string until;    ///< likewise
  std::int64_t id = 0;  ///< of undo
};

struct SourcesCommand {};

struct OpenCommand {
  bool print = false;  ///< only say the link
};

/// The names of `agent heartbeat`'s flags follow the command line tools that editor plugins
/// already call.
struct HeartbeatCommand {
  std::string entity;
  std::string entity_type = "file";
  std::string time;  ///< RFC 3339, or seconds since 1970 with a fraction; empty: now
  std::string category;
  std::string project;
  std::string alternate_project;
  std::string language;
  std::string alternate_language;
  std::string branch;
  std::string plugin;  ///< `editor/1.2 plugin/3.4`
  std::optional<std::int64_t> lineno;
  std::optional<std::int64_t> cursorpos;
  std::optional<std::int64_t> lines;
  bool write = false;
  bool from_stdin = false;
  std::vector<std::string> unknown_flags;  ///< passed over, so that newer plugins go on working
};

/// The days that statistics and exports are about, as typed.
struct DaysAsked {
  std::string range;
  std::string from;
  std::string to;
};

struct StatsCommand {
  DaysAsked days;
  std::string by;                  ///< dimensions, separated by commas
  std::vector<std::string> where;  ///< `project=vigil`
  std::string compare;             ///< `previous`, or empty
  std::string preset;              ///< empty: Vigil's own
  std::string timeout;             ///< `10min`; empty: the preset's
  bool explain = false;            ///< intervals and heartbeats behind the total
  bool summary = false;            ///< `agent today`, `week`, `month`
};

struct TimelineCommand {
  std::string day = "today";
  std::string by = "project";
};

struct SessionsCommand {
  DaysAsked days;
  std::vector<std::string> where;
  std::size_t limit = 20;
};

struct TailCommand {
  std::size_t lines = 10;
  bool once = false;  ///< do not wait for more
};

struct StatuslineCommand {};

struct DatabaseCommand {
  enum class Do : std::uint8_t { check, stats, rebuild, vacuum };
  Do action = Do::stats;
};

struct ExportCommand {
  DaysAsked days;
  std::string format = "ndjson";
  std::string out;  ///< empty or `-`: standard output
};

struct CardCommand {
  DaysAsked days;
  std::string format;  ///< png or svg
  std::string form;    ///< a template's name; empty: the usual one
  std::string theme;
  std::string title;
  std::string redact;
  std::vector<std::string> where;  ///< `project=vigil`
  std::int64_t scale = 1;
  std::string out;  ///< empty or `-`: standard output
};

struct ProjectCommand {
  enum class Do : std::uint8_t { list, show, add, remove, alias, hide, unhide };
  Do action = Do::list;
  std::string subject;  ///< a folder or a project's name
  std::string name;     ///< of alias: the new one
};

struct PrivacyCommand {
  enum class Do : std::uint8_t { show, preview, forget };
  Do action = Do::show;
  std::string file;                ///< of preview
  std::vector<std::string> where;  ///< of forget: `project=vigil`
  std::string before;              ///< of forget: a day; empty: all
  bool yes = false;                ///< of forget: not only say how many
};

struct PauseCommand {
  bool ends = false;     ///< `agent resume`
  std::string duration;  ///< empty: until resumed
};

struct ConfigCommand {
  enum class Do : std::uint8_t { path, get, set, validate };
  Do action = Do::path;
  std::string key;
  std::string value;
};

using Command =
    std::variant<InitCommand, RunCommand, ServeCommand, StatusCommand, DoctorCommand, QueueCommand,
                 KeysCommand, HubCommand, SourcesCommand, OpenCommand, HeartbeatCommand,
                 StatsCommand, TimelineCommand, SessionsCommand, TailCommand, StatuslineCommand,
                 DatabaseCommand, ExportCommand, ProjectCommand, PrivacyCommand, PauseCommand,
                 ConfigCommand, CorrectCommand, CardCommand>;

/// How a command writes what it has to say.
enum class OutputForm : std::uint8_t { human, json };

/// One command line, read.
struct Invocation {
  Command command;
  OutputForm form = OutputForm::human;
  std::string config_file;            ///< `--config`
  std::vector<FlagSetting> settings;  ///< flags that are settings: `--listen`, `--log-level`, ...
};

}  // namespace vigil::agent
