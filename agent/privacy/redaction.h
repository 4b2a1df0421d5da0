#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/heartbeat/heartbeat_reader.h"

namespace vigil::agent {

/// Which names one destination is not told.
struct HiddenNames {
  bool files = false;     ///< `HIDDEN.py` in place of a path; where in the file is left out too
  bool branches = false;  ///< left out
  bool projects = false;  ///< a keyed hash in place of the name: still told apart

  friend bool operator==(const HiddenNames&, const HiddenNames&) = default;
};

/// Whether it is `files`, `branches` or `projects`.
[[nodiscard]] bool is_hideable(std::string_view word);

/// What the words of both lists say together.
[[nodiscard]] HiddenNames hidden_names(std::span<const std::string> everywhere,
                                       std::span<const std::string> here);

/// Takes out of heartbeats what a destination is not told. What is left says as much of times,
/// languages and counts as before, so that sums agree everywhere. Not thread-safe.
class Redaction {
 public:
  /// Hashes a project's name with a salt that never leaves the machine.
  using NameHash = std::function<std::string(std::string_view name)>;

  /// `hidden_projects`: of these, everything is hidden that HiddenNames can say.
  Redaction(HiddenNames hidden, std::vector<std::string> hidden_projects, NameHash hash);

  /// Nothing is ever taken out.
  [[nodiscard]] bool is_empty() const;

  void apply(Heartbeat& heartbeat) const;

  /// Of a canonical JSON object; nothing where it stays as it is. One that does not read comes out
  /// empty of everything but what identifies it, which no hub takes: better refused than told.
  [[nodiscard]] std::optional<std::string> apply(std::string_view body);

 private:
  HiddenNames hidden_;
  std::vector<std::string> hidden_projects_;
  NameHash hash_;
  HeartbeatReader reader_;
};

}  // namespace vigil::agent
