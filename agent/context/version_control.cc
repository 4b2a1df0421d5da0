#include "agent/context/version_control.h"

#include <algorithm>
#include <array>

#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kBranchFileMax = 4096;

/// Git's own is looked for first: Jujutsu keeps one beside its own.
constexpr auto kMarks = std::to_array<const char*>(
    {".hg", ".svn", ".jj", ".bzr", ".pijul", "_darcs", ".fslckout", "_FOSSIL_"});

bool has(const FileSystem& files, const std::string& directory, const char* name) {
  return files.stat(join_path(directory, name)).has_value();
}

/// `trunk`, or the name below `branches` and `tags`; empty for another layout.
std::string subversion_branch(std::string_view root) {
  const auto name = file_name(root);
  const auto above = file_name(parent_path(root));
  if (name == "trunk" || above == "branches" || above == "tags") return std::string(name);
  return {};
}

std::string subversion_name(std::string_view root) {
  if (file_name(root) == "trunk") return std::string(file_name(parent_path(root)));
  if (!subversion_branch(root).empty()) {
    return std::string(file_name(parent_path(parent_path(root))));
  }
  return std::string(file_name(root));
}

}  // namespace

std::optional<Checkout> checkout_at(const FileSystem& files, const std::string& directory) {
  if (auto git = git_checkout_at(files, directory)) {
    std::string name = git->repository;
    return Checkout{directory, std::move(name), std::move(git)};
  }
  const auto* mark =
      std::ranges::find_if(kMarks, [&](const char* name) { return has(files, directory, name); });
  if (mark == kMarks.end()) return std::nullopt;
  const bool is_subversion = std::string_view(*mark) == ".svn";
  auto name = is_subversion ? subversion_name(directory) : std::string(file_name(directory));
  if (name.empty()) name = file_name(directory);
  return Checkout{directory, std::move(name), std::nullopt};
}

std::string branch_of(const FileSystem& files, const Checkout& checkout) {
  if (checkout.git) return git_branch(files, *checkout.git);
  if (has(files, checkout.root, ".svn")) return subversion_branch(checkout.root);
  if (!has(files, checkout.root, ".hg")) return {};
  const auto text = read_file(files, join_path(checkout.root, ".hg/branch"), kBranchFileMax);
  const auto name = text ? first_line(*text) : std::string_view{};
  return name.empty() || !is_plain_text(name) ? "default" : std::string(name);
}

}  // namespace vigil::agent
