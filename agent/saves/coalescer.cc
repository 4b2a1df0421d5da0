#include "agent/saves/coalescer.h"

namespace vigil::agent {

bool Coalescer::adds(const std::string& editor, const std::string& path, bool is_save,
                     WallTime time) {
  if (last_.size() >= kEditorsMax && !last_.contains(editor)) last_.clear();
  Last& last = last_[editor];
  const bool is_same = last.path == path && std::chrono::abs(time - last.time) < kSame;
  if (is_same && !is_save) return false;
  last = {path, time};
  return true;
}

}  // namespace vigil::agent
