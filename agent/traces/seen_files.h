#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/traces/attribution.h"
#include "base/time.h"

namespace vigil::agent {

/// When files were last named by an editor's list, or came to the front of one, as evidence of who
/// saved them. Bounded: what was seen longest ago goes first.
class SeenFiles {
 public:
  explicit SeenFiles(std::size_t files_max) : files_max_(files_max) {}

  void note_listed(const std::string& path, const std::string& editor, WallTime listed,
                   MonoTime now);
  /// False where it came to the front only just now: one change of tabs asks for several things.
  bool note_front(const std::string& path, const std::string& editor, MonoTime now);

  void testify(const std::string& path, WallTime saved, MonoTime now,
               std::vector<Evidence>& evidence) const;

  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  struct Seen {
    MonoTime touched;
    std::string lister;
    std::optional<WallTime> listed;
    std::string fronted_by;
    std::optional<MonoTime> in_front;
  };

  Seen& entry_of(const std::string& path, MonoTime now);

  std::size_t files_max_;
  std::map<std::string, Seen> files_;
};

}  // namespace vigil::agent
