#include "agent/daemon/requests.h"

#include <array>
#include <nlohmann/json.hpp>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 12> kNames{"status",    "flush",  "retry",    "catch_up",
                                                  "heartbeat", "link",   "new_keys", "renew_store",
                                                  "pauses",    "reload", "forget",   "correct"};

Result<std::vector<Heartbeat>> parse_heartbeats(nlohmann::json& request) {
  const auto list = request.find("heartbeats");
  if (list == request.end() || !list->is_array()) {
    return fail(Errc::malformed, "`heartbeats` must be a list");
  }
  if (list->size() > kSubmittedMax) {
    return fail(Errc::malformed, "more than " + std::to_string(kSubmittedMax) + " heartbeats");
  }
  HeartbeatReader reader;
  std::vector<Heartbeat> heartbeats;
  for (auto& object : *list) {
    if (!object.is_object()) return fail(Errc::malformed, "a heartbeat must be an object");
    // The reader wants an id, and a sender cannot know it: it follows from the other fields.
    object["id"] = to_event_id({}).text();
    auto heartbeat =
        reader.read(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (!heartbeat) {
      return std::unexpected(
          std::move(heartbeat).error().within("heartbeat " + std::to_string(heartbeats.size())));
    }
    heartbeats.push_back(std::move(*heartbeat));
  }
  return heartbeats;
}

/// `"where":[["project","x"],...]`, and maybe `"before":"2026-09-01T00:00:00.000Z"`.
Result<ForgetQuery> parse_forget(const nlohmann::json& request) {
  ForgetQuery query;
  const auto where = request.find("where");
  if (where == request.end() || !where->is_array() || where->empty()) {
    return fail(Errc::malformed, "`where` must be a list of pairs");
  }
  for (const auto& pair : *where) {
    const bool is_pair =
        pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
    const auto dimension =
        is_pair ? dimension_named(pair[0].get_ref<const std::string&>()) : std::nullopt;
    if (!dimension || is_period(*dimension)) {
      return fail(Errc::malformed, "`where`: not a pair of a dimension and its value");
    }
    query.filters.push_back({*dimension, pair[1].get<std::string>()});
  }
  const auto before = request.find("before");
  if (before == request.end()) return query;
  // A condition that is passed over would erase more than was meant.
  query.before =
      before->is_string() ? parse_rfc3339(before->get_ref<const std::string&>()) : std::nullopt;
  if (!query.before) return fail(Errc::malformed, "`before` must be a time");
  return query;
}

/// `"correction":{...}` as over HTTP, or `"undo":17`.
Result<CorrectionChange> parse_change(const nlohmann::json& request) {
  const auto undo = request.find("undo");
  if (undo != request.end() && undo->is_number_integer()) {
    return UndoneCorrection{undo->get<std::int64_t>()};
  }
  const auto made = request.find("correction");
  if (made == request.end()) return fail(Errc::malformed, "`correction` or `undo` is expected");
  return VIGIL_TRY(
      parse_correction(made->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

std::string_view code_name(Errc code) {
  switch (code) {
    case Errc::malformed: return "malformed";
    case Errc::full: return "full";
    case Errc::denied: return "denied";
    default: return "unavailable";
  }
}

/// Deeper values are dropped as they are read: writing them out again would need a stack as deep.
constexpr int kDepthMax = 16;

nlohmann::json parse_shallow(std::string_view text) {
  const auto keep = [](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    return depth <= kDepthMax;
  };
  return nlohmann::json::parse(text, keep, false);
}

}  // namespace

Result<ControlRequest> parse_request(std::string_view text) {
  auto json = parse_shallow(text);
  const auto name = json.is_object() ? json.find("do") : json.end();
  if (!json.is_object() || name == json.end() || !name->is_string()) {
    return fail(Errc::malformed, "not a request: an object with `do` is expected");
  }
  const auto found = std::ranges::find(kNames, name->get_ref<const std::string&>());
  if (found == kNames.end()) return fail(Errc::malformed, "no such request");
  ControlRequest request{static_cast<ControlRequest::Do>(found - kNames.begin()), {}, {}, {}};
  if (request.action == ControlRequest::Do::heartbeat) {
    request.heartbeats = VIGIL_TRY(parse_heartbeats(json));
  }
  if (request.action == ControlRequest::Do::forget) request.what = VIGIL_TRY(parse_forget(json));
  if (request.action == ControlRequest::Do::correct) {
    request.change = VIGIL_TRY(parse_change(json));
  }
  return request;
}

std::string accepted(std::string_view name, std::uint64_t number) {
  JsonText json;
  json.begin_object().name("ok").truth(true);
  if (!name.empty()) json.name(name).number(static_cast<std::int64_t>(number));
  return std::move(json.end_object()).take();
}

std::string refused(const Error& error) {
  JsonText json;
  json.begin_object().name("ok").truth(false).name("code").text(code_name(error.code));
  return std::move(json.name("message").text(error.message).end_object()).take();
}

}  // namespace vigil::agent
