// Names are a graph in which each project has at most one arrow, to what it was renamed to. No
// circle can be made (check_correction), so every project has a last name, found once when the
// corrections are loaded. Time is cut where assignments begin and end: a heartbeat looks at those
// of its stretch only, however many there are.

#include "agent/hub/store/corrections.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "agent/hub/store/names.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 4> kKindNames{"rename", "hide", "ignore", "assign"};

using Renames = std::map<std::string, std::string, std::less<>>;

Renames renames_in(std::span<const Correction> in_force) {
  Renames renames;
  for (const auto& correction : in_force) {
    if (correction.kind == CorrectionKind::rename) {
      renames.emplace(correction.project, correction.to);
    }
  }
  return renames;
}

/// Ends after as many steps as there are renames, also where a damaged store holds a circle.
std::string last_name(const Renames& renames, std::string name) {
  for (std::size_t step = 0; step < renames.size(); ++step) {
    const auto next = renames.find(name);
    if (next == renames.end()) break;
    name = next->second;
  }
  return name;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

Result<void> check_name(std::string_view member, std::string_view name) {
  if (name.empty()) return fail(Errc::malformed, std::string(member) + ": a name is needed");
  if (name.size() > kCorrectedNameMax) {
    return fail(Errc::malformed, std::string(member) + ": a name has at most " +
                                     std::to_string(kCorrectedNameMax) + " bytes");
  }
  if (std::ranges::any_of(name, is_control)) {
    return fail(Errc::malformed, std::string(member) + ": has control characters");
  }
  return {};
}

Result<void> check_rename(const Correction& correction, std::span<const Correction> in_force) {
  if (correction.to == correction.project) return fail(Errc::malformed, "to: is the same name");
  for (const auto& other : in_force) {
    if (other.kind != CorrectionKind::rename || other.project != correction.project) continue;
    return fail(Errc::malformed, "project: goes by " + other.to +
                                     " already; rename that, or undo " + std::to_string(other.id));
  }
  if (last_name(renames_in(in_force), correction.to) == correction.project) {
    return fail(Errc::malformed, "to: goes by " + correction.project + " itself; undo that first");
  }
  return {};
}

Result<void> check_once(const Correction& correction, std::span<const Correction> in_force) {
  for (const auto& other : in_force) {
    if (other.kind != correction.kind || other.project != correction.project) continue;
    return fail(Errc::malformed, "project: is so already, by " + std::to_string(other.id));
  }
  return {};
}

Result<void> check_span(const Correction& correction) {
  if (!correction.from) return fail(Errc::malformed, "from: a time is needed");
  if (!correction.until) return fail(Errc::malformed, "until: a time is needed");
  if (*correction.until <= *correction.from) {
    return fail(Errc::malformed, "until: is not after from");
  }
  return {};
}

std::int64_t needed_number(Names& names, std::string_view text) {
  const auto number = names.find(text);
  if (!number) throw SQLite::Exception("a corrected name is missing", SQLITE_CORRUPT);
  return *number;
}

}  // namespace

std::string_view name_of(CorrectionKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

std::optional<CorrectionKind> correction_kind_named(std::string_view name) {
  const auto* const found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<CorrectionKind>(found - kKindNames.begin());
}

Result<void> check_correction(const Correction& correction, std::span<const Correction> in_force) {
  using enum CorrectionKind;
  const bool is_assign = correction.kind == assign;
  const bool has_target = is_assign || correction.kind == rename;
  if (!is_assign || !correction.project.empty()) {
    VIGIL_TRY(check_name("project", correction.project));
  }
  if (has_target) VIGIL_TRY(check_name("to", correction.to));
  if (!has_target && !correction.to.empty()) {
    return fail(Errc::malformed, "to: means nothing to " + std::string(name_of(correction.kind)));
  }
  if (!is_assign && (correction.from || correction.until)) {
    return fail(Errc::malformed, std::string(correction.from ? "from" : "until") +
                                     ": only an assignment has a span");
  }
  switch (correction.kind) {
    case rename: VIGIL_TRY(check_rename(correction, in_force)); break;
    case hide:
    case ignore: VIGIL_TRY(check_once(correction, in_force)); break;
    case assign: VIGIL_TRY(check_span(correction)); break;
  }
  if (in_force.size() < kCorrectionsMax) return {};
  return fail(Errc::malformed, "kind: " + std::to_string(kCorrectionsMax) +
                                   " corrections are in force, undo some first");
}

Corrections::Corrections(std::span<const Correction> in_force, Names& names) {
  add_names(in_force, names);
  add_assignments(in_force, names);
}

void Corrections::add_names(std::span<const Correction> in_force, Names& names) {
  const Renames renames = renames_in(in_force);
  for (const auto& [name, next] : renames) {
    const std::int64_t last = needed_number(names, last_name(renames, name));
    if (const auto number = names.find(name)) renamed_.emplace(*number, last);
  }
  for (const auto& correction : in_force) {
    const bool is_hide = correction.kind == CorrectionKind::hide;
    if (!is_hide && correction.kind != CorrectionKind::ignore) continue;
    const auto number = names.find(last_name(renames, correction.project));
    if (number) (is_hide ? hidden_ : ignored_).insert(*number);
  }
  if (!hidden_.empty()) hidden_name_ = needed_number(names, kHiddenProject);
}

void Corrections::add_assignments(std::span<const Correction> in_force, Names& names) {
  std::vector<WallTime> cuts;
  for (const auto& correction : in_force) {
    if (correction.kind != CorrectionKind::assign) continue;
    std::optional<std::int64_t> project;
    if (!correction.project.empty()) {
      const auto number = names.find(correction.project);
      if (!number) continue;  // nothing was ever of that name
      project = renamed(*number);
    }
    assignments_.push_back(
        {*correction.from, *correction.until, project, needed_number(names, correction.to)});
    cuts.insert(cuts.end(), {*correction.from, *correction.until});
  }
  std::ranges::sort(cuts);
  cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
  for (const WallTime cut : cuts) {
    Stretch& stretch = stretches_.emplace_back(cut, std::vector<std::size_t>{});
    for (std::size_t i = 0; i < assignments_.size(); ++i) {
      const auto& assignment = assignments_[i];
      if (assignment.from <= cut && cut < assignment.until) stretch.assignments.push_back(i);
    }
  }
}

std::int64_t Corrections::renamed(std::int64_t project) const {
  const auto found = renamed_.find(project);
  return found == renamed_.end() ? project : found->second;
}

bool Corrections::is_ignored(std::int64_t project) const {
  return !ignored_.empty() && ignored_.contains(renamed(project));
}

std::optional<std::int64_t> Corrections::settled(std::int64_t project, WallTime time) const {
  const auto after = std::ranges::upper_bound(stretches_, time, {}, &Stretch::begin);
  if (after != stretches_.begin()) {
    for (const std::size_t i : std::prev(after)->assignments) {
      const auto& [from, until, only, to] = assignments_[i];
      if (!only || *only == renamed(project)) project = to;
    }
  }
  if (is_ignored(project)) return std::nullopt;
  return project;
}

std::int64_t Corrections::shown(std::int64_t project) const {
  const std::int64_t name = renamed(project);
  return !hidden_.empty() && hidden_.contains(name) ? hidden_name_ : name;
}

std::optional<std::int64_t> Corrections::told(std::int64_t project, WallTime time) const {
  const auto counted = settled(project, time);
  return counted ? std::optional(shown(*counted)) : std::nullopt;
}

std::vector<std::int64_t> Corrections::named() const {
  std::vector<std::int64_t> numbers(hidden_.begin(), hidden_.end());
  numbers.insert(numbers.end(), ignored_.begin(), ignored_.end());
  for (const auto& [project, last] : renamed_) numbers.insert(numbers.end(), {project, last});
  return numbers;
}

}  // namespace vigil::agent
