#include "agent/context/project_file.h"

#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kProjectFileMax = 8192;
constexpr std::size_t kNameMax = 255;

std::string name_in(std::string_view line) {
  const auto name = trimmed(line);
  return name.size() <= kNameMax && is_plain_text(name) ? std::string(name) : std::string();
}

}  // namespace

ProjectFile parse_project_file(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ProjectFile file;
  file.name = name_in(take_line(text));
  file.branch = name_in(take_line(text));
  return file;
}

std::optional<ProjectFile> project_file_at(const FileSystem& files, const std::string& directory) {
  for (const char* name : {".vigil-project", ".wakatime-project"}) {
    const auto text = read_file(files, join_path(directory, name), kProjectFileMax);
    if (text) return parse_project_file(*text);
  }
  return std::nullopt;
}

}  // namespace vigil::agent
