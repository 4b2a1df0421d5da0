#include "watcher/plain_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/failpoint.h"
#include "base/planted_bug.h"
#include "watcher/complete_object.h"
#include "watcher/line_splitter.h"

namespace vigil::watcher {
namespace {

std::size_t head_length(std::uint64_t offset) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(offset, kHeadBytes));
}

std::size_t tail_length(std::uint64_t offset) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(offset, kTailBytes));
}

/// Index behind the last LF; 0 where there is none.
std::size_t end_of_last_line(std::string_view text) {
  const void* found = text.empty() ? nullptr : ::memrchr(text.data(), '\n', text.size());
  if (found == nullptr) return 0;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
}

Result<bool> matches(const ReadableFile& handle, std::uint64_t offset, std::span<char> room,
                     std::uint64_t expected) {
  const std::size_t got = VIGIL_TRY(read_fully(handle, offset, room));
  return got == room.size() && fingerprint({room.data(), got}) == expected;
}

/// Both fingerprints of the `offset` bytes, read from the file.
Result<void> refresh_fingerprints(const ReadableFile& handle, ReadState& read) {
  std::array<char, kHeadBytes> room;
  const std::size_t head =
      VIGIL_TRY(read_fully(handle, 0, std::span(room).first(head_length(read.offset))));
  read.head_hash = fingerprint({room.data(), head});
  const std::size_t length = tail_length(read.offset);
  const std::size_t tail =
      VIGIL_TRY(read_fully(handle, read.offset - length, std::span(room).first(length)));
  read.tail_hash = fingerprint({room.data(), tail});
  return {};
}

}  // namespace

Result<bool> matches_position(const ReadableFile& handle, const ReadState& read) {
  std::array<char, kHeadBytes> room;
  const auto head = std::span(room).first(head_length(read.offset));
  if (!VIGIL_TRY(matches(handle, 0, head, read.head_hash))) return false;
  if (planted(PlantedBug::no_tail_hash)) return true;
  const auto tail = std::span(room).first(tail_length(read.offset));
  return matches(handle, read.offset - tail.size(), tail, read.tail_hash);
}

PlainReader::PlainReader(std::size_t slice_size, std::size_t line_max, std::size_t padding)
    : slice_size_(slice_size), line_max_(line_max), buffer_(slice_size, kTailBytes, padding) {}

Result<Reading> PlainReader::read(TrackedFile& file, const ReadableFile& handle) {
  buffer_.reset(slice_size_);
  if (file.unverified) {
    if (!VIGIL_TRY(matches_position(handle, file.read))) {
      return Reading{.outcome = Reading::Outcome::other_file};
    }
    file.unverified = false;
  }
  const auto tail = buffer_.front(tail_length(file.read.offset));
  if (!VIGIL_TRY(matches(handle, file.read.offset - tail.size(), tail, file.read.tail_hash)) &&
      !planted(PlantedBug::no_tail_hash)) {
    return Reading{.outcome = Reading::Outcome::other_file};
  }
  const bool long_line = file.hole > 0 || file.scanned >= slice_size_;
  Reading reading = VIGIL_TRY(long_line ? find_line_end(file, handle) : read_lines(file, handle));
  if (reading.outcome == Reading::Outcome::caught_up && file.finish && file.scanned > 0) {
    file.finish = false;
    // Behind lines that came only now: it gets its own time to be ended.
    file.finish_tried = planted(PlantedBug::last_line_forgotten);
    if (reading.advanced) return reading;
    file.finish_tried = true;
    return take_last_line(file, handle);
  }
  return reading;
}

Result<Reading> PlainReader::read_lines(TrackedFile& file, const ReadableFile& handle) {
  const std::size_t got = VIGIL_TRY(buffer_.append(handle, file.read.offset, slice_size_));
  const std::string_view data = buffer_.data();
  const bool is_hasty = planted(PlantedBug::partial_line_parsed);
  const std::size_t whole = is_hasty ? data.size() : end_of_last_line(data);
  if (whole == 0 && got == slice_size_) {
    file.scanned = 0;
    return find_line_end(file, handle);
  }
  Reading reading = take(file, data.substr(0, whole));
  file.scanned = got - whole;
  if (got == slice_size_) {
    file.scanned = 0;  // the rest is the start of the next turn
    reading.outcome = Reading::Outcome::more;
  }
  return reading;
}

Reading PlainReader::take(TrackedFile& file, std::string_view text) const {
  Reading reading;
  if (text.empty()) return reading;
  ReadState& read = file.read;
  const std::size_t head = kHeadBytes - head_length(read.offset);
  read.head_hash = fingerprint(text.substr(0, head), read.head_hash);
  const auto record = read.offset == 0 ? without_byte_order_mark(text) : text;
  read.offset += text.size();
  read.tail_hash = fingerprint(buffer_.before(text.size(), tail_length(read.offset)));
  SplitLines split = split_lines(record, line_max_);
  reading.lines = std::move(split.lines);
  reading.nul_bytes = split.nul_bytes;
  reading.oversized = split.oversized;
  reading.bytes = text.size();
  reading.advanced = true;
  return reading;
}

Result<Reading> PlainReader::find_line_end(TrackedFile& file, const ReadableFile& handle) {
  failpoint("log.long_line");
  const std::size_t turn = std::max(line_max_, slice_size_);
  for (std::size_t done = 0; done < turn; done += slice_size_) {
    buffer_.reset(slice_size_);
    const std::size_t got = VIGIL_TRY(buffer_.append(handle, file.known_end(), slice_size_));
    std::string_view chunk = buffer_.data();
    if (file.scanned == 0) {
      const std::size_t nul = std::min(chunk.find_first_not_of('\0'), chunk.size());
      file.hole += nul;
      chunk.remove_prefix(nul);
    }
    const std::size_t line_break = chunk.find('\n');
    if (line_break != std::string_view::npos) {
      return take_long_line(file, handle, static_cast<std::size_t>(file.scanned) + line_break, 1);
    }
    file.scanned += chunk.size();
    if (got < slice_size_) return Reading{};
  }
  return Reading{.outcome = Reading::Outcome::more};
}

/// `length` bytes behind the hole and then `line_break` bytes of LF are a line.
Result<Reading> PlainReader::take_long_line(TrackedFile& file, const ReadableFile& handle,
                                            std::size_t length, std::size_t line_break) {
  Reading reading{.outcome = Reading::Outcome::more, .advanced = true};
  const std::uint64_t start = file.read.offset + file.hole;
  if (length > line_max_) {
    reading.oversized = 1;
  } else {
    buffer_.reset(length);
    const std::size_t got = VIGIL_TRY(buffer_.append(handle, start, length));
    auto text = buffer_.data().substr(0, got);
    if (start == 0) text = without_byte_order_mark(text);
    SplitLines split = split_lines(text, line_max_);
    reading.lines = std::move(split.lines);
    reading.nul_bytes = split.nul_bytes;
  }
  reading.nul_bytes += file.hole;
  reading.bytes = file.hole + length + line_break;
  file.read.offset += reading.bytes;
  file.scanned = 0;
  file.hole = 0;
  VIGIL_TRY(refresh_fingerprints(handle, file.read));
  return reading;
}

Result<Reading> PlainReader::take_last_line(TrackedFile& file, const ReadableFile& handle) {
  failpoint("log.last_line");
  const auto length = static_cast<std::size_t>(file.scanned);
  if (length > line_max_) return Reading{};
  buffer_.reset(length);
  const std::size_t got = VIGIL_TRY(buffer_.append(handle, file.read.offset + file.hole, length));
  std::string_view text = buffer_.data();
  if (file.read.offset == 0) text = without_byte_order_mark(text);
  const bool is_anything = planted(PlantedBug::unfinished_object_taken);
  if (got < length || !(is_anything || is_complete_object(text))) return Reading{};
  Reading reading = VIGIL_TRY(take_long_line(file, handle, length, 0));
  reading.outcome = Reading::Outcome::caught_up;
  return reading;
}

}  // namespace vigil::watcher
