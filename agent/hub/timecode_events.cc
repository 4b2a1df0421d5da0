#include "agent/hub/timecode_events.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "base/json_text.h"
#include "parser/language.h"

namespace vigil::agent {
namespace {

using nlohmann::json;

constexpr std::chrono::days kFutureMax{7};
constexpr std::chrono::days kAgeMax{30};
constexpr std::chrono::hours kSpanMax{24};
constexpr std::chrono::minutes kStep{5};  // less than the usual timeouts
constexpr std::chrono::seconds kDurationMax{31 * 86'400};

/// VS Code's names of languages that are not Linguist's in small letters.
constexpr auto kLanguages = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"bat", "Batchfile"},
    {"c", "C"},
    {"clojure", "Clojure"},
    {"coffeescript", "CoffeeScript"},
    {"cpp", "C++"},
    {"csharp", "C#"},
    {"css", "CSS"},
    {"cuda-cpp", "Cuda"},
    {"dart", "Dart"},
    {"diff", "Diff"},
    {"dockerfile", "Dockerfile"},
    {"elixir", "Elixir"},
    {"fsharp", "F#"},
    {"go", "Go"},
    {"groovy", "Groovy"},
    {"haskell", "Haskell"},
    {"html", "HTML"},
    {"ini", "INI"},
    {"java", "Java"},
    {"javascript", "JavaScript"},
    {"javascriptreact", "JavaScript"},
    {"json", "JSON"},
    {"jsonc", "JSON with Comments"},
    {"julia", "Julia"},
    {"kotlin", "Kotlin"},
    {"latex", "TeX"},
    {"less", "Less"},
    {"lua", "Lua"},
    {"makefile", "Makefile"},
    {"markdown", "Markdown"},
    {"objective-c", "Objective-C"},
    {"perl", "Perl"},
    {"php", "PHP"},
    {"powershell", "PowerShell"},
    {"prisma", "Prisma"},
    {"python", "Python"},
    {"r", "R"},
    {"ruby", "Ruby"},
    {"rust", "Rust"},
    {"scss", "SCSS"},
    {"shellscript", "Shell"},
    {"sql", "SQL"},
    {"svelte", "Svelte"},
    {"swift", "Swift"},
    {"toml", "TOML"},
    {"typescript", "TypeScript"},
    {"typescriptreact", "TSX"},
    {"vb", "Visual Basic .NET"},
    {"vue", "Vue"},
    {"xml", "XML"},
    {"yaml", "YAML"},
});

std::string language_named(const std::string& name, const std::string& file) {
  const auto by_file = parser::language_of(file);
  if (!by_file.empty()) return std::string(by_file);
  const auto* const found =
      std::ranges::find(kLanguages, name, &std::pair<std::string_view, std::string_view>::first);
  return found == kLanguages.end() ? name : std::string(found->second);
}

struct Refused {
  std::string code;
  std::string message;
};

/// Reads the members of one event.
class EventReader {
 public:
  explicit EventReader(const json& event) : event_(event) {}

  std::string text(const char* name) {
    const auto found = event_.find(name);
    if (found != event_.end() && found->is_string()) {
      auto value = found->get<std::string>();
      if (!value.empty() && value.size() <= kFieldMax) return value;
    }
    note(name);
    return {};
  }

  /// Null and absent are empty.
  std::string optional_text(const char* name) {
    const auto found = event_.find(name);
    return found == event_.end() || found->is_null() ? std::string() : text(name);
  }

  WallTime time(const char* name) {
    const auto time = parse_rfc3339(text(name));
    if (!time) note(name);
    return time.value_or(WallTime{});
  }

  double number(const char* name) {
    const auto found = event_.find(name);
    if (found != event_.end() && found->is_number()) return found->get<double>();
    note(name);
    return 0;
  }

  bool truth(const char* name) {
    const auto found = event_.find(name);
    if (found != event_.end() && found->is_boolean()) return found->get<bool>();
    note(name);
    return false;
  }

  /// The first member that is missing or of another kind.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  void note(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }

  const json& event_;
  std::string wrong_;
};

/// One event, read.
struct Event {
  std::string id;
  std::string project_path;
  WallTime started;
  WallTime ended;
  milliseconds length{};
  bool is_clamped = false;
  Heartbeat heartbeat;  ///< what all of its heartbeats have in common
};

std::string entity_of(const std::string& file, const std::string& project_path) {
  if (file.empty()) return "vscode";
  if (!project_path.empty() && file.starts_with(project_path + "/")) {
    return file.substr(project_path.size() + 1);
  }
  return file;
}

std::expected<Event, Refused> check_times(Event event, double duration, WallTime now) {
  const auto refused = [](const char* code, const char* message) {
    return std::unexpected(Refused{code, message});
  };
  // A number that no clock can show is no time either.
  const double bounded = std::clamp(duration, 0.0, static_cast<double>(kDurationMax.count()));
  const milliseconds told{static_cast<std::int64_t>(bounded * 1'000)};
  const milliseconds span = event.ended - event.started;
  if (told.count() == 0 || span.count() <= 0) return refused("zero", "it has no length");
  if (event.ended > now + kFutureMax) return refused("future", "more than 7 days ahead");
  if (event.started < now - kAgeMax) return refused("too_old", "more than 30 days old");
  if (span > kSpanMax) return refused("too_long", "from startedAt to endedAt more than a day");
  event.length = std::min({told, span, milliseconds(kTimecodeStretchMax)});
  event.is_clamped = event.length < told;
  return event;
}

std::expected<Event, Refused> read_event(const json& object, WallTime now) {
  if (!object.is_object()) return std::unexpected(Refused{"schema", "it is no object"});
  EventReader reader(object);
  Event event;
  event.id = reader.text("id");
  Heartbeat& heartbeat = event.heartbeat;
  heartbeat.machine = reader.text("machineId");
  heartbeat.os = reader.text("os");
  heartbeat.app = reader.text("editor");
  heartbeat.project = reader.text("projectName");
  event.project_path = reader.optional_text("projectPath");
  const std::string file = reader.optional_text("filePath");
  heartbeat.language = language_named(reader.text("language"), file);
  event.started = reader.time("startedAt");
  event.ended = reader.time("endedAt");
  const double duration = reader.number("durationSeconds");
  heartbeat.is_write = reader.truth("isWrite");
  if (!reader.wrong().empty()) {
    return std::unexpected(Refused{"schema", reader.wrong() + " is missing or of another kind"});
  }
  heartbeat.actor = Actor::human;
  heartbeat.action = heartbeat.is_write ? Action::save : Action::edit;
  heartbeat.category = "coding";
  heartbeat.entity = entity_of(file, event.project_path);
  heartbeat.entity_type = file.empty() ? EntityType::app : EntityType::file;
  return check_times(std::move(event), duration, now);
}

/// Heartbeats at both ends of the stretch, which lies at the event's end, and between them.
void add_heartbeats(const Event& event, EventIdMaker& ids, TimecodeEvents& to) {
  const WallTime begin = event.ended - event.length;
  to.first.push_back(to.heartbeats.size());
  to.clamped += event.is_clamped ? 1 : 0;
  int number = 0;
  const auto add = [&](WallTime time) {
    Heartbeat& heartbeat = to.heartbeats.emplace_back(event.heartbeat);
    heartbeat.time = time;
    heartbeat.is_write = event.heartbeat.is_write && time == event.ended;
    heartbeat.id = ids.make_for_fields(time, event.id + "\n" + std::to_string(number++));
  };
  for (WallTime at = begin; at < event.ended; at += kStep) add(at);
  add(event.ended);
}

}  // namespace

Result<TimecodeEvents> parse_timecode_events(std::string_view body, WallTime now) {
  const json object = json::parse(body, nullptr, /*allow_exceptions=*/false);
  const auto list = object.is_object() ? object.find("events") : object.end();
  if (!object.is_object() || list == object.end() || !list->is_array()) {
    return fail(Errc::malformed, "expected {\"events\": [...]}");
  }
  if (list->size() > kTimecodeEventsMax) {
    return fail(Errc::full, "at most " + std::to_string(kTimecodeEventsMax) + " events at once");
  }
  EventIdMaker ids{SourceId(std::string(kTimecodeSource))};
  TimecodeEvents events;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto event = read_event((*list)[i], now);
    if (event) {
      add_heartbeats(*event, ids, events);
      continue;
    }
    const auto& refused = (*list)[i];
    const bool has_id = refused.is_object() && refused.contains("id") && refused["id"].is_string();
    events.refused.push_back({i, has_id ? refused["id"].get<std::string>().substr(0, 64) : "",
                              event.error().code, event.error().message});
  }
  return events;
}

std::string timecode_answer(const TimecodeEvents& events, const IngestOutcome& outcome) {
  std::set<std::size_t> stored;
  for (const auto& change : outcome.changes) stored.insert(change.index);
  const auto accepted = std::ranges::count_if(
      events.first, [&](std::size_t first) { return stored.contains(first); });
  JsonText json;
  json.begin_object();
  json.name("accepted").number(std::int64_t{accepted});
  json.name("duplicates").number(std::ssize(events.first) - accepted);
  json.name("rejected").number(std::ssize(events.refused));
  json.name("clamped").number(static_cast<std::int64_t>(events.clamped));
  json.name("errors").begin_list();
  for (const auto& refusal : events.refused) {
    json.begin_object().name("index").number(static_cast<std::int64_t>(refusal.index));
    json.name("id").text(refusal.id).name("code").text(refusal.code);
    json.name("message").text(refusal.message).end_object();
  }
  return std::move(json.end_list().end_object()).take();
}

Response timecode_error(int status, std::string_view message) {
  JsonText json;
  json.begin_object().name("error").text(message);
  Response response = json_response(std::move(json.end_object()).take());
  response.status = status;
  return response;
}

}  // namespace vigil::agent
