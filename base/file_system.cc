#include "base/file_system.h"

#include <algorithm>

namespace vigil {

Result<FileStat> FileSystem::visit(const std::string& path, VisitDetail detail,
                                   const std::function<void(const VisitedEntry&)>& show) const {
  if (VIGIL_TRY(canonical(path)) != path) return fail(Errc::denied, path + ": leads over a link");
  const FileStat directory = VIGIL_TRY(stat(path));
  if (directory.kind != FileKind::directory) return fail(Errc::not_found, path + ": no directory");
  for (const auto& entry : VIGIL_TRY(list(path))) {
    VisitedEntry shown{entry.name, entry.kind};
    const bool has_times = detail == VisitDetail::times && entry.kind != FileKind::directory;
    if (has_times || entry.kind == FileKind::other) {
      const auto found = stat(join_path(path, entry.name));
      if (!found) continue;
      shown = {entry.name, found->kind, found->modified_ns, found->changed_ns};
    }
    show(shown);
  }
  return directory;
}

Result<std::string> read_file(const FileSystem& files, const std::string& path, std::size_t limit) {
  const auto file = VIGIL_TRY(files.open(path));
  std::string text;
  // Read until the end instead of trusting the size: files in /proc and /sys report 0.
  constexpr std::size_t kPiece = 64 * 1024;
  for (std::size_t used = 0;;) {
    text.resize(used + std::min(kPiece, limit + 1 - used));
    const std::size_t got = VIGIL_TRY(file->read_at(used, std::span(text).subspan(used)));
    used += got;
    if (got == 0) {
      text.resize(used);
      return text;
    }
    if (used > limit) {
      return fail(Errc::malformed, path + ": larger than " + std::to_string(limit) + " bytes");
    }
  }
}

std::string join_path(std::string_view directory, std::string_view name) {
  std::string out(directory);
  if (!out.ends_with('/')) out += '/';
  return out.append(name);
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_below(std::string_view path, std::string_view directory) {
  if (directory.empty() || path.size() <= directory.size()) return false;
  if (!path.starts_with(directory)) return false;
  return directory.ends_with('/') || path[directory.size()] == '/';
}

bool is_at_or_below(std::string_view path, std::string_view directory) {
  return (!directory.empty() && path == directory) || is_below(path, directory);
}

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part == ".." && !kept.empty()) kept.pop_back();
    if (!part.empty() && part != "." && part != "..") kept.push_back(part);
    begin = end + 1;
  }
  std::string out;
  for (const auto part : kept) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

}  // namespace vigil
