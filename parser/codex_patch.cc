#include "parser/codex_patch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace vigil::parser {
namespace {

constexpr std::string_view kBegin = "*** Begin Patch";
constexpr std::string_view kEnd = "*** End Patch";
constexpr std::string_view kMoveTo = "*** Move to: ";
constexpr std::array<std::pair<std::string_view, PatchKind>, 3> kHeaders{
    {{"*** Add File: ", PatchKind::add},
     {"*** Update File: ", PatchKind::update},
     {"*** Delete File: ", PatchKind::erase}}};

/// Takes the next line off `text`, without its line end.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

struct Header {
  PatchKind kind;
  std::string_view path;
};

std::optional<Header> header_of(std::string_view line) {
  for (const auto& [prefix, kind] : kHeaders) {
    if (line.starts_with(prefix)) return Header{kind, trimmed(line.substr(prefix.size()))};
  }
  return std::nullopt;
}

/// The file that the following lines belong to; null where there are too many files.
PatchedFile* file_for(std::vector<PatchedFile>& files, const Header& header) {
  const auto known = std::ranges::find(files, header.path, &PatchedFile::path);
  if (known != files.end()) return &*known;
  if (files.size() == kPatchFilesMax || header.path.empty()) return nullptr;
  return &files.emplace_back(PatchedFile{std::string(header.path), {}, header.kind, 0, 0});
}

/// Changed lines between two unchanged ones. Models repeat lines as removed and added again: those
/// that both sides begin or end with have not changed.
class ChangedBlock {
 public:
  void add(std::string_view line) {
    (line[0] == '+' ? added_ : removed_).push_back(line.substr(1));
  }

  void close(PatchedFile& file) {
    const auto shorter = std::min(added_.size(), removed_.size());
    const auto before =
        static_cast<std::size_t>(std::ranges::mismatch(added_, removed_).in1 - added_.begin());
    std::size_t after = 0;
    while (after < shorter - before &&
           added_[added_.size() - 1 - after] == removed_[removed_.size() - 1 - after])
      ++after;
    file.added += static_cast<std::int64_t>(added_.size() - before - after);
    file.removed += static_cast<std::int64_t>(removed_.size() - before - after);
    added_.clear();
    removed_.clear();
  }

 private:
  std::vector<std::string_view> added_;
  std::vector<std::string_view> removed_;
};

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (text[i] == '%' && high && low) {
      out.push_back(static_cast<char>(*high * 16 + *low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

void append_parts(std::string& out, std::string_view path) {
  while (!path.empty()) {
    const auto end = path.find('/');
    const auto part = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else {
      out.append("/").append(part);
    }
  }
}

bool is_plain(std::string_view absolute) {
  return !absolute.contains("//") && !absolute.contains("/.") && !absolute.ends_with('/');
}

}  // namespace

std::vector<PatchedFile> read_patch(std::string_view text) {
  std::vector<PatchedFile> files;
  PatchedFile* file = nullptr;
  ChangedBlock block;
  while (!text.empty()) {
    const auto line = next_line(text);
    if (line.starts_with('+') || line.starts_with('-')) {
      block.add(line);
      continue;
    }
    if (file != nullptr) block.close(*file);
    if (line.starts_with(kEnd)) break;
    if (const auto header = header_of(line)) {
      file = file_for(files, *header);
      block = {};
    } else if (file != nullptr && line.starts_with(kMoveTo)) {
      file->moved_to = trimmed(line.substr(kMoveTo.size()));
    }
  }
  if (file != nullptr) block.close(*file);
  return files;
}

std::vector<PatchedFile> read_scripted_patch(std::string_view script) {
  std::vector<PatchedFile> files;
  if (!script.contains("tools.apply_patch(")) return files;
  for (auto at = script.find("*** "); at != std::string_view::npos;
       at = script.find("*** ", at + 4)) {
    const auto line =
        script.substr(at, std::min(script.find("\\n", at), script.find('\n', at)) - at);
    if (const auto header = header_of(line)) static_cast<void>(file_for(files, *header));
  }
  return files;
}

ShellPatch find_shell_patch(std::string_view command) {
  ShellPatch patch;
  auto rest = trimmed(command);
  if (rest.starts_with("cd ")) {
    const auto next = rest.find("&&");
    if (next == std::string_view::npos) return {};
    patch.directory = trimmed(rest.substr(3, next - 3));
    if (patch.directory.size() > 1 && (patch.directory[0] == '"' || patch.directory[0] == '\'')) {
      patch.directory = patch.directory.substr(1, patch.directory.size() - 2);
    }
    rest = trimmed(rest.substr(next + 2));
  }
  if (!rest.starts_with("apply_patch") && !rest.starts_with("applypatch")) return {};
  const auto begin = rest.find(kBegin);
  if (begin == std::string_view::npos) return {};
  patch.text = rest.substr(begin);
  return patch;
}

LineDelta count_diff(std::string_view unified_diff) {
  LineDelta delta;
  bool in_hunk = false;
  while (!unified_diff.empty()) {
    const auto line = next_line(unified_diff);
    if (line.starts_with("@@")) {
      in_hunk = true;
    } else if (in_hunk) {
      delta.added += line.starts_with('+');
      delta.removed += line.starts_with('-');
    }
  }
  return delta;
}

std::int64_t count_lines(std::string_view content) {
  const auto ends = std::ranges::count(content, '\n');
  return ends + (!content.empty() && !content.ends_with('\n') ? 1 : 0);
}

std::string resolve_path(std::string_view directory, std::string_view path) {
  constexpr std::string_view kFileUrl = "file://";
  if (path.starts_with(kFileUrl))
    return resolve_path({}, percent_decoded(path.substr(kFileUrl.size())));
  if (path.empty()) return {};
  if (path.starts_with('/') && is_plain(path)) return std::string(path);
  std::string out;
  if (!path.starts_with('/')) {
    if (!directory.starts_with('/')) return {};
    append_parts(out, directory);
  }
  append_parts(out, path);
  return out;
}

}  // namespace vigil::parser
