#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/traces/attribution.h"
#include "agent/traces/editor_processes.h"
#include "base/time.h"
#include "parser/editors/side_file.h"

namespace vigil::agent {

/// A file was written: what the tree of the project saw of it.
struct Save {
  std::string path;                      ///< absolute
  WallTime time;                         ///< the file's own (mtime)
  std::string project_folder;            ///< absolute; empty where none is known
  std::vector<parser::SideFile> beside;  ///< side files that came and went with the save
};

/// What the way of writing says, with the editors that run to tell those apart that write alike.
void pattern_evidence(const Save& save, std::span<const EditorProcess> running,
                      std::vector<Evidence>& evidence);

/// What the editors that run say by where they work and what they were started on.
void process_evidence(const Save& save, std::span<const EditorProcess> running,
                      std::vector<Evidence>& evidence);

}  // namespace vigil::agent
