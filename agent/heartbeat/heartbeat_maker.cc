#include "agent/heartbeat/heartbeat_maker.h"

#include <algorithm>
#include <utility>

#include "agent/context/category.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "base/planted_bug.h"
#include "parser/language.h"

namespace vigil::agent {
namespace {

/// Clocks of one machine differ by little; beyond this a time is taken for wrong.
constexpr auto kFutureTolerance = std::chrono::minutes{5};

/// A field never exceeds what a hub accepts; a cut ends at a whole code point.
std::string bounded(std::string text) {
  if (text.size() <= kFieldMax) return text;
  std::size_t end = kFieldMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

/// Of a save: the state that the file got by it. Of the rest: who saw what when.
parser::Identity identity_of(const FileEvent& event) {
  const bool is_save = event.action == parser::Action::save;
  const std::string rest = is_save ? std::to_string(event.stamp.modified_ns) + "\n" +
                                         std::to_string(event.stamp.size) + "\n" +
                                         std::to_string(event.stamp.inode)
                                   : std::string(parser::name_of(event.action)) + "\n" + event.app;
  return {is_save ? parser::IdentityKind::save : parser::IdentityKind::trace,
          event.path + "\n" + rest, event.time};
}

}  // namespace

HeartbeatMaker::HeartbeatMaker(Origins origins, SessionHash hash_session, ProjectFinder& projects)
    : origins_(std::move(origins)),
      hash_session_(std::move(hash_session)),
      projects_(projects),
      ids_(origins_.source) {}

Heartbeat HeartbeatMaker::make(const parser::Activity& activity, parser::Format format,
                               WallTime wall_now, MonoTime now) {
  Heartbeat heartbeat;
  heartbeat.id = ids_.make(activity.identity);
  if (planted(PlantedBug::random_ids))
    heartbeat.id =
        ids_.make_for_fields(activity.time, format_rfc3339(wall_now) + activity.identity.key);
  heartbeat.rev = activity.revision;
  heartbeat.time = activity.time;
  heartbeat.actor = activity.actor;
  heartbeat.action = activity.action;
  heartbeat.category = "ai coding";
  heartbeat.branch = bounded(activity.branch);
  heartbeat.is_write = activity.is_write;
  heartbeat.lines_added = activity.lines_added;
  heartbeat.lines_removed = activity.lines_removed;
  heartbeat.app = parser::app_name(format);
  heartbeat.app_version = bounded(activity.app_version);
  heartbeat.session = session_name(activity.session);
  heartbeat.parent_session = session_name(activity.parent_session);
  heartbeat.model = bounded(activity.model);
  heartbeat.tokens = activity.tokens;
  heartbeat.tool = bounded(activity.tool);
  heartbeat.tool_class = activity.tool_class;
  heartbeat.ok = activity.ok;
  heartbeat.prompt_length = activity.prompt_length;
  place(heartbeat, activity.path, activity.cwd, now);
  stamp(heartbeat, wall_now);
  return heartbeat;
}

Heartbeat HeartbeatMaker::make(const FileEvent& event, WallTime wall_now, MonoTime now) {
  Heartbeat heartbeat;
  heartbeat.id = ids_.make(identity_of(event));
  heartbeat.rev = event.revision;
  heartbeat.time = event.time;
  heartbeat.actor = event.actor;
  heartbeat.action = event.action;
  heartbeat.branch = bounded(projects_.branch(std::string(parent_path(event.path)), now));
  heartbeat.is_write = event.action == Action::save;
  heartbeat.lines = event.lines;
  heartbeat.lines_added = event.lines_added;
  heartbeat.lines_removed = event.lines_removed;
  heartbeat.lineno = event.lineno;
  heartbeat.cursorpos = event.cursorpos;
  heartbeat.app = event.app;
  heartbeat.session = event.session;
  heartbeat.model = bounded(event.model);
  heartbeat.confidence = event.confidence;
  heartbeat.same_as = event.same_as.text();
  if (event.is_observed) heartbeat.flags.emplace_back("observed");
  place(heartbeat, event.path, {}, now);
  if (!event.language.empty()) heartbeat.language = event.language;
  heartbeat.category = category_of(event.actor, heartbeat.entity, heartbeat.language);
  stamp(heartbeat, wall_now);
  return heartbeat;
}

Heartbeat HeartbeatMaker::complete(Heartbeat heartbeat, WallTime wall_now, MonoTime now) {
  if (heartbeat.entity_type == EntityType::file && heartbeat.entity.starts_with('/')) {
    const std::string project = std::exchange(heartbeat.project, {});
    const std::string language = std::exchange(heartbeat.language, {});
    place(heartbeat, std::exchange(heartbeat.entity, {}), {}, now);
    if (!project.empty()) heartbeat.project = project;
    if (!language.empty()) heartbeat.language = language;
  }
  heartbeat.id = {};
  stamp(heartbeat, wall_now);
  heartbeat.id = ids_.make_for_fields(heartbeat.time, to_json(heartbeat));
  return heartbeat;
}

void HeartbeatMaker::place(Heartbeat& heartbeat, const std::string& path, const std::string& cwd,
                           MonoTime now) {
  const std::string directory = path.empty() ? cwd : std::string(parent_path(path));
  std::optional<Project> project;
  if (!directory.empty()) project = projects_.find(directory, now);
  if (!project && !cwd.empty() && cwd != "/" && cwd != origins_.home &&
      (path.empty() || is_below(path, cwd))) {
    project = Project{std::string(file_name(cwd)), cwd};
  }
  if (project) heartbeat.project = bounded(project->name);
  if (path.empty()) {
    heartbeat.entity = heartbeat.app;
    heartbeat.entity_type = EntityType::app;
    return;
  }
  heartbeat.entity = bounded(short_path(path, project ? project->root : std::string()));
  heartbeat.entity_type = EntityType::file;
  heartbeat.language = parser::language_of(path);
}

void HeartbeatMaker::stamp(Heartbeat& heartbeat, WallTime wall_now) const {
  if (heartbeat.time > wall_now + kFutureTolerance) {
    heartbeat.time = wall_now;
    heartbeat.flags.emplace_back("clamped");
  }
  heartbeat.machine = origins_.machine;
  heartbeat.os = origins_.os;
  heartbeat.timezone = origins_.timezone;
}

std::string HeartbeatMaker::short_path(const std::string& path, const std::string& root) const {
  if (is_below(path, root)) return path.substr(root == "/" ? 1 : root.size() + 1);
  if (is_below(path, origins_.home)) return "~" + path.substr(origins_.home.size());
  return path;
}

const std::string& HeartbeatMaker::session_name(const std::string& session) {
  if (sessions_.size() >= kSessionsRemembered) sessions_.clear();
  const auto [at, is_new] = sessions_.try_emplace(session);
  if (is_new && !session.empty()) at->second = hash_session_(session);
  return at->second;
}

}  // namespace vigil::agent
