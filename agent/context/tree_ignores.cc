#include "agent/context/tree_ignores.h"

#include <algorithm>
#include <utility>

#include "agent/context/git_checkout.h"
#include "agent/context/heavy_folder.h"

namespace vigil::agent {

TreeIgnores::TreeIgnores(const FileSystem& files, std::string home)
    : files_(files), home_(std::move(home)) {}

bool TreeIgnores::enters(const std::string& directory) {
  if (is_heavy_name(file_name(directory))) return false;
  const std::string& root = root_of(std::string(parent_path(directory)));
  if (root.empty()) return !holds_products(files_, directory);
  return !rules_of(root).is_ignored(directory, FileKind::directory);
}

bool TreeIgnores::is_ignored(const std::string& file) {
  const std::string& root = root_of(std::string(parent_path(file)));
  return !root.empty() && rules_of(root).is_ignored(file, FileKind::regular);
}

void TreeIgnores::forget_unused() {
  std::erase_if(open_, [](Repository& one) { return !std::exchange(one.is_used, false); });
  roots_.clear();
}

const std::string& TreeIgnores::root_of(const std::string& directory) {
  const auto known = roots_.find(directory);
  if (known != roots_.end()) return known->second;
  std::string root = look_up(directory);
  // Only here and never while an answer is being put together from others.
  if (roots_.size() >= kRememberedMax) roots_.clear();
  return roots_.insert_or_assign(directory, std::move(root)).first->second;
}

std::string TreeIgnores::look_up(const std::string& directory) {
  std::string_view at = directory;
  for (; at.size() > 1 && at != home_; at = parent_path(at)) {
    const auto known = roots_.find(std::string(at));
    if (known != roots_.end()) return known->second;
    const std::string here(at);
    if (files_.stat(join_path(here, ".git")) && git_checkout_at(files_, here)) return here;
  }
  return {};
}

/// Where a repository cannot be read there are still the folders that tools fill.
IgnoreRules& TreeIgnores::rules_of(const std::string& root) {
  const auto open = std::ranges::find(open_, root, &Repository::root);
  if (open != open_.end()) {
    open_.splice(open_.begin(), open_, open);
    open_.front().is_used = true;
    return open_.front().rules;
  }
  if (open_.size() >= kOpenMax) open_.pop_back();
  std::unique_ptr<RepositoryIgnores> repository;
  if (const auto checkout = git_checkout_at(files_, root)) {
    if (auto opened = git_.open(*checkout)) repository = *std::move(opened);
  }
  open_.push_front({root, IgnoreRules(files_, root, std::move(repository))});
  return open_.front().rules;
}

}  // namespace vigil::agent
