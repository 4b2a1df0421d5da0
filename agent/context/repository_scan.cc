#include "agent/context/repository_scan.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "agent/context/heavy_folder.h"
#include "agent/context/version_control.h"

namespace vigil::agent {
namespace {

/// By what version control writes when it is used; the folder's own time where there is nothing of
/// it.
WallTime last_used(const FileSystem& files, const Checkout& checkout) {
  std::vector<std::string> witnesses{checkout.root};
  if (checkout.git) {
    witnesses.clear();
    for (const char* name : {"index", "HEAD", "logs/HEAD"}) {
      witnesses.push_back(join_path(checkout.git->git_dir, name));
    }
  }
  std::int64_t latest_ns = 0;
  for (const auto& path : witnesses) {
    if (const auto stat = files.stat(path)) latest_ns = std::max(latest_ns, stat->modified_ns);
  }
  return from_unix_ns(latest_ns);
}

/// Near ones first, so that a limit cuts off what is deep.
class Search {
 public:
  Search(const FileSystem& files, const Clock& clock, const RepositoryScanLimits& limits)
      : files_(files), clock_(clock), limits_(limits), end_(clock.mono_now() + limits.time) {}

  RepositoryScan run(const std::string& top) {
    const auto stat = files_.stat(top);
    if (!stat) return found_;
    device_ = stat->device;
    waiting_.push_back({top, 0});
    while (!waiting_.empty() && goes_on()) {
      const Folder folder = std::move(waiting_.front());
      waiting_.pop_front();
      look_into(folder);
    }
    std::ranges::sort(found_.repositories, [](const auto& a, const auto& b) {
      return std::tie(b.last_used, a.root) < std::tie(a.last_used, b.root);
    });
    return std::move(found_);
  }

 private:
  struct Folder {
    std::string path;
    std::size_t depth;
  };

  bool goes_on() {
    const bool is_at_limit = found_.directories >= limits_.directories ||
                             found_.repositories.size() >= limits_.repositories ||
                             clock_.mono_now() >= end_;
    if (is_at_limit) found_.is_complete = false;
    return !is_at_limit;
  }

  void look_into(const Folder& folder) {
    ++found_.directories;
    if (folder.depth > 0) {
      if (const auto checkout = checkout_at(files_, folder.path)) {
        return found_.repositories.push_back(
            {folder.path, checkout->repository, last_used(files_, *checkout)});
      }
    }
    std::vector<std::string> names;
    const auto keep = [&](const VisitedEntry& entry) {
      if (entry.kind == FileKind::directory && is_wanted(entry.name))
        names.emplace_back(entry.name);
    };
    const auto about = files_.visit(folder.path, VisitDetail::kinds, keep);
    if (!about || about->device != device_ || names.empty()) return;
    if (folder.depth >= limits_.depth) {
      found_.is_complete = false;
      return;
    }
    std::ranges::sort(names);
    for (const auto& name : names) {
      waiting_.push_back({join_path(folder.path, name), folder.depth + 1});
    }
  }

  static bool is_wanted(std::string_view name) {
    return !name.starts_with('.') && !is_heavy_name(name);
  }

  const FileSystem& files_;
  const Clock& clock_;
  const RepositoryScanLimits& limits_;
  MonoTime end_;
  std::uint64_t device_ = 0;
  std::deque<Folder> waiting_;
  RepositoryScan found_;
};

}  // namespace

RepositoryScan find_repositories(const FileSystem& files, const Clock& clock,
                                 const std::string& top, const RepositoryScanLimits& limits) {
  return Search(files, clock, limits).run(top);
}

}  // namespace vigil::agent
