#include "agent/daemon/requests.h"

#include <array>
#include <nlohmann/json.hpp>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 10> kNames{"status",    "flush", "retry",    "catch_up",
                                                  "heartbeat", "link",  "new_keys", "renew_store",
                                                  "pauses",    "reload"};

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
  ControlRequest request{static_cast<ControlRequest::Do>(found - kNames.begin()), {}};
  if (request.action == ControlRequest::Do::heartbeat) {
    request.heartbeats = VIGIL_TRY(parse_heartbeats(json));
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
