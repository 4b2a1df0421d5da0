#include "agent/privacy/redaction.h"

#include <algorithm>
#include <utility>

#include "agent/heartbeat/heartbeat_json.h"
#include "base/file_system.h"

namespace vigil::agent {
namespace {

/// As WakaTime's clients spell it.
constexpr std::string_view kHidden = "HIDDEN";

std::string hidden_path(std::string_view path) {
  const std::string_view name = file_name(path);
  const std::size_t dot = name.rfind('.');
  std::string hidden(kHidden);
  if (dot != std::string_view::npos && dot > 0) hidden += name.substr(dot);
  return hidden;
}

constexpr std::string_view kFiles = "files";
constexpr std::string_view kBranches = "branches";
constexpr std::string_view kProjects = "projects";

}  // namespace

bool is_hideable(std::string_view word) {
  return word == kFiles || word == kBranches || word == kProjects;
}

HiddenNames hidden_names(std::span<const std::string> everywhere,
                         std::span<const std::string> here) {
  HiddenNames hidden;
  for (const auto words : {everywhere, here}) {
    for (const std::string& word : words) {
      hidden.files = hidden.files || word == kFiles;
      hidden.branches = hidden.branches || word == kBranches;
      hidden.projects = hidden.projects || word == kProjects;
    }
  }
  return hidden;
}

Redaction::Redaction(HiddenNames hidden, std::vector<std::string> hidden_projects, NameHash hash)
    : hidden_(hidden), hidden_projects_(std::move(hidden_projects)), hash_(std::move(hash)) {}

bool Redaction::is_empty() const {
  return hidden_ == HiddenNames{} && hidden_projects_.empty();
}

void Redaction::apply(Heartbeat& heartbeat) const {
  HiddenNames hidden = hidden_;
  if (std::ranges::find(hidden_projects_, heartbeat.project) != hidden_projects_.end()) {
    hidden = {true, true, true};
  }
  if (hidden.files && heartbeat.entity_type == EntityType::file) {
    heartbeat.entity = hidden_path(heartbeat.entity);
    heartbeat.lineno.reset();
    heartbeat.cursorpos.reset();
    heartbeat.lines.reset();
    heartbeat.dependencies.clear();
    heartbeat.project_root_count.reset();
  }
  if (hidden.branches) heartbeat.branch.clear();
  if (hidden.projects && !heartbeat.project.empty()) heartbeat.project = hash_(heartbeat.project);
}

std::optional<std::string> Redaction::apply(std::string_view body) {
  if (is_empty()) return std::nullopt;
  auto heartbeat = reader_.read(body);
  if (!heartbeat) return "{}";
  apply(*heartbeat);
  return to_json(*heartbeat);
}

}  // namespace vigil::agent
