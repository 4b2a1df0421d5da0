#include "agent/context/ignore_rules.h"

#include <algorithm>
#include <utility>

#include "agent/context/heavy_folder.h"

namespace vigil::agent {

IgnoreRules::IgnoreRules(const FileSystem& files, std::string root,
                         std::unique_ptr<RepositoryIgnores> repository)
    : files_(files), root_(std::move(root)), repository_(std::move(repository)) {
  while (root_.ends_with('/')) root_.pop_back();
}

bool IgnoreRules::is_ignored(std::string_view path, FileKind kind) {
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!is_below(path, root_)) return false;
  const auto relative = path.substr(root_.size() + 1);
  if (has_heavy_folder(relative, kind)) return true;
  return repository_ != nullptr && repository_->ignores(std::string(relative), kind);
}

bool IgnoreRules::has_heavy_folder(std::string_view relative, FileKind kind) const {
  for (std::size_t begin = 0; begin < relative.size();) {
    const auto end = std::min(relative.find('/', begin), relative.size());
    if (end == relative.size() && kind != FileKind::directory) return false;
    const auto name = relative.substr(begin, end - begin);
    if (is_heavy_name(name)) return true;
    if (repository_ == nullptr &&
        holds_products(files_, join_path(root_, relative.substr(0, end)))) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

}  // namespace vigil::agent
