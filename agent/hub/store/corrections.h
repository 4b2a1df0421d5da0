#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

class Names;

enum class CorrectionKind : std::uint8_t {
  rename,  ///< `project` goes by the name `to`, everywhere; `to` may be another project
  hide,    ///< `project` is told as kHiddenProject
  ignore,  ///< `project` counts nowhere, as if it had not been recorded
  assign,  ///< what was done from `from` up to `until` is `to`'s
};

/// `rename` and so on; nothing for another name.
[[nodiscard]] std::string_view name_of(CorrectionKind kind);
[[nodiscard]] std::optional<CorrectionKind> correction_kind_named(std::string_view name);

/// What somebody who knows better said of stored heartbeats. These are not altered.
struct Correction {
  std::int64_t id = 0;  ///< from 1; never given again
  CorrectionKind kind = CorrectionKind::rename;
  std::string project{};            ///< of assign: only what is this one's; empty: whosever it is
  std::string to{};                 ///< of rename and assign
  std::optional<WallTime> from{};   ///< of assign; the first moment
  std::optional<WallTime> until{};  ///< of assign; the first moment that is not in it
  WallTime made_at{};

  friend bool operator==(const Correction&, const Correction&) = default;
};

/// Most corrections in force, and the longest name in one, in bytes.
inline constexpr std::size_t kCorrectionsMax = 500;
inline constexpr std::size_t kCorrectedNameMax = 256;

/// The name that stands for all hidden projects.
inline constexpr std::string_view kHiddenProject = "hidden";

/// Whether a correction makes sense beside those that are in force. `malformed` says what is wrong,
/// beginning with the name of the member.
[[nodiscard]] Result<void> check_correction(const Correction& correction,
                                            std::span<const Correction> in_force);

/// What all corrections in force make of a heartbeat's project, in numbers of `names`:
///
/// 1. A renamed project goes by its new name, in other corrections too.
/// 2. Assignments are applied in the order in which they were made, each upon what the ones before
///    it left.
/// 3. Then, by the name that it has now, a heartbeat is ignored or hidden.
///
/// The first half, settled(), decides about time and is stored in roll-ups; the second, shown(), is
/// a matter of names and applied when figures are read: renaming and hiding cost nothing, however
/// many heartbeats a project has. A value; const functions may be called from any thread.
class Corrections {
 public:
  Corrections() = default;

  /// `in_force` in the order of their ids. Looks texts up; where the store lacks the text that a
  /// project is to be told as it is damaged: throws SQLite::Exception.
  Corrections(std::span<const Correction> in_force, Names& names);

  /// The project that a heartbeat of this project (0: none) and time counts for, by a name that may
  /// have been replaced; nothing where it counts nowhere.
  [[nodiscard]] std::optional<std::int64_t> settled(std::int64_t project, WallTime time) const;

  /// How a settled project is told.
  [[nodiscard]] std::int64_t shown(std::int64_t project) const;

  /// settled() and shown().
  [[nodiscard]] std::optional<std::int64_t> told(std::int64_t project, WallTime time) const;

  /// Whether heartbeats of a settled project count nowhere.
  [[nodiscard]] bool is_ignored(std::int64_t project) const;

  /// Projects that a rule for names speaks of; of all others every answer is the same as without
  /// any correction, but for assignments.
  [[nodiscard]] std::vector<std::int64_t> named() const;

 private:
  struct Assignment {
    WallTime from;
    WallTime until;
    std::optional<std::int64_t> project;  ///< by the name that it goes by
    std::int64_t to = 0;
  };

  /// Which assignments hold from `begin` to the next stretch, in order.
  struct Stretch {
    WallTime begin;
    std::vector<std::size_t> assignments;
  };

  void add_names(std::span<const Correction> in_force, Names& names);
  void add_assignments(std::span<const Correction> in_force, Names& names);
  [[nodiscard]] std::int64_t renamed(std::int64_t project) const;

  std::unordered_map<std::int64_t, std::int64_t> renamed_;  ///< to the last name
  std::unordered_set<std::int64_t> hidden_;                 ///< by the last name
  std::unordered_set<std::int64_t> ignored_;                ///< likewise
  std::int64_t hidden_name_ = 0;
  std::vector<Assignment> assignments_;
  std::vector<Stretch> stretches_;  ///< ascending
};

}  // namespace vigil::agent
