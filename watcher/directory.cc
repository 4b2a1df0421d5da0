#include "watcher/directory.h"

#include <algorithm>

namespace vigil::watcher {
namespace {

constexpr auto kName = [](const TrackedFile* file) -> std::string_view { return file->name; };

}  // namespace

TrackedFile* Directory::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(files, name, {}, kName);
  return found != files.end() && (*found)->name == name ? *found : nullptr;
}

void Directory::add(TrackedFile& file) {
  files.insert(std::ranges::lower_bound(files, std::string_view(file.name), {}, kName), &file);
}

void Directory::remove(const TrackedFile& file) {
  std::erase(files, &file);
}

}  // namespace vigil::watcher
