// `agent timeline`, `agent sessions` and `agent statusline`: answers of the API as people read
// them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <utility>

#include "agent/cli/answer_text.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/json_value.h"
#include "agent/cli/run_command.h"
#include "agent/hub/store/time_zone.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/time.h"

namespace vigil::agent {
namespace {

std::expected<JsonValue, Failure> parsed(std::expected<std::string, Failure> body) {
  if (!body) return std::unexpected(std::move(body).error());
  auto json = JsonValue::parse(*body);
  if (!json) return failure_of(std::move(json).error().within("the hub's answer"));
  return *std::move(json);
}

void print_timeline(std::ostream& out, const JsonValue& timeline) {
  const TimeZone zone = zone_in(timeline);
  std::vector<std::pair<std::string, std::vector<std::string>>> rows;
  for (const JsonValue& lane : timeline.list("/lanes")) {
    for (const JsonValue& interval : lane.list("/intervals")) {
      rows.emplace_back(
          interval.text("/begin").value_or(""),
          std::vector{local_text(interval, "/begin", zone), local_text(interval, "/end", zone),
                      span_at(interval, "/seconds"), lane.text("/actor").value_or(""),
                      lane.text("/key").value_or("-")});
    }
  }
  std::ranges::sort(rows);
  Table table(
      {{"from"}, {"to"}, {"time", Align::right}, {"who"}, {timeline.text("/by").value_or("")}});
  for (auto& [begin, cells] : rows) table.add_row(std::move(cells));
  out << (table.empty() ? "nothing was recorded\n" : table.text());
}

/// `$1.25`, `$1.25+` where some models have no price, `-` where none has.
std::string cost_text(const JsonValue& value) {
  const auto cost = value.number("/estimated_cost_usd");
  if (!cost) return "-";
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "$%.2f", *cost);
  return std::string(text.data()) + (value.list("/unpriced_models").empty() ? "" : "+");
}

void print_sessions(std::ostream& out, const JsonValue& answer) {
  const TimeZone zone = zone_in(answer);
  Table table({{"last"},
               {"app"},
               {"project"},
               {"agent", Align::right},
               {"prompts", Align::right},
               {"replies", Align::right},
               {"tools", Align::right},
               {"files", Align::right},
               {"lines"},
               {"output", Align::right},
               {"estimated", Align::right}});
  for (const JsonValue& session : answer.list("/sessions")) {
    std::int64_t tools = 0;
    for (const char* name :
         {"read", "write", "shell", "search", "web", "agent", "plan", "mcp", "other"}) {
      tools += session.integer(std::string("/tools/") + name).value_or(0);
    }
    table.add_row(
        {local_text(session, "/last", zone), session.text("/app").value_or("-"),
         session.text("/projects/0").value_or("-"), span_at(session, "/agent_seconds"),
         count_at(session, "/prompts"), count_at(session, "/replies"), format_count(tools),
         count_at(session, "/files"),
         "+" + count_at(session, "/lines_added") + " -" + count_at(session, "/lines_removed"),
         count_at(session, "/tokens/output"), cost_text(session)});
  }
  if (table.empty()) {
    out << "no session of an AI tool was recorded\n";
    return;
  }
  out << table.text() << count_at(answer, "/count") << " sessions, estimated " << cost_text(answer)
      << " at list prices of " << answer.text("/prices_as_of").value_or("")
      << " (+: models without a known price)\n";
}

}  // namespace

Outcome run_command(const CommandContext& context, const TimelineCommand& command) {
  QueryParameters parameters{{"tz", zone_name(context)}, {"range", command.day}};
  if (!command.by.empty()) parameters.emplace_back("by", command.by);
  auto body = ask_hub(context, "/api/v1/timeline", parameters);
  if (context.wants_json() && body) {
    context.console.out << *body << '\n';
    return Exit::done;
  }
  const auto timeline = parsed(std::move(body));
  if (!timeline) return std::unexpected(timeline.error());
  print_timeline(context.console.out, *timeline);
  return Exit::done;
}

Outcome run_command(const CommandContext& context, const SessionsCommand& command) {
  QueryParameters parameters = day_parameters(context, command.days, "week");
  const auto where = where_parameters(command.where);
  if (!where) return std::unexpected(where.error());
  parameters.insert(parameters.end(), where->begin(), where->end());
  parameters.emplace_back("limit", std::to_string(command.limit));
  auto body = ask_hub(context, "/api/v1/sessions", parameters);
  if (context.wants_json() && body) {
    context.console.out << *body << '\n';
    return Exit::done;
  }
  const auto sessions = parsed(std::move(body));
  if (!sessions) return std::unexpected(sessions.error());
  print_sessions(context.console.out, *sessions);
  return Exit::done;
}

Outcome run_command(const CommandContext& context, const StatuslineCommand& /*command*/) {
  const auto stats =
      parsed(ask_hub(context, "/api/v1/stats",
                     {{"tz", zone_name(context)}, {"range", "today"}, {"by", "project"}}));
  if (!stats) return std::unexpected(stats.error());
  if (context.wants_json()) {
    context.console.out << stats->child("/total")->json() << '\n';
    return Exit::done;
  }
  std::string line = span_at(*stats, "/total/seconds");
  const auto items = stats->list("/items");
  const auto most = std::ranges::max_element(
      items, {}, [](const JsonValue& item) { return item.number("/seconds").value_or(0); });
  const auto project = most == items.end() ? std::nullopt : most->text("/project");
  if (project) line += " · " + printable(*project) + " " + span_at(*most, "/seconds");
  context.console.out << line << '\n';
  return Exit::done;
}

}  // namespace vigil::agent
