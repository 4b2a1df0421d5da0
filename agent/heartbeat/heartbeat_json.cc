#include "agent/heartbeat/heartbeat_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(parser::kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kListMax = 64;  // entries of `flags` and `dependencies`
constexpr std::array<std::string_view, 4> kEntityTypes{"file", "app", "domain", "url"};

// ---------------------------------------------------------------- writing

/// Appends members of one object, commas between them.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    begin(name);
    append_text(value);
  }

  void number(std::string_view name, std::int64_t value) {
    begin(name);
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out_.append(digits.data(), end.ptr);
  }

  void number(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) number(name, *value);
  }

  void fraction(std::string_view name, const std::optional<double>& value) {
    if (!value) return;
    begin(name);
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *value);
    out_.append(digits.data(), end.ptr);
  }

  void truth(std::string_view name, const std::optional<bool>& value) {
    if (!value) return;
    begin(name);
    out_ += *value ? "true" : "false";
  }

  void list(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    begin(name);
    char separator = '[';
    for (const auto& value : values) {
      out_ += separator;
      append_text(value);
      separator = ',';
    }
    out_ += ']';
  }

  void begin(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }

  void end() { out_ += '}'; }

 private:
  void append_text(std::string_view value) {
    out_ += '"';
    if (simdjson::validate_utf8(value.data(), value.size())) {
      append_escaped(value);
    } else {
      append_escaped(valid_utf8(value));
    }
    out_ += '"';
  }

  void append_escaped(std::string_view value) {
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && c != '"' && c != '\\') {
        out_ += c;
      } else {
        append_escape(c);
      }
    }
  }

  void append_escape(char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\t': out_ += "\\t"; break;
      case '\r': out_ += "\\r"; break;
      default:
        out_ += "\\u00";
        out_ += kHex[byte >> 4];
        out_ += kHex[byte & 15];
    }
  }

  /// Every byte that begins no valid sequence becomes U+FFFD.
  static std::string valid_utf8(std::string_view value) {
    std::string out;
    while (!value.empty()) {
      const std::size_t length = sequence_length(value);
      if (length == 0) {
        out += "\xEF\xBF\xBD";
        value.remove_prefix(1);
      } else {
        out.append(value.substr(0, length));
        value.remove_prefix(length);
      }
    }
    return out;
  }

  static std::size_t sequence_length(std::string_view value) {
    const auto lead = static_cast<unsigned char>(value.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length > value.size()) return 0;
    return simdjson::validate_utf8(value.substr(0, length)) ? length : 0;
  }

  std::string& out_;
  bool first_ = true;
};

void append_tokens(const Tokens& tokens, ObjectWriter& to, std::string& out) {
  to.begin("tokens");
  ObjectWriter inner(out);
  inner.number("input", tokens.input);
  inner.number("cache_read", tokens.cache_read);
  inner.number("cache_write", tokens.cache_write);
  inner.number("output", tokens.output);
  if (tokens.reasoning != 0) inner.number("reasoning", tokens.reasoning);
  inner.end();
}

// ---------------------------------------------------------------- reading

enum class Field : std::uint8_t {
  action,
  actor,
  app,
  app_version,
  branch,
  category,
  confidence,
  cursorpos,
  dependencies,
  entity,
  entity_type,
  flags,
  id,
  is_write,
  language,
  lineno,
  lines,
  lines_added,
  lines_removed,
  machine,
  model,
  ok,
  os,
  parent_session,
  project,
  project_root_count,
  prompt_length,
  rev,
  same_as,
  session,
  time,
  timezone,
  tokens,
  tool,
  tool_class,
  user_agent,
};

constexpr std::array<std::string_view, 36> kFieldNames{"action",
                                                       "actor",
                                                       "app",
                                                       "app_version",
                                                       "branch",
                                                       "category",
                                                       "confidence",
                                                       "cursorpos",
                                                       "dependencies",
                                                       "entity",
                                                       "entity_type",
                                                       "flags",
                                                       "id",
                                                       "is_write",
                                                       "language",
                                                       "lineno",
                                                       "lines",
                                                       "lines_added",
                                                       "lines_removed",
                                                       "machine",
                                                       "model",
                                                       "ok",
                                                       "os",
                                                       "parent_session",
                                                       "project",
                                                       "project_root_count",
                                                       "prompt_length",
                                                       "rev",
                                                       "same_as",
                                                       "session",
                                                       "time",
                                                       "timezone",
                                                       "tokens",
                                                       "tool",
                                                       "tool_class",
                                                       "user_agent"};
static_assert(std::ranges::is_sorted(kFieldNames));

std::optional<Field> field_named(std::string_view name) {
  const auto found = std::ranges::lower_bound(kFieldNames, name);
  if (found == kFieldNames.end() || *found != name) return std::nullopt;
  return static_cast<Field>(found - kFieldNames.begin());
}

/// Takes one value into the type that its field has. Each returns false where it does not fit.
bool take(ondemand::value value, std::string& to) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS || text.size() > kFieldMax) return false;
  to = text;
  return true;
}

bool take(ondemand::value value, bool& to) {
  return value.get_bool().get(to) == simdjson::SUCCESS;
}

bool take(ondemand::value value, std::int64_t& to) {
  return value.get_int64().get(to) == simdjson::SUCCESS && to >= 0;
}

bool take(ondemand::value value, std::optional<bool>& to) {
  return take(value, to.emplace());
}

bool take(ondemand::value value, std::optional<std::int64_t>& to) {
  return take(value, to.emplace());
}

bool take(ondemand::value value, std::optional<double>& to) {
  return value.get_double().get(to.emplace()) == simdjson::SUCCESS && *to >= 0 && *to <= 1;
}

bool take(ondemand::value value, std::uint32_t& to) {
  std::uint64_t wide = 0;
  if (value.get_uint64().get(wide) != simdjson::SUCCESS || wide > UINT32_MAX) return false;
  to = static_cast<std::uint32_t>(wide);
  return true;
}

bool take(ondemand::value value, WallTime& to) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  const auto time = parse_rfc3339(text);
  if (time) to = *time;
  return time.has_value();
}

bool take(ondemand::value value, EventId& to) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS || !to_event_key(text)) return false;
  to = EventId(std::string(text));
  return true;
}

bool take(ondemand::value value, std::vector<std::string>& to) {
  ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return false;
  for (auto element : list) {
    ondemand::value item;
    if (element.get(item) != simdjson::SUCCESS || to.size() == kListMax) return false;
    if (!take(item, to.emplace_back())) return false;
  }
  return true;
}

bool take(ondemand::value value, std::optional<Tokens>& to) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  Tokens& tokens = to.emplace();
  const std::array<std::pair<std::string_view, std::int64_t*>, 5> members{
      {{"input", &tokens.input},
       {"cache_read", &tokens.cache_read},
       {"cache_write", &tokens.cache_write},
       {"output", &tokens.output},
       {"reasoning", &tokens.reasoning}}};
  for (auto field : object) {
    std::string_view name;
    ondemand::value count;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    if (field.value().get(count) != simdjson::SUCCESS) return false;
    const auto known = std::ranges::find(members, name, &decltype(members)::value_type::first);
    if (known != members.end() && !take(count, *known->second)) return false;
  }
  return true;
}

template <class Enum>
bool take_name(ondemand::value value, std::optional<Enum> (*named)(std::string_view), Enum& to) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  const auto found = named(text);
  if (found) to = *found;
  return found.has_value();
}

std::optional<EntityType> entity_type_named(std::string_view name) {
  const auto found = std::ranges::find(kEntityTypes, name);
  if (found == kEntityTypes.end()) return std::nullopt;
  return static_cast<EntityType>(found - kEntityTypes.begin());
}

bool take_field(Field field, ondemand::value value, Heartbeat& to) {
  switch (field) {
    case Field::action: return take_name(value, &parser::action_named, to.action);
    case Field::actor: return take_name(value, &parser::actor_named, to.actor);
    case Field::app: return take(value, to.app);
    case Field::app_version: return take(value, to.app_version);
    case Field::branch: return take(value, to.branch);
    case Field::category: return take(value, to.category);
    case Field::confidence: return take(value, to.confidence);
    case Field::cursorpos: return take(value, to.cursorpos);
    case Field::dependencies: return take(value, to.dependencies);
    case Field::entity: return take(value, to.entity);
    case Field::entity_type: return take_name(value, &entity_type_named, to.entity_type);
    case Field::flags: return take(value, to.flags);
    case Field::id: return take(value, to.id);
    case Field::is_write: return take(value, to.is_write);
    case Field::language: return take(value, to.language);
    case Field::lineno: return take(value, to.lineno);
    case Field::lines: return take(value, to.lines);
    case Field::lines_added: return take(value, to.lines_added);
    case Field::lines_removed: return take(value, to.lines_removed);
    case Field::machine: return take(value, to.machine);
    case Field::model: return take(value, to.model);
    case Field::ok: return take(value, to.ok);
    case Field::os: return take(value, to.os);
    case Field::parent_session: return take(value, to.parent_session);
    case Field::project: return take(value, to.project);
    case Field::project_root_count: return take(value, to.project_root_count);
    case Field::prompt_length: return take(value, to.prompt_length);
    case Field::rev: return take(value, to.rev);
    case Field::same_as: return take(value, to.same_as);
    case Field::session: return take(value, to.session);
    case Field::time: return take(value, to.time);
    case Field::timezone: return take(value, to.timezone);
    case Field::tokens: return take(value, to.tokens);
    case Field::tool: return take(value, to.tool);
    case Field::tool_class: return take_name(value, &parser::tool_class_named, to.tool_class);
    case Field::user_agent: return take(value, to.user_agent);
  }
  return false;
}

constexpr std::array kRequired{Field::id, Field::time, Field::actor, Field::action};

std::string_view name_of(Field field) {
  return kFieldNames.at(static_cast<std::size_t>(field));
}

Result<Heartbeat> read_object(ondemand::object object) {
  Heartbeat heartbeat;
  std::uint64_t seen = 0;
  for (auto member : object) {
    std::string_view name;
    ondemand::value value;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS ||
        member.value().get(value) != simdjson::SUCCESS) {
      return fail(Errc::malformed, "not a JSON object");
    }
    const auto field = field_named(name);
    if (!field) continue;
    if (!take_field(*field, value, heartbeat)) {
      return fail(Errc::malformed, "bad value in field " + std::string(name_of(*field)));
    }
    seen |= std::uint64_t{1} << static_cast<unsigned>(*field);
  }
  for (const Field field : kRequired) {
    if ((seen >> static_cast<unsigned>(field) & 1) == 0) {
      return fail(Errc::malformed, "field " + std::string(name_of(field)) + " is missing");
    }
  }
  return heartbeat;
}

}  // namespace

void append_json(const Heartbeat& heartbeat, std::string& out) {
  ObjectWriter to(out);
  to.text("id", heartbeat.id.text());
  if (heartbeat.rev != 0) to.number("rev", heartbeat.rev);
  to.text("time", format_rfc3339(heartbeat.time));
  to.text("actor", parser::name_of(heartbeat.actor));
  to.text("action", parser::name_of(heartbeat.action));
  to.text("entity", heartbeat.entity);
  to.text("entity_type", kEntityTypes.at(static_cast<std::size_t>(heartbeat.entity_type)));
  to.text("category", heartbeat.category);
  to.text("project", heartbeat.project);
  to.text("branch", heartbeat.branch);
  to.text("language", heartbeat.language);
  if (heartbeat.is_write) to.truth("is_write", true);
  to.number("lines", heartbeat.lines);
  to.number("lineno", heartbeat.lineno);
  to.number("cursorpos", heartbeat.cursorpos);
  to.number("lines_added", heartbeat.lines_added);
  to.number("lines_removed", heartbeat.lines_removed);
  to.text("app", heartbeat.app);
  to.text("app_version", heartbeat.app_version);
  to.text("session", heartbeat.session);
  to.text("parent_session", heartbeat.parent_session);
  to.text("model", heartbeat.model);
  if (heartbeat.tokens) append_tokens(*heartbeat.tokens, to, out);
  to.text("tool", heartbeat.tool);
  if (heartbeat.tool_class != ToolClass::none) {
    to.text("tool_class", parser::name_of(heartbeat.tool_class));
  }
  to.truth("ok", heartbeat.ok);
  to.text("machine", heartbeat.machine);
  to.text("os", heartbeat.os);
  to.text("timezone", heartbeat.timezone);
  to.number("prompt_length", heartbeat.prompt_length);
  to.fraction("confidence", heartbeat.confidence);
  to.list("flags", heartbeat.flags);
  to.text("same_as", heartbeat.same_as);
  to.list("dependencies", heartbeat.dependencies);
  to.text("user_agent", heartbeat.user_agent);
  to.number("project_root_count", heartbeat.project_root_count);
  to.end();
}

std::string to_json(const Heartbeat& heartbeat) {
  std::string out;
  append_json(heartbeat, out);
  return out;
}

struct HeartbeatReader::Scanner {
  ondemand::parser parser;
  std::string padded;
};

HeartbeatReader::HeartbeatReader() : scanner_(std::make_unique<Scanner>()) {}
HeartbeatReader::~HeartbeatReader() = default;

Result<Heartbeat> HeartbeatReader::read(std::string_view object) {
  scanner_->padded.assign(object);
  scanner_->padded.append(parser::kLinePadding, ' ');
  return read_padded(std::string_view(scanner_->padded).substr(0, object.size()));
}

Result<Heartbeat> HeartbeatReader::read_padded(std::string_view object) {
  ondemand::document document;
  ondemand::object fields;
  const simdjson::padded_string_view view(object.data(), object.size(),
                                          object.size() + parser::kLinePadding);
  if (scanner_->parser.iterate(view).get(document) != simdjson::SUCCESS ||
      document.get_object().get(fields) != simdjson::SUCCESS) {
    return fail(Errc::malformed, "not a JSON object");
  }
  return read_object(fields);
}

}  // namespace vigil::agent
