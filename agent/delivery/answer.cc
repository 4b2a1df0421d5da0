#include "agent/delivery/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kCodeMax = 32;

/// A word of the other side's may be repeated only if it can be nothing but a code.
bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string code_or(const json& object, const char* name, std::string otherwise) {
  const auto at = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || at == object.end() || !at->is_string()) return otherwise;
  const auto& text = at->get_ref<const std::string&>();
  return is_code(text) ? text : otherwise;
}

const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

bool is_text(const json* value, std::string_view text) {
  return value != nullptr && value->is_string() && value->get_ref<const std::string&>() == text;
}

Decision retry(std::string reason) {
  return {Verdict::retry, std::move(reason), {}, {}, {}, {}};
}

/// The refused events that a 2xx names; nothing where the list makes no sense.
std::optional<std::vector<Refusal>> read_refused(const json* list, std::size_t events) {
  std::vector<Refusal> refused;
  if (list == nullptr) return refused;
  if (!list->is_array() || list->size() > events) return std::nullopt;
  for (const auto& entry : *list) {
    const json* index = member(entry, "index");
    if (index == nullptr || !index->is_number_unsigned()) return std::nullopt;
    const auto place = index->get<std::size_t>();
    const bool known = std::ranges::find(refused, place, &Refusal::index) != refused.end();
    if (place >= events || known) return std::nullopt;
    refused.push_back({place, code_or(entry, "code", "refused")});
  }
  return refused;
}

Decision judge_taken(int status, const json& body, const SealedBatch& batch, AckRule rule) {
  const std::string label = std::to_string(status);
  if (planted(PlantedBug::any_2xx_settles)) rule = AckRule::plain;
  if (rule == AckRule::plain) {
    if (status <= 202) return {Verdict::delivered, label, {}, {}, {}, {}};
    return retry(label + ": not an acknowledgement");
  }
  if (!is_text(member(body, "batch"), batch.id.text()) ||
      !(is_text(member(body, "digest"), batch.digest_hex) ||
        planted(PlantedBug::digest_unchecked))) {
    return retry(label + ": does not name the batch and its digest");
  }
  auto refused = read_refused(member(body, "rejected"), batch.events);
  if (!refused) return retry(label + ": the list of rejected events is not valid");
  return {Verdict::delivered, label, std::move(*refused), code_or(body, "store", ""), {}, {}};
}

Decision judge_denied(int status, const json& body, WallTime now) {
  const json* error = member(body, "error");
  const std::string code = error == nullptr ? "" : code_or(*error, "code", "");
  const std::string label = std::to_string(status) + (code.empty() ? "" : " " + code);
  if (code == "clock_skew") {
    const json* time = member(*error, "server_time");
    const auto server = time != nullptr && time->is_string()
                            ? parse_rfc3339(time->get_ref<const std::string&>())
                            : std::nullopt;
    if (server) return {Verdict::skewed, label, {}, {}, {}, *server - now};
  }
  return {Verdict::denied, label, {}, {}, {}, {}};
}

Decision judge_refused(int status, const json& body) {
  const json* error = member(body, "error");
  const std::string code = error == nullptr ? "" : code_or(*error, "code", "");
  return {
      Verdict::refused, std::to_string(status) + (code.empty() ? "" : " " + code), {}, {}, {}, {}};
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  // `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that may be sent (RFC 9110, 5.6.7).
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const auto number = std::to_string(101 + (month - kMonths.begin())).substr(1);
  std::string rfc3339(text.substr(12, 4));
  rfc3339.append("-").append(number).append("-").append(text.substr(5, 2));
  rfc3339.append("T").append(text.substr(17, 8)).append("Z");
  return parse_rfc3339(rfc3339);
}

}  // namespace

std::optional<milliseconds> parse_retry_after(std::string_view text, WallTime now) {
  if (const auto date = parse_http_date(text)) {
    return std::clamp<milliseconds>(*date - now, milliseconds(0), kLongestWait);
  }
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(kLongestWait);
  if (parsed.ec != std::errc() || seconds >= longest.count()) return kLongestWait;
  return std::chrono::seconds(seconds);
}

Decision judge(const Result<HttpAnswer>& answer, const SealedBatch& batch, AckRule rule,
               WallTime now) {
  if (!answer) return retry(answer.error().message);
  const int status = answer->status;
  const json body = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  const std::string label = std::to_string(status);
  if (status >= 200 && status < 300) return judge_taken(status, body, batch, rule);
  if (status == 503 && planted(PlantedBug::busy_is_poison)) return judge_refused(status, body);
  if (status >= 300 && status < 400) return retry(label + ": redirects are not followed");
  switch (status) {
    case 400:
    case 422: return judge_refused(status, body);
    case 401:
    case 403: return judge_denied(status, body, now);
    case 408:
    case 409:
    case 425: return retry(label);
    case 413: return {Verdict::too_large, label, {}, {}, {}, {}};
    case 407:
      return {Verdict::denied, label + ": the proxy wants other credentials", {}, {}, {}, {}};
    case 429: {
      Decision decision = retry(label);
      decision.wait = parse_retry_after(answer->retry_after, now);
      return decision;
    }
    default: break;
  }
  if (status >= 400 && status < 500) return {Verdict::misplaced, label, {}, {}, {}, {}};
  Decision decision = retry(label);
  decision.wait = parse_retry_after(answer->retry_after, now);
  return decision;
}

}  // namespace vigil::agent
