#include "agent/hub/store/session_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/query_meaning.h"
#include "agent/hub/store/stats_reader.h"

namespace vigil::agent {
namespace {

using parser::Action;
using parser::ToolClass;

constexpr const char* kColumns =
    "SELECT source, session, time, action, tool_class, ok, origin, project, branch, model, entity, "
    "entity_type, parent_session, lines_added, lines_removed, tokens_input, tokens_cache_read, "
    "tokens_cache_write, tokens_output, tokens_reasoning FROM events WHERE time >= ? AND time < ? "
    "AND session IS NOT NULL AND same_as IS NULL";

using SessionKey = std::pair<std::int64_t, std::int64_t>;  // source and session

/// A session while it is being counted.
struct Counted {
  SessionSummary summary;
  std::int64_t origin = 0;
  std::int64_t parent = 0;
  std::int64_t branch = 0;
  std::map<std::int64_t, std::int64_t> projects;  ///< heartbeats of each
  std::map<std::int64_t, parser::Tokens> models;
  std::set<std::int64_t> files;
};

/// One row of kColumns.
class SessionRow {
 public:
  explicit SessionRow(SQLite::Statement& row) : row_(row) {}

  [[nodiscard]] SessionKey key() const { return {number(0), number(1)}; }

  /// As it is told; nothing where the heartbeat counts nowhere.
  [[nodiscard]] std::optional<std::int64_t> project(const Corrections& corrections) const {
    return corrections.told(number(7), from_unix_ms(number(2)));
  }

  void count_into(Counted& counted, std::int64_t project) const {
    SessionSummary& summary = counted.summary;
    const WallTime time = from_unix_ms(number(2));
    if (summary.heartbeats++ == 0) summary.first = time;
    summary.last = time;
    counted.origin = number(6);
    if (number(8) != 0) counted.branch = number(8);
    if (number(12) != 0) counted.parent = number(12);
    if (project != 0) ++counted.projects[project];
    summary.lines_added += number(13);
    summary.lines_removed += number(14);
    count_action(counted);
    count_tokens(counted);
  }

 private:
  /// 0 for NULL.
  [[nodiscard]] std::int64_t number(int column) const { return row_.getColumn(column).getInt64(); }

  void count_action(Counted& counted) const {
    SessionSummary& summary = counted.summary;
    const auto action = static_cast<Action>(number(3));
    if (action == Action::prompt) ++summary.prompts;
    if (action == Action::reply) ++summary.replies;
    if (action == Action::error) ++summary.errors;
    const auto tool_class = static_cast<std::size_t>(number(4));
    if (tool_class != 0) {
      ++summary.tools.at(tool_class);
      if (!row_.getColumn(5).isNull() && number(5) == 0) ++summary.failed_tools;
    }
    const bool is_file = static_cast<EntityType>(number(11)) == EntityType::file;
    if (is_file && number(10) != 0) counted.files.insert(number(10));
  }

  void count_tokens(Counted& counted) const {
    if (row_.getColumn(15).isNull()) return;
    Figures figures;
    figures.tokens = {number(15), number(16), number(17), number(18), number(19)};
    counted.summary.figures += figures;
    Figures of_model;
    of_model.tokens = counted.models[number(9)];
    of_model += figures;
    counted.models[number(9)] = of_model.tokens;
  }

  SQLite::Statement& row_;
};

/// Takes the filter on projects out of the others: the projects that pass, nothing where all do.
std::optional<std::vector<std::int64_t>> take_projects(std::vector<ValueFilter>& filters) {
  const auto found = std::ranges::find(filters, Dimension::project, &ValueFilter::dimension);
  if (found == filters.end()) return std::nullopt;
  auto projects = std::move(found->values);
  filters.erase(found);
  return projects;
}

/// The texts of what was counted in numbers.
SessionSummary with_texts(Counted counted, const SessionKey& key, Names& names) {
  SessionSummary summary = std::move(counted.summary);
  summary.source = SourceId(names.text_of(key.first));
  summary.session = names.text_of(key.second);
  summary.parent = names.text_of(counted.parent);
  summary.branch = names.text_of(counted.branch);
  summary.app =
      names.text_of(names.origin(counted.origin).at(static_cast<std::size_t>(OriginPart::app)));
  summary.files = static_cast<std::int64_t>(counted.files.size());
  std::vector<std::pair<std::int64_t, std::string>> projects;
  for (const auto& [project, heartbeats] : counted.projects) {
    projects.emplace_back(-heartbeats, names.text_of(project));
  }
  std::ranges::sort(projects);
  for (auto& [heartbeats, project] : projects) summary.projects.push_back(std::move(project));
  for (const auto& [model, tokens] : counted.models) {
    summary.models.push_back({names.text_of(model), tokens});
  }
  std::ranges::sort(summary.models, {}, &ModelTokens::model);
  return summary;
}

/// Gives each session the time that statistics attribute to it. Its tokens are counted already.
Result<void> add_times(SQLite::Database& db, Names& names, StatsQuery query, Sessions& sessions) {
  std::map<std::pair<std::string, std::string>, SessionSummary*> by_key;
  for (auto& summary : sessions.sessions) {
    by_key.emplace(std::pair(summary.source.text(), summary.session), &summary);
  }
  query.by = {Dimension::source, Dimension::session};
  const Stats stats = VIGIL_TRY(read_stats(db, names, query));
  sessions.limits = stats.limits;
  for (const auto& item : stats.items) {
    if (!item.keys[0] || !item.keys[1]) continue;
    const auto found = by_key.find({*item.keys[0], *item.keys[1]});
    if (found == by_key.end()) continue;  // only its time reaches into these days
    Figures& figures = found->second->figures;
    figures.human = item.figures.human;
    figures.agent = item.figures.agent;
    figures.united = item.figures.united;
  }
  return {};
}

}  // namespace

Result<Sessions> read_sessions(SQLite::Database& db, Names& names, const StatsQuery& query) {
  VIGIL_TRY(check_query(query));
  const SlotRange slots = slots_of(db, query, rules_of(db, query));
  const Corrections corrections = corrections_of(db, names);
  // Rows hold projects as they were recorded, questions name them as they are told.
  auto filters = numbered_filters(query.filters, names);
  const auto wanted = take_projects(filters);
  SQLite::Statement select(db, kColumns + filter_sql(filters) + " ORDER BY time, id_time, id_hash");
  select.bind(1, unix_ms(slots.begin));
  select.bind(2, unix_ms(slots.end));
  std::map<SessionKey, Counted> counted;
  while (select.executeStep()) {
    const SessionRow row(select);
    const auto project = row.project(corrections);
    if (!project || (wanted && std::ranges::find(*wanted, *project) == wanted->end())) continue;
    row.count_into(counted[row.key()], *project);
    if (counted.size() > kSessionsMax) {
      return fail(Errc::malformed, "range: more than " + std::to_string(kSessionsMax) +
                                       " sessions, ask for fewer days");
    }
  }
  Sessions sessions;
  for (auto& [key, session] : counted) {
    sessions.sessions.push_back(with_texts(std::move(session), key, names));
  }
  std::ranges::sort(sessions.sessions, {}, [](const SessionSummary& summary) {
    return std::tuple(-unix_ms(summary.last), summary.source.text(), summary.session);
  });
  VIGIL_TRY(add_times(db, names, query, sessions));
  return sessions;
}

}  // namespace vigil::agent
