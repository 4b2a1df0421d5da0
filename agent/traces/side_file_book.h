#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/traces/attribution.h"
#include "agent/traces/side_reading.h"
#include "base/time.h"
#include "parser/editor_trace.h"

namespace vigil::agent {

/// The side files that are known, those that vanished lately included: what each change of one
/// says about the file that it belongs to. Decides only; is told what was read.
class SideFileBook {
 public:
  explicit SideFileBook(std::size_t entries_max) : entries_max_(entries_max) {}

  /// The side file at `path` is now as read; nothing: it is not there, or not (yet) readable.
  [[nodiscard]] std::optional<parser::EditorTrace> observe(
      const std::string& path, const std::optional<SideReading>& reading, MonoTime now);

  /// What is known about who saved `owner` at `saved`, its modification time.
  void testify(const std::string& owner, WallTime saved, MonoTime now,
               std::vector<Evidence>& evidence) const;

  /// The one that was looked at last of those that say that `owner` is open.
  [[nodiscard]] std::optional<parser::EditorTrace> holder_of(const std::string& owner) const;

  /// The known side files of a file, those that vanished lately included.
  [[nodiscard]] std::vector<std::string> side_files_of(const std::string& owner) const;

  /// Side files that exist, to be looked at again.
  [[nodiscard]] std::vector<std::string> existing() const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Forgets what vanished longer ago than anybody asks for.
  void forget_old(MonoTime now);

 private:
  struct Entry {
    SideReading reading;
    MonoTime looked;
    std::optional<MonoTime> gone;
  };
  using Entries = std::map<std::string, Entry>;

  [[nodiscard]] std::optional<parser::EditorTrace> appear(const std::string& path,
                                                          const SideReading& reading, MonoTime now);
  [[nodiscard]] std::optional<parser::EditorTrace> change(Entry& entry, const SideReading& reading,
                                                          MonoTime now);
  [[nodiscard]] std::optional<parser::EditorTrace> vanish(Entry& entry, MonoTime now);
  void make_room();
  void erase(Entries::iterator entry);

  std::size_t entries_max_;
  Entries entries_;                                   ///< by the side file's path
  std::multimap<std::string, std::string> by_owner_;  ///< side files of a file
};

}  // namespace vigil::agent
