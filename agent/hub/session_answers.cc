#include <algorithm>
#include <array>
#include <cmath>

#include "agent/hub/answer_json.h"
#include "agent/hub/answers.h"
#include "agent/hub/model_prices.h"
#include "agent/hub/page_request.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kSessionsUsual = 100;
constexpr std::size_t kSessionsMost = 1'000;

/// What is known of the costs of some models' tokens.
struct Estimate {
  std::optional<double> usd;          ///< of those with a price; nothing where none has
  std::vector<std::string> unpriced;  ///< models with tokens but without a price

  void add(const ModelTokens& used) {
    const auto& tokens = used.tokens;
    if (tokens.input + tokens.cache_read + tokens.cache_write + tokens.output == 0) return;
    if (const auto cost = estimated_cost(used.model, tokens)) {
      usd = usd.value_or(0) + *cost;
    } else if (std::ranges::find(unpriced, used.model) == unpriced.end()) {
      unpriced.push_back(used.model);
    }
  }
};

/// Whole hundredths of a cent: more would be pretended.
double rounded(double usd) {
  return std::round(usd * 10'000) / 10'000;
}

void write_estimate(JsonText& json, const Estimate& estimate) {
  json.name("estimated_cost_usd");
  if (estimate.usd) {
    json.number(rounded(*estimate.usd));
  } else {
    json.null();
  }
  json.name("unpriced_models").begin_list();
  for (const auto& model : estimate.unpriced) json.text(model);
  json.end_list();
}

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void write_counts(JsonText& json, const SessionSummary& session) {
  json.name("heartbeats").number(session.heartbeats);
  json.name("prompts").number(session.prompts);
  json.name("replies").number(session.replies);
  json.name("errors").number(session.errors);
  json.name("tools").begin_object();
  for (std::size_t i = 1; i < session.tools.size(); ++i) {
    if (session.tools.at(i) == 0) continue;
    json.name(parser::name_of(static_cast<parser::ToolClass>(i))).number(session.tools.at(i));
  }
  json.end_object();
  json.name("failed_tools").number(session.failed_tools);
  json.name("files").number(session.files);
  json.name("lines_added").number(session.lines_added);
  json.name("lines_removed").number(session.lines_removed);
}

void write_session(JsonText& json, const SessionSummary& session) {
  json.begin_object();
  json.name("source").text(session.source.text());
  json.name("session").text(session.session);
  write_text(json, "parent_session", text_or_null(session.parent));
  write_text(json, "app", text_or_null(session.app));
  write_text(json, "branch", text_or_null(session.branch));
  json.name("projects").begin_list();
  for (const auto& project : session.projects) json.text(project);
  json.end_list();
  json.name("first").text(format_rfc3339(session.first));
  json.name("last").text(format_rfc3339(session.last));
  json.name("seconds").number(seconds_of(session.figures.united));
  json.name("human_seconds").number(seconds_of(session.figures.human));
  json.name("agent_seconds").number(seconds_of(session.figures.agent));
  write_counts(json, session);
  write_tokens(json, session.figures.tokens);
  Estimate estimate;
  json.name("models").begin_list();
  for (const auto& used : session.models) {
    estimate.add(used);
    json.begin_object();
    write_text(json, "model", text_or_null(used.model));
    write_tokens(json, used.tokens);
    json.end_object();
  }
  json.end_list();
  write_estimate(json, estimate);
  json.end_object();
}

std::string sessions_json(const StatsQuery& query, const Sessions& all,
                          std::span<const SessionSummary> page, std::size_t behind) {
  JsonText json;
  json.begin_object();
  write_days(json, query.days);
  json.name("tz").text(query.zone.name());
  write_method(json, query.preset, all.limits);
  json.name("prices_as_of").text(kPricesAsOf);
  json.name("count").number(static_cast<std::int64_t>(all.sessions.size()));
  Estimate whole;
  for (const auto& session : all.sessions) {
    for (const auto& used : session.models) whole.add(used);
  }
  write_estimate(json, whole);
  json.name("sessions").begin_list();
  for (const auto& session : page) write_session(json, session);
  json.end_list();
  const bool is_last = behind + page.size() >= all.sessions.size();
  write_text(json, "next",
             is_last ? std::nullopt : std::optional(std::to_string(behind + page.size())));
  return std::move(json.end_object()).take();
}

}  // namespace

Result<std::string> answer_sessions(HubReader& reader, const Request& request,
                                    const AskedAt& asked) {
  constexpr std::array<std::string_view, 2> kOwn{"limit", "after"};
  const auto query = VIGIL_TRY(query_parameters(request, asked, RouteTerms{.own = kOwn}));
  const auto limit = VIGIL_TRY(limit_in(request, kSessionsUsual, kSessionsMost));
  const auto place = VIGIL_TRY(place_in(request, 1));
  if (place && place->front() < 0) return fail(Errc::malformed, "after: is below 0");
  const auto all = VIGIL_TRY(reader.sessions(query));
  const std::size_t count = all.sessions.size();
  const std::size_t begin =
      place ? std::min(static_cast<std::size_t>(place->front()), count) : std::size_t{0};
  const auto page = std::span(all.sessions).subspan(begin, std::min(limit, count - begin));
  return sessions_json(query, all, page, begin);
}

}  // namespace vigil::agent
