#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/traces/attribution.h"
#include "agent/traces/trace_places.h"
#include "base/file_system.h"
#include "base/time.h"

namespace vigil::agent {

/// Looks into the local history of VS Code and its forks: not watched, since it has a folder for
/// every file that was ever saved, but its name follows from the file's.
class VscodeLookup {
 public:
  explicit VscodeLookup(const FileSystem& files) : files_(files) {}

  /// For each of the flavours whose history of `path` changed with the save.
  void testify(const std::vector<VscodeFlavour>& flavours, const std::string& path, WallTime saved,
               std::vector<Evidence>& evidence);

 private:
  /// What stands in front of a file's path in the URIs that a flavour uses on this machine.
  [[nodiscard]] const std::vector<std::string>& fronts_of(const VscodeFlavour& flavour);
  [[nodiscard]] std::vector<std::string> learn_fronts(const std::string& history) const;
  [[nodiscard]] std::optional<milliseconds> apart_from(const std::string& folder,
                                                       WallTime saved) const;

  const FileSystem& files_;
  std::map<std::string, std::vector<std::string>> fronts_;  ///< by the flavour's folder
};

}  // namespace vigil::agent
