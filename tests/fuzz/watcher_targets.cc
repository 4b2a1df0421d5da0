#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/targets.h"
#include "tests/support/memory_file_system.h"
#include "watcher/complete_object.h"
#include "watcher/line_splitter.h"
#include "watcher/plain_reader.h"
#include "watcher/zstd_reader.h"

namespace vigil::fuzz {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kPadding = 64;

/// What a reader makes of a file in turns; nothing where it is refused. A file may grow once in
/// between.
struct OpenedFile {
  test::MemoryFileSystem disk;
  std::unique_ptr<ReadableFile> handle;
  watcher::TrackedFile tracked;

  explicit OpenedFile(std::string_view content, std::string name = "a.jsonl") {
    disk.write("/a", content);
    handle = std::move(*disk.open("/a"));
    tracked.name = std::move(name);
  }
  ~OpenedFile() { handle.reset(); }
};

template <class Reader>
bool read_on(Reader& reader, OpenedFile& file, std::size_t turns, std::size_t line_max,
             Lines& lines) {
  for (std::size_t turn = 0; turn < turns; ++turn) {
    const auto reading = reader.read(file.tracked, *file.handle);
    if (!reading) return false;
    check(reading->outcome != watcher::Reading::Outcome::other_file);
    for (const auto line : reading->lines) {
      check(!line.empty() && line.size() <= line_max);
      lines.emplace_back(line);
    }
    if (reading->outcome == watcher::Reading::Outcome::caught_up) return true;
  }
  return false;
}

Lines tail(std::string_view content, std::size_t grown_at, std::size_t slice,
           std::size_t line_max) {
  OpenedFile file(content.substr(0, grown_at));
  watcher::PlainReader reader(slice, line_max, kPadding);
  Lines lines;
  const std::size_t turns = 16 + 4 * content.size();  // a turn passes over a byte at least
  check(read_on(reader, file, turns, line_max, lines));
  file.disk.add("/a", content.substr(grown_at));
  check(read_on(reader, file, turns, line_max, lines));
  check(watcher::matches_position(*file.handle, file.tracked.read).value());
  file.tracked.finish = true;
  check(read_on(reader, file, turns, line_max, lines));
  check(file.tracked.read.offset <= content.size());
  return lines;
}

}  // namespace

void line_splitter(std::string_view bytes) {
  Input input(bytes);
  const std::size_t line_max = 1U + input.byte();
  const std::string_view text = input.rest();
  const auto split = watcher::split_lines(text, line_max);
  Lines expected;
  std::size_t oversized = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end =
        std::min(text.find_first_of(std::string_view("\n\0", 2), begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > line_max) ++oversized;
    if (!line.empty() && line.size() <= line_max) expected.emplace_back(line);
    begin = end + 1;
  }
  check(Lines(split.lines.begin(), split.lines.end()) == expected);
  check(split.oversized == oversized);
  check(split.nul_bytes == static_cast<std::uint64_t>(std::ranges::count(text, '\0')));
}

void tailed_file(std::string_view bytes) {
  Input input(bytes);
  const std::size_t slice = 1U + input.byte();
  const std::size_t grown_at = input.byte();
  const std::string_view content = input.rest();
  const std::size_t cut = std::min(grown_at, content.size());
  const std::size_t unlimited = content.size() + 1;
  check(tail(content, cut, slice, unlimited) == tail(content, content.size(), 4'096, unlimited));
  (void)tail(content, cut, slice, 32);
}

void zstd_file(std::string_view bytes) {
  constexpr std::size_t kLineMax = 4'096;
  constexpr std::size_t kTurns = 512;  // a few bytes can stand for gigabytes
  Input input(bytes);
  const std::size_t slice = 4U + input.byte();
  std::vector<Lines> runs;
  for (const std::size_t size : {slice, std::size_t{65'536}}) {
    OpenedFile file(input.rest(), "a.jsonl.zst");
    watcher::ZstdReader reader(size, kLineMax, kPadding);
    Lines lines;
    if (read_on(reader, file, kTurns, kLineMax, lines)) runs.push_back(std::move(lines));
  }
  if (runs.size() == 2) check(runs[0] == runs[1]);
}

void complete_object(std::string_view text) {
  const bool complete = watcher::is_complete_object(text);
  if (text.contains('\0')) return;  // where the reference thinks that the text ends
  if (text.starts_with('{') && nlohmann::json::accept(text)) check(complete);
}

}  // namespace vigil::fuzz
