#include "watcher/zstd_reader.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "watcher/line_splitter.h"
#include "watcher/read_buffer.h"

namespace vigil::watcher {
namespace {

constexpr int kWindowLogMax = 25;  // 32 MiB; what `zstd -19` needs is 8 MiB

/// What split_lines() ends a line at: where pieces are cut must not change what the lines are.
constexpr std::string_view kLineEnds("\n\0", 2);

/// The last of them from `begin` on.
std::size_t last_line_end(std::string_view text, std::size_t begin) {
  std::size_t last = std::string_view::npos;
  const std::string_view fresh = text.substr(begin);
  for (const char end : kLineEnds) {
    const void* found = fresh.empty() ? nullptr : ::memrchr(fresh.data(), end, fresh.size());
    if (found == nullptr) continue;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    last = last == std::string_view::npos ? at : std::max(last, at);
  }
  return last;
}

struct StreamCloser {
  void operator()(ZSTD_DStream* stream) const { ::ZSTD_freeDStream(stream); }
};

}  // namespace

struct ZstdReader::State {
  std::size_t slice_size;
  std::size_t line_max;
  std::size_t padding;
  std::unique_ptr<ZSTD_DStream, StreamCloser> stream{::ZSTD_createDStream()};
  std::vector<char> input;
  ZSTD_inBuffer pending{nullptr, 0, 0};
  std::vector<char> text;  ///< decompressed; its first `held` bytes are an unfinished line
  std::size_t held = 0;
  std::size_t given = 0;      ///< bytes of `text` whose lines went out in the last turn
  bool passing_over = false;  ///< inside a line that is too long
  bool at_start = true;       ///< of the first line
  bool frame_done = true;     ///< no frame is open
  bool file_done = false;     ///< the whole file was taken in

  Result<void> fill(TrackedFile& file, const ReadableFile& handle);
  Result<bool> decompress(const std::string& name);
  void give(std::string_view whole, Reading& reading);
};

ZstdReader::ZstdReader(std::size_t slice_size, std::size_t line_max, std::size_t padding)
    : state_(std::make_unique<State>()) {
  state_->slice_size = slice_size;
  state_->line_max = line_max;
  state_->padding = padding;
  state_->input.resize(std::max<std::size_t>(slice_size / 4, 1));
  ::ZSTD_DCtx_setParameter(state_->stream.get(), ZSTD_d_windowLogMax, kWindowLogMax);
}

ZstdReader::ZstdReader(ZstdReader&&) noexcept = default;
ZstdReader& ZstdReader::operator=(ZstdReader&&) noexcept = default;
ZstdReader::~ZstdReader() = default;

/// Takes in more of the file once all that was taken in is used up.
Result<void> ZstdReader::State::fill(TrackedFile& file, const ReadableFile& handle) {
  if (pending.pos < pending.size) return {};
  const std::size_t got = VIGIL_TRY(read_fully(handle, file.scanned, input));
  file.scanned += got;
  pending = {input.data(), got, 0};
  file_done = got == 0;
  return {};
}

/// Appends up to a turn's size to `text`; false when the input gave nothing more.
Result<bool> ZstdReader::State::decompress(const std::string& name) {
  text.resize(held + slice_size + padding);
  ZSTD_outBuffer out{text.data() + held, slice_size, 0};
  const std::size_t left = ::ZSTD_decompressStream(stream.get(), &out, &pending);
  if (::ZSTD_isError(left) != 0) {
    return fail(Errc::malformed, name + ": " + ::ZSTD_getErrorName(left));
  }
  if (out.pos > 0 || pending.pos > 0) frame_done = left == 0;
  held += out.pos;
  return out.pos > 0;
}

void ZstdReader::State::give(std::string_view whole, Reading& reading) {
  if (at_start) whole = without_byte_order_mark(whole);
  if (passing_over) {
    // The first line's beginning was dropped already.
    whole.remove_prefix(std::min(whole.find_first_of(kLineEnds), whole.size()));
    ++reading.oversized;
    passing_over = false;
  }
  at_start = false;
  SplitLines split = split_lines(whole, line_max);
  reading.lines = std::move(split.lines);
  reading.nul_bytes = split.nul_bytes;
  reading.oversized += split.oversized;
}

Result<Reading> ZstdReader::read(TrackedFile& file, const ReadableFile& handle) {
  State& state = *state_;
  state.text.erase(state.text.begin(),
                   state.text.begin() + static_cast<std::ptrdiff_t>(state.given));
  state.held -= state.given;
  state.given = 0;

  const std::uint64_t before = file.scanned;
  Reading reading{.outcome = Reading::Outcome::more, .advanced = true};
  VIGIL_TRY(state.fill(file, handle));
  const std::size_t before_turn = state.held;
  const bool output = VIGIL_TRY(state.decompress(file.name));
  reading.bytes = file.scanned - before;
  const std::string_view held{state.text.data(), state.held};
  // What was held before has no line end.
  const auto line_end = last_line_end(held, before_turn);
  if (line_end != std::string_view::npos) {
    state.given = line_end + 1;
    state.give(held.substr(0, state.given), reading);
  } else if (state.held > state.line_max) {
    state.passing_over = true;
    state.held = 0;
  }
  if (!state.file_done || output) return reading;

  reading.outcome = Reading::Outcome::caught_up;
  if (!state.frame_done) return reading;  // breaks off: still being written, or torn
  if (state.held > 0 && state.given == 0) {
    state.given = state.held;
    state.give({state.text.data(), state.held}, reading);
  }
  file.read.offset = file.scanned;
  file.scanned = 0;
  return reading;
}

}  // namespace vigil::watcher
