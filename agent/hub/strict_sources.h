#pragma once

#include <set>
#include <string>

#include "base/file_system.h"
#include "base/id.h"
#include "base/result.h"

namespace vigil::agent {

/// The sources that once signed with v1: from these nothing less is accepted, so that nobody can
/// strip the better signature from what they send. A line each in `v1-sources` beside hub.db; only
/// the hub writes it, and it only grows. Not thread-safe.
class StrictSources {
 public:
  StrictSources(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  /// A torn last line is dropped. No file is an empty set.
  Result<void> load();

  [[nodiscard]] bool contains(const SourceId& source) const { return sources_.contains(source); }

  /// Durable when it returns. On an error the source counts as marked all the same.
  Result<void> mark(const SourceId& source);

 private:
  FileSystem& files_;
  std::string path_;
  std::string separator_;  ///< ends a torn line before the next one is written
  std::set<SourceId> sources_;
};

}  // namespace vigil::agent
