#include "agent/context/git_checkout.h"

#include "agent/context/remote_url.h"
#include "base/text_lines.h"

// A linked worktree's `.git` is a file `gitdir: <main>/.git/worktrees/<name>`, and the file
// `commondir` in that folder leads back to `<main>/.git`. A submodule's `.git` file leads to
// `<main>/.git/modules/<name>`, which has no `commondir`.

namespace vigil::agent {
namespace {

constexpr std::size_t kGitFileMax = 8192;
constexpr std::size_t kGitConfigMax = 262'144;
constexpr std::string_view kBranches = "refs/heads/";

std::string resolve(const std::string& base, const std::string& path) {
  return normal_path(path.starts_with('/') ? path : join_path(base, path));
}

/// The first line of a small file; empty where it cannot be read.
std::string line_of(const FileSystem& files, const std::string& path) {
  const auto text = read_file(files, path, kGitFileMax);
  return text ? std::string(first_line(*text)) : std::string();
}

/// `harbor` for `/src/harbor/.git`, `/src/harbor/.bare` and `/srv/git/harbor.git`.
std::string name_of(std::string_view shared) {
  constexpr std::string_view kSuffix = ".git";
  auto name = file_name(shared);
  if (name.starts_with('.')) return std::string(file_name(parent_path(shared)));
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return std::string(name);
}

/// Where a `.git` file leads; empty for what is no such file.
std::string linked_dir(const FileSystem& files, const std::string& root) {
  constexpr std::string_view kMark = "gitdir: ";
  const auto line = line_of(files, join_path(root, ".git"));
  return line.starts_with(kMark) ? resolve(root, line.substr(kMark.size())) : std::string();
}

GitCheckout linked_checkout(const FileSystem& files, const std::string& root,
                            const std::string& git_dir) {
  GitCheckout checkout{root, git_dir, git_dir, std::string(file_name(root)), GitKind::repository};
  if (const auto common = line_of(files, join_path(git_dir, "commondir")); !common.empty()) {
    checkout.common_dir = resolve(git_dir, common);
    checkout.repository = name_of(checkout.common_dir);
    checkout.kind = GitKind::worktree;
  } else if (git_dir.find("/modules/") != std::string::npos) {
    checkout.kind = GitKind::submodule;
  }
  return checkout;
}

bool is_branch_name(std::string_view name) {
  // What stands in the HEAD of a repository with reftables, for programs that read it as a file.
  constexpr std::string_view kReftable = ".invalid";
  return !name.empty() && name != kReftable && is_plain_text(name);
}

std::string branch_in(std::string_view ref) {
  if (!ref.starts_with(kBranches)) return {};
  ref.remove_prefix(kBranches.size());
  return is_branch_name(ref) ? std::string(ref) : std::string();
}

/// HEAD is detached while git rebases; it notes which branch is to follow.
std::string branch_being_rebased(const FileSystem& files, const std::string& git_dir) {
  for (const char* name : {"rebase-merge/head-name", "rebase-apply/head-name"}) {
    const auto line = line_of(files, join_path(git_dir, name));
    if (!line.empty()) return branch_in(line);
  }
  return {};
}

}  // namespace

std::optional<GitCheckout> git_checkout_at(const FileSystem& files, const std::string& root) {
  std::string git = join_path(root, ".git");
  auto found = files.stat(git);
  if (found && found->kind == FileKind::symlink) {
    auto target = files.canonical(git);
    if (!target) return std::nullopt;
    git = std::move(*target);
    found = files.stat(git);
  }
  if (!found) return std::nullopt;
  if (found->kind == FileKind::directory) {
    return GitCheckout{root, git, git, std::string(file_name(root)), GitKind::repository};
  }
  if (found->kind != FileKind::regular) return std::nullopt;
  return linked_checkout(files, root, linked_dir(files, root));
}

std::string git_branch(const FileSystem& files, const GitCheckout& checkout) {
  constexpr std::string_view kRef = "ref: ";
  if (checkout.git_dir.empty()) return {};
  const auto head = line_of(files, join_path(checkout.git_dir, "HEAD"));
  if (head.empty()) return {};
  if (head.starts_with(kRef)) return branch_in(std::string_view(head).substr(kRef.size()));
  return branch_being_rebased(files, checkout.git_dir);
}

std::string git_remote(const FileSystem& files, const GitCheckout& checkout) {
  constexpr std::string_view kSection = "[remote \"origin\"]";
  if (checkout.common_dir.empty()) return {};
  const auto config = read_file(files, join_path(checkout.common_dir, "config"), kGitConfigMax);
  if (!config) return {};
  bool is_origin = false;
  for (std::string_view rest = *config; !rest.empty();) {
    const auto line = trimmed(take_line(rest));
    if (line.starts_with('[')) {
      is_origin = line == kSection;
    } else if (is_origin) {
      const auto [key, value] = key_and_value(line, '=');
      if (key == "url") return without_credentials(value);
    }
  }
  return {};
}

}  // namespace vigil::agent
