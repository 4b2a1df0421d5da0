#include "agent/heartbeat/heartbeat_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(parser::kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kListMax = 64;  // entries of `flags` and `dependencies`

/// Calls `take(name, value)` for each member until it returns false. False then, and where the
/// object is not well-formed.
template <class Take>
bool each_member(ondemand::object object, Take take) {
  for (auto member : object) {
    std::string_view name;
    ondemand::value value;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS ||
        member.value().get(value) != simdjson::SUCCESS || !take(name, value)) {
      return false;
    }
  }
  return true;
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
  return each_member(object, [&](std::string_view name, ondemand::value count) {
    const auto* const known =
        std::ranges::find(members, name, &decltype(members)::value_type::first);
    return known == members.end() || take(count, *known->second);
  });
}

template <class Enum>
bool take_name(ondemand::value value, std::optional<Enum> (*named)(std::string_view), Enum& to) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  const auto found = named(text);
  if (found) to = *found;
  return found.has_value();
}

bool take(ondemand::value value, Action& to) {
  return take_name(value, &parser::action_named, to);
}

bool take(ondemand::value value, Actor& to) {
  return take_name(value, &parser::actor_named, to);
}

bool take(ondemand::value value, ToolClass& to) {
  return take_name(value, &parser::tool_class_named, to);
}

bool take(ondemand::value value, EntityType& to) {
  return take_name(value, &entity_type_named, to);
}

template <auto kMember>
bool take_into(ondemand::value value, Heartbeat& to) {
  return take(value, to.*kMember);
}

enum class Need : std::uint8_t { optional, required };

struct Field {
  std::string_view name;
  bool (*take)(ondemand::value, Heartbeat&);
  Need need = Need::optional;
};

constexpr std::array<Field, 36> kFields{{
    {"action", &take_into<&Heartbeat::action>, Need::required},
    {"actor", &take_into<&Heartbeat::actor>, Need::required},
    {"app", &take_into<&Heartbeat::app>},
    {"app_version", &take_into<&Heartbeat::app_version>},
    {"branch", &take_into<&Heartbeat::branch>},
    {"category", &take_into<&Heartbeat::category>},
    {"confidence", &take_into<&Heartbeat::confidence>},
    {"cursorpos", &take_into<&Heartbeat::cursorpos>},
    {"dependencies", &take_into<&Heartbeat::dependencies>},
    {"entity", &take_into<&Heartbeat::entity>},
    {"entity_type", &take_into<&Heartbeat::entity_type>},
    {"flags", &take_into<&Heartbeat::flags>},
    {"id", &take_into<&Heartbeat::id>, Need::required},
    {"is_write", &take_into<&Heartbeat::is_write>},
    {"language", &take_into<&Heartbeat::language>},
    {"lineno", &take_into<&Heartbeat::lineno>},
    {"lines", &take_into<&Heartbeat::lines>},
    {"lines_added", &take_into<&Heartbeat::lines_added>},
    {"lines_removed", &take_into<&Heartbeat::lines_removed>},
    {"machine", &take_into<&Heartbeat::machine>},
    {"model", &take_into<&Heartbeat::model>},
    {"ok", &take_into<&Heartbeat::ok>},
    {"os", &take_into<&Heartbeat::os>},
    {"parent_session", &take_into<&Heartbeat::parent_session>},
    {"project", &take_into<&Heartbeat::project>},
    {"project_root_count", &take_into<&Heartbeat::project_root_count>},
    {"prompt_length", &take_into<&Heartbeat::prompt_length>},
    {"rev", &take_into<&Heartbeat::rev>},
    {"same_as", &take_into<&Heartbeat::same_as>},
    {"session", &take_into<&Heartbeat::session>},
    {"time", &take_into<&Heartbeat::time>, Need::required},
    {"timezone", &take_into<&Heartbeat::timezone>},
    {"tokens", &take_into<&Heartbeat::tokens>},
    {"tool", &take_into<&Heartbeat::tool>},
    {"tool_class", &take_into<&Heartbeat::tool_class>},
    {"user_agent", &take_into<&Heartbeat::user_agent>},
}};
static_assert(std::ranges::is_sorted(kFields, {}, &Field::name));

/// The fields that an object has had so far.
class Seen {
 public:
  void add(const Field& field) { bits_ |= bit(field); }
  [[nodiscard]] bool has(const Field& field) const { return (bits_ & bit(field)) != 0; }

 private:
  static_assert(kFields.size() <= 64);

  static std::uint64_t bit(const Field& field) {
    return std::uint64_t{1} << static_cast<unsigned>(&field - kFields.data());
  }

  std::uint64_t bits_ = 0;
};

Result<Heartbeat> read_object(ondemand::object object) {
  Heartbeat heartbeat;
  Seen seen;
  const Field* bad = nullptr;
  const bool is_good = each_member(object, [&](std::string_view name, ondemand::value value) {
    const auto* const field = std::ranges::lower_bound(kFields, name, {}, &Field::name);
    if (field == kFields.end() || field->name != name) return true;
    if (!field->take(value, heartbeat)) bad = field;
    seen.add(*field);
    return bad == nullptr;
  });
  if (bad != nullptr) return fail(Errc::malformed, "bad value in field " + std::string(bad->name));
  if (!is_good) return fail(Errc::malformed, "not a JSON object");
  for (const Field& field : kFields) {
    if (field.need == Need::required && !seen.has(field)) {
      return fail(Errc::malformed, "field " + std::string(field.name) + " is missing");
    }
  }
  return heartbeat;
}

}  // namespace

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
