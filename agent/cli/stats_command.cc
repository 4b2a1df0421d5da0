#include <algorithm>
#include <cmath>
#include <ostream>
#include <span>
#include <utility>

#include "agent/cli/answer_text.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/json_value.h"
#include "agent/cli/run_command.h"
#include "agent/config/setting_value.h"
#include "agent/config/units.h"
#include "agent/hub/store/time_zone.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

std::vector<std::string> figures_of(const JsonValue& value) {
  return {span_at(value, "/seconds"),
          span_at(value, "/human_seconds"),
          span_at(value, "/agent_seconds"),
          count_at(value, "/heartbeats"),
          count_at(value, "/tokens/input"),
          count_at(value, "/tokens/cache_read"),
          count_at(value, "/tokens/cache_write"),
          count_at(value, "/tokens/output")};
}

std::string breakdown(const JsonValue& stats, const std::vector<std::string>& by) {
  std::vector<Table::Column> columns;
  for (const std::string& dimension : by) columns.push_back({dimension, Align::left});
  if (by.empty()) columns.push_back({"", Align::left});
  for (const auto* heading :
       {"time", "human", "agent", "heartbeats", "input", "cache read", "cache write", "output"}) {
    columns.push_back({heading, Align::right});
  }
  Table table(std::move(columns));
  const auto add = [&](std::vector<std::string> keys, const JsonValue& value) {
    for (std::string& figure : figures_of(value)) keys.push_back(std::move(figure));
    table.add_row(std::move(keys));
  };
  if (!by.empty()) {
    for (const JsonValue& item : stats.list("/items")) {
      std::vector<std::string> keys;
      for (const std::string& name : by) keys.push_back(item.text("/" + name).value_or("-"));
      add(std::move(keys), item);
    }
  }
  std::vector<std::string> keys(std::max<std::size_t>(by.size(), 1));
  keys.front() = "total";
  if (const auto total = stats.child("/total")) add(keys, *total);
  return table.text();
}

/// Most parts that a line of `agent today` names.
constexpr std::size_t kPartsShown = 5;

/// The dimension's largest parts: `vigil 2h 10m · website 14m`.
std::string largest_parts(const JsonValue& stats, const std::string& dimension) {
  auto items = stats.list("/items");
  // By name where the time is the same, so that the line does not change from call to call.
  std::ranges::sort(items, {}, [&](const JsonValue& item) {
    return std::pair(-item.number("/seconds").value_or(0), item.text("/" + dimension));
  });
  std::string line;
  std::size_t named = 0;
  for (const JsonValue& item : items) {
    const auto name = item.text("/" + dimension);
    if (!name || ++named > kPartsShown) continue;
    if (!line.empty()) line += " · ";
    line += *name + " " + span_at(item, "/seconds");
  }
  if (named > kPartsShown) line += " · and " + std::to_string(named - kPartsShown) + " more";
  return line;
}

std::expected<JsonValue, Failure> stats_by(const CommandContext& context,
                                           QueryParameters parameters,
                                           const std::string& dimension) {
  parameters.emplace_back("by", dimension);
  auto body = ask_hub(context, "/api/v1/stats", parameters);
  if (!body) return std::unexpected(std::move(body).error());
  auto json = JsonValue::parse(*body);
  if (!json) return failure_of(std::move(json).error().within("the hub's answer"));
  return *std::move(json);
}

struct TodayPart {
  std::string dimension;
  std::string title;
  JsonValue stats;
};

/// `2026-09-01`, or `2026-09-01 to 2026-09-07`.
std::string shown_days(const JsonValue& stats) {
  const std::string from = stats.text("/from").value_or("the beginning");
  const std::string to = stats.text("/to").value_or("now");
  return from == to ? from : from + " to " + to;
}

void print_today(const CommandContext& context, std::span<const TodayPart> parts) {
  std::ostream& out = context.console.out;
  const JsonValue& any = parts.front().stats;
  const auto seconds = [&](const char* name) {
    return std::llround(any.number(std::string("/total/") + name).value_or(0));
  };
  const auto both = seconds("human_seconds") + seconds("agent_seconds") - seconds("seconds");
  out << context.painted("1", format_span(seconds("seconds"))) << "  on " << shown_days(any)
      << ": you " << format_span(seconds("human_seconds")) << ", agents "
      << format_span(seconds("agent_seconds")) << ", both at once "
      << format_span(std::max(both, 0LL)) << '\n';
  Table table({{}, {}});
  for (const TodayPart& part : parts) {
    std::string line = largest_parts(part.stats, part.dimension);
    if (!line.empty()) table.add_row({"  " + part.title, std::move(line)});
  }
  const auto tokens = [&](const char* name) {
    return count_at(any, std::string("/total/tokens/") + name);
  };
  table.add_row({"  tokens", "input " + tokens("input") + " · output " + tokens("output") +
                                 " · cache " + tokens("cache_read") + " read, " +
                                 tokens("cache_write") + " written"});
  out << table.text();
}

void write_today(const CommandContext& context, std::span<const TodayPart> parts,
                 const std::string& range) {
  const JsonValue& any = parts.front().stats;
  JsonText json;
  json.begin_object().name("schema").text("agent." + range + "/1");
  for (const auto* name : {"from", "to", "tz", "total"}) {
    const auto value = any.child(std::string("/") + name);
    json.name(name).raw(value ? value->json() : "null");
  }
  for (const TodayPart& part : parts) {
    const auto items = part.stats.child("/items");
    json.name(part.title).raw(items ? items->json() : "[]");
  }
  context.console.out << std::move(json.end_object()).take() << '\n';
}

Outcome show_today(const CommandContext& context, const QueryParameters& parameters,
                   const std::string& range) {
  std::vector<TodayPart> parts;
  for (const auto& [dimension, title] :
       {std::pair{"project", "projects"}, std::pair{"language", "languages"},
        std::pair{"app", "apps"}, std::pair{"model", "models"}}) {
    auto stats = stats_by(context, parameters, dimension);
    if (!stats) return std::unexpected(std::move(stats).error());
    parts.push_back({dimension, title, *std::move(stats)});
  }
  if (context.wants_json()) {
    write_today(context, parts, range);
  } else {
    print_today(context, parts);
  }
  return Exit::done;
}

/// What came before, and how much more or less this is.
std::string comparison(const JsonValue& stats) {
  const auto previous = stats.child("/previous");
  if (!previous) return {};
  const auto line = [&](const char* title, const char* name) {
    const std::string pointer = std::string("/total/") + name;
    const auto now = std::llround(stats.number(pointer).value_or(0));
    const auto before = std::llround(previous->number(pointer).value_or(0));
    std::string text = std::string(title) + " " + format_span(before) + " (";
    text += now >= before ? "+" : "-";
    return text + format_span(std::abs(now - before)) + " since)";
  };
  return shown_days(*previous) + ": " + line("time", "seconds") + ", " +
         line("human", "human_seconds") + ", " + line("agent", "agent_seconds") + "\n";
}

void print_explanation(const CommandContext& context, const JsonValue& explained) {
  std::ostream& out = context.console.out;
  const TimeZone zone = zone_in(explained);
  Table intervals(
      {{"from"}, {"to"}, {"time", Align::right}, {"who"}, {"heartbeats", Align::right}});
  for (const JsonValue& interval : explained.list("/intervals")) {
    const auto session = interval.text("/session");
    intervals.add_row({local_text(interval, "/begin", zone), local_text(interval, "/end", zone),
                       span_at(interval, "/seconds"),
                       interval.text("/actor").value_or("") + (session ? " " + *session : ""),
                       count_at(interval, "/heartbeats")});
  }
  out << intervals.text() << '\n';
  Table heartbeats({{"heartbeat"}, {"what"}, {"where"}, {"own time", Align::right}});
  for (const JsonValue& heartbeat : explained.list("/heartbeats")) {
    const auto field = [&](const char* name) {
      return heartbeat.text(std::string("/heartbeat/") + name).value_or("");
    };
    heartbeats.add_row({local_text(heartbeat, "/heartbeat/time", zone),
                        field("actor") + " " + field("action"),
                        field("project") + " " + field("entity"), span_at(heartbeat, "/seconds")});
  }
  out << heartbeats.text();
  if (explained.text("/next")) out << "and more: agent stats --explain --json\n";
  const double gap = explained.number("/method/timeout_seconds").value_or(0);
  out << "total " << span_at(explained, "/total/seconds") << ": you "
      << span_at(explained, "/total/human_seconds") << ", agents "
      << span_at(explained, "/total/agent_seconds") << ", by the rules of "
      << explained.text("/method/preset").value_or("") << " with breaks from "
      << format_span(std::llround(gap)) << "\n";
}

/// All pages of heartbeats as one JSON line each, the intervals with the first.
Outcome explain(const CommandContext& context, QueryParameters parameters) {
  parameters.emplace_back("limit", context.wants_json() ? "1000" : "100");
  std::string after;
  for (;;) {
    QueryParameters page = parameters;
    if (!after.empty()) page.emplace_back("after", after);
    const auto body = ask_hub(context, "/api/v1/explain", page);
    if (!body) return std::unexpected(body.error());
    const auto json = JsonValue::parse(*body);
    if (!json) return failure_of(Error(json.error()).within("the hub's answer"));
    if (!context.wants_json()) {
      print_explanation(context, *json);
      return Exit::done;
    }
    context.console.out << *body << '\n';
    after = json->text("/next").value_or("");
    if (after.empty()) return Exit::done;
  }
}

/// What the flags say, as the API takes it.
std::expected<QueryParameters, Failure> parameters_of(const CommandContext& context,
                                                      const StatsCommand& command) {
  QueryParameters parameters = day_parameters(context, command.days, "all_time");
  auto where = where_parameters(command.where);
  if (!where) return where;
  parameters.insert(parameters.end(), where->begin(), where->end());
  if (!command.preset.empty()) parameters.emplace_back("preset", command.preset);
  if (!command.timeout.empty()) {
    const auto timeout = parse_duration(command.timeout);
    if (!timeout) {
      return std::unexpected(
          Failure{Exit::usage, "usage", "--timeout: such as 10min", "agent stats --help"});
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*timeout).count();
    parameters.emplace_back("timeout_seconds", std::to_string(seconds));
  }
  return parameters;
}

}  // namespace

Outcome run_command(const CommandContext& context, const StatsCommand& command) {
  auto parameters = parameters_of(context, command);
  if (!parameters) return std::unexpected(std::move(parameters).error());
  if (command.summary) return show_today(context, *parameters, command.days.range);
  if (command.explain) return explain(context, *std::move(parameters));
  if (!command.compare.empty()) parameters->emplace_back("compare", command.compare);
  if (context.wants_json()) {
    if (!command.by.empty()) parameters->emplace_back("by", command.by);
    const auto body = ask_hub(context, "/api/v1/stats", *parameters);
    if (!body) return std::unexpected(body.error());
    context.console.out << *body << '\n';
    return Exit::done;
  }
  const auto stats = stats_by(context, *parameters, command.by);
  if (!stats) return std::unexpected(stats.error());
  context.console.out << breakdown(*stats, split_list(command.by)) << comparison(*stats);
  return Exit::done;
}

}  // namespace vigil::agent
