#include "agent/privacy/pause_book.h"

#include <algorithm>
#include <utility>

#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kHeading = "vigil pauses 1";

/// `SINCE UNTIL`, RFC 3339; `-` for one that is not over.
std::optional<Pause> parse_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto since = parse_rfc3339(line.substr(0, space));
  const std::string_view end = line.substr(space + 1);
  if (!since) return std::nullopt;
  if (end == "-") return Pause{*since, {}};
  const auto until = parse_rfc3339(end);
  if (!until || *until < *since) return std::nullopt;
  return Pause{*since, until};
}

}  // namespace

Result<PauseBook> PauseBook::load(const FileSystem& files, const std::string& path) {
  const auto text = read_file(files, path, kFileMax);
  if (!text && text.error().code == Errc::not_found) return PauseBook{};
  if (!text) return std::unexpected(text.error());
  auto book = parse(*text);
  if (!book) book.error().message = path + ": " + book.error().message;
  return book;
}

Result<PauseBook> PauseBook::parse(std::string_view text) {
  PauseBook book;
  if (take_line(text) != kHeading) {
    return fail(Errc::malformed, "line 1 is not \"" + std::string(kHeading) + "\"");
  }
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::string_view line = trimmed(take_line(text));
    if (line.empty()) continue;
    const auto pause = parse_line(line);
    const bool is_in_order = book.pauses_.empty() || (book.pauses_.back().until && pause &&
                                                      *book.pauses_.back().until <= pause->since);
    if (!pause || !is_in_order) {
      return fail(Errc::malformed,
                  "line " + std::to_string(number) + " is no pause after the last");
    }
    book.pauses_.push_back(*pause);
  }
  return book;
}

std::string PauseBook::text() const {
  std::string text(kHeading);
  text += '\n';
  for (const Pause& pause : pauses_) {
    text += format_rfc3339(pause.since) + ' ' +
            (pause.until ? format_rfc3339(*pause.until) : std::string("-")) + '\n';
  }
  return text;
}

Result<void> PauseBook::save(FileSystem& files, const std::string& path) const {
  return files.replace(path, text(), 0600);
}

void PauseBook::pause(WallTime now, std::optional<WallTime> until) {
  if (current(now) != nullptr) {
    pauses_.back().until = until;
    return;
  }
  // A clock that was set back must not reorder the book.
  const bool is_after = pauses_.empty() || pauses_.back().until.value_or(now) <= now;
  const WallTime since = is_after ? now : *pauses_.back().until;
  pauses_.push_back({since, until ? std::max(since, *until) : until});
}

bool PauseBook::resume(WallTime now) {
  if (current(now) == nullptr) return false;
  pauses_.back().until = now;
  return true;
}

bool PauseBook::covers(WallTime time) const {
  return std::ranges::any_of(pauses_, [time](const Pause& pause) {
    return time >= pause.since && (!pause.until || time < *pause.until);
  });
}

const Pause* PauseBook::current(WallTime now) const {
  if (pauses_.empty()) return nullptr;
  const Pause& last = pauses_.back();
  const bool holds = now >= last.since && (!last.until || now < *last.until);
  return holds ? &last : nullptr;
}

}  // namespace vigil::agent
